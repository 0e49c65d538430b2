/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorProxyList: what a session's settings, its environment or a script answer, as bare URIs. What is
 * no proxy is left out; where nothing is left it is the direct way. A user and a password that stand in a
 * URI, as in http_proxy=http://user:password@host:port, are taken out of it and kept beside it, for that
 * proxy alone. */
#include "client/proxy-list.h"

#include <string.h>

struct _VisitorProxyList {
  gatomicrefcount refs;
  gboolean announced;
  GPtrArray *uris; /* owned char *, ends with NULL */
  GHashTable *users; /* owned URI -> owned Secret, "USER:PASSWORD" */
};

/* The URI without its user; *ret_user is that, or NULL. Transfer: full. */
static char *
take_user (const char *uri, Secret **ret_user)
{
  const char *begin = strstr (uri, "://");
  begin = begin != NULL ? begin + strlen ("://") : NULL;
  const char *at = begin != NULL ? strrchr (begin, '@') : NULL;
  *ret_user = NULL;
  if (at == NULL)
    return g_strdup (uri);
  g_autofree char *scheme = g_strndup (uri, (gsize) (begin - uri));
  char *user = g_uri_unescape_segment (begin, at, NULL);
  if (user != NULL && strchr (user, ':') != NULL)
    *ret_user = secret_new (user, strlen (user));
  if (user != NULL)
    bytes_wipe (user, strlen (user));
  g_free (user);
  return g_strconcat (scheme, at + 1, NULL);
}

static void
keep_user (VisitorProxyList *list, const char *bare, Secret *user)
{
  Proxy proxy;
  if (user != NULL && proxy_parse (bare, &proxy) == PROXY_URI_OK)
    g_hash_table_replace (list->users, proxy_format (&proxy), secret_ref (user));
}

/* Out of a list of URIs that ends with NULL. Transfer: full. */
VisitorProxyList *
visitor_proxy_list_new (const char *const *uris)
{
  VisitorProxyList *list = g_new0 (VisitorProxyList, 1);
  g_atomic_ref_count_init (&list->refs);
  list->uris = g_ptr_array_new_with_free_func (g_free);
  list->users =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) secret_unref);
  g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; uris[i] != NULL && i < PROXY_LIST_MAX; i++) {
    g_autoptr (Secret) user = NULL;
    char *uri = take_user (uris[i], &user);
    g_ptr_array_add (bare, uri);
    keep_user (list, uri, user);
  }
  g_ptr_array_add (bare, NULL);
  Proxy proxies[PROXY_LIST_MAX];
  gsize n = proxy_list_parse ((const char *const *) bare->pdata, proxies);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list->uris, proxy_format (&proxies[i]));
  if (n == 0)
    g_ptr_array_add (list->uris, g_strdup ("direct://"));
  g_ptr_array_add (list->uris, NULL);
  return list;
}

VisitorProxyList *
visitor_proxy_list_ref (VisitorProxyList *list)
{
  g_atomic_ref_count_inc (&list->refs);
  return list;
}

void
visitor_proxy_list_unref (VisitorProxyList *list)
{
  if (!g_atomic_ref_count_dec (&list->refs))
    return;
  g_ptr_array_unref (list->uris);
  g_hash_table_unref (list->users);
  g_free (list);
}

/* TRUE if it names no proxy at all. */
gboolean
visitor_proxy_list_is_direct (const VisitorProxyList *list)
{
  return list->uris->len == 2 && g_str_equal (list->uris->pdata[0], "direct://");
}

/* Ends with NULL; borrowed. */
const char *const *
visitor_proxy_list_get_uris (const VisitorProxyList *list)
{
  return (const char *const *) list->uris->pdata;
}

/* The user and password that stood in the URI of this proxy, or NULL. Borrowed. */
const Secret *
visitor_proxy_list_find_user (const VisitorProxyList *list, const char *uri)
{
  return g_hash_table_lookup (list->users, uri);
}

/* TRUE if one of the proxies is at that host. */
gboolean
visitor_proxy_list_has_host (const VisitorProxyList *list, const char *host)
{
  for (guint i = 0; i + 1 < list->uris->len; i++) {
    Proxy proxy;
    if (proxy_parse (list->uris->pdata[i], &proxy) == PROXY_URI_OK && proxy.kind != PROXY_DIRECT &&
        g_str_equal (proxy.host, host))
      return TRUE;
  }
  return FALSE;
}

/* The network itself has announced it: nobody has vouched for that, and the direct way stays the last one. */
void
visitor_proxy_list_set_announced (VisitorProxyList *list)
{
  list->announced = TRUE;
  if (!g_strv_contains ((const char *const *) list->uris->pdata, "direct://") &&
      list->uris->len <= PROXY_LIST_MAX)
    g_ptr_array_insert (list->uris, (int) list->uris->len - 1, g_strdup ("direct://"));
}

gboolean
visitor_proxy_list_is_announced (const VisitorProxyList *list)
{
  return list->announced;
}
