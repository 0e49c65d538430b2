/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ResolvState: the original resolv.conf and the connections that stand above it, as a value, as the
 * text that the C library reads, and as the file that survives us. Connections may go in any order:
 * the text follows from the layers that are left. Pure. */
#include "host/resolv-state.h"

#include <string.h>

#include "host/domain.h"
#include "host/netcfg.h"

#define MAX_SERVERS 3 /* MAXNS of <resolv.h>: later ones are never asked */
#define MAX_SEARCH 16
#define DIGEST_LEN 32
/* kind, target, mode, uid, gid, content, before, layers of slot, servers and domains */
#define STATE_TYPE "(ysuuuayaya(uasas))"

static void
layer_free (gpointer memory)
{
  ResolvLayer *layer = memory;
  g_array_unref (layer->servers);
  g_ptr_array_unref (layer->domains);
  g_free (layer);
}

/* No layers, and an original that is absent. */
ResolvState *
resolv_state_new (void)
{
  ResolvState *state = g_new0 (ResolvState, 1);
  state->original.content = g_bytes_new (NULL, 0);
  state->before = g_bytes_new (NULL, 0);
  state->layers = g_ptr_array_new_with_free_func (layer_free);
  return state;
}

void
resolv_state_free (ResolvState *state)
{
  conf_file_clear (&state->original);
  g_bytes_unref (state->before);
  g_ptr_array_unref (state->layers);
  g_free (state);
}

static ResolvLayer *
add_layer (ResolvState *state, guint slot)
{
  ResolvLayer *layer = g_new0 (ResolvLayer, 1);
  layer->slot = slot;
  layer->servers = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  layer->domains = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (state->layers, layer);
  return layer;
}

void
resolv_state_drop_layer (ResolvState *state, guint slot)
{
  for (guint i = state->layers->len; i-- > 0;) {
    const ResolvLayer *layer = state->layers->pdata[i];
    if (layer->slot == slot)
      g_ptr_array_remove_index (state->layers, i);
  }
}

/* Puts the connection's servers and domains on top. */
void
resolv_state_put_layer (ResolvState *state, guint slot, const HostConfiguration *wanted)
{
  resolv_state_drop_layer (state, slot);
  ResolvLayer *layer = add_layer (state, slot);
  g_array_append_vals (layer->servers, wanted->dns->data, wanted->dns->len);
  for (guint i = 0; i < wanted->domains->len; i++)
    g_ptr_array_add (layer->domains, g_strdup (wanted->domains->pdata[i]));
}

static void
add_once (GPtrArray *list, const char *text, guint max)
{
  if (list->len < max && !g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    g_ptr_array_add (list, g_strdup (text));
}

static void
add_words_once (GPtrArray *list, char *words, guint max)
{
  char *rest = NULL;
  for (char *word = strtok_r (words, " \t\r", &rest); word != NULL;
       word = strtok_r (NULL, " \t\r", &rest))
    add_once (list, word, max);
}

typedef struct {
  GPtrArray *servers, *search, *others; /* char * */
} Lines;

/* The original's own lines come last, and its servers only if no connection has any: a query that
 * fails inside shall not be asked again outside. */
static void
add_original (Lines *lines, GBytes *content)
{
  gsize len;
  const char *data = g_bytes_get_data (content, &len);
  gboolean needs_servers = lines->servers->len == 0;
  g_autofree char *text = g_strndup (len > 0 ? data : "", len);
  g_auto (GStrv) all = g_strsplit (text, "\n", 0);
  for (gsize i = 0; all[i] != NULL; i++) {
    char *operand = all[i] + strcspn (all[i], " \t");
    if (*operand != '\0')
      *operand++ = '\0';
    if (strcmp (all[i], "nameserver") == 0 && needs_servers)
      add_words_once (lines->servers, operand, MAX_SERVERS);
    else if (strcmp (all[i], "search") == 0 || strcmp (all[i], "domain") == 0)
      add_words_once (lines->search, operand, MAX_SEARCH);
    else if (strcmp (all[i], "options") == 0 || strcmp (all[i], "sortlist") == 0)
      g_ptr_array_add (lines->others, g_strdup_printf ("%s %s", all[i], g_strstrip (operand)));
  }
}

static void
add_layer_lines (Lines *lines, const ResolvLayer *layer)
{
  char text[INET_ADDR_STRLEN];
  for (guint i = 0; i < layer->servers->len; i++)
    add_once (lines->servers, inet_addr_format (&g_array_index (layer->servers, InetAddr, i), text),
        MAX_SERVERS);
  for (guint i = 0; i < layer->domains->len; i++) {
    const char *domain = layer->domains->pdata[i];
    if (domain[0] != '~')
      add_once (lines->search, domain, MAX_SEARCH);
  }
}

static GBytes *
print (const Lines *lines)
{
  GString *text =
      g_string_new ("# Written by Visitor while connected; the original comes back afterwards.\n");
  for (guint i = 0; i < lines->servers->len; i++)
    g_string_append_printf (text, "nameserver %s\n", (char *) lines->servers->pdata[i]);
  if (lines->search->len > 0) {
    g_string_append (text, "search");
    for (guint i = 0; i < lines->search->len; i++)
      g_string_append_printf (text, " %s", (char *) lines->search->pdata[i]);
    g_string_append_c (text, '\n');
  }
  for (guint i = 0; i < lines->others->len; i++)
    g_string_append_printf (text, "%s\n", (char *) lines->others->pdata[i]);
  return g_string_free_to_bytes (text);
}

/* The text of resolv.conf with all layers, the newest first. */
GBytes *
resolv_state_render (const ResolvState *state)
{
  Lines lines = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free),
    g_ptr_array_new_with_free_func (g_free) };
  for (guint i = state->layers->len; i-- > 0;)
    add_layer_lines (&lines, state->layers->pdata[i]);
  add_original (&lines, state->original.content);
  GBytes *text = print (&lines);
  g_ptr_array_unref (lines.servers);
  g_ptr_array_unref (lines.search);
  g_ptr_array_unref (lines.others);
  return text;
}

static GVariant *
octets (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
layers_to_variant (const ResolvState *state)
{
  g_auto (GVariantBuilder) layers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uasas)"));
  for (guint i = 0; i < state->layers->len; i++) {
    const ResolvLayer *layer = state->layers->pdata[i];
    g_auto (GVariantBuilder) servers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
    for (guint j = 0; j < layer->servers->len; j++) {
      char text[INET_ADDR_STRLEN];
      g_variant_builder_add (
          &servers, "s", inet_addr_format (&g_array_index (layer->servers, InetAddr, j), text));
    }
    g_variant_builder_add (&layers, "(u@as@as)", layer->slot, g_variant_builder_end (&servers),
        g_variant_new_strv (
            (const char *const *) layer->domains->pdata, (gssize) layer->domains->len));
  }
  return g_variant_builder_end (&layers);
}

/* The state as it is kept on the disk: a digest (SHA-256), then a GVariant. Transfer: full. */
GBytes *
resolv_state_serialise (const ResolvState *state)
{
  const ConfFile *original = &state->original;
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new ("(ysuuu@ay@ay@a(uasas))",
      (guint8) original->kind, original->target != NULL ? original->target : "",
      (guint32) original->mode, (guint32) original->uid, (guint32) original->gid,
      octets (original->content), octets (state->before), layers_to_variant (state)));
  gsize len = g_variant_get_size (value), digest_len = DIGEST_LEN;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, (guint) (DIGEST_LEN + len));
  memcpy (bytes->data + DIGEST_LEN, g_variant_get_data (value), len);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, bytes->data + DIGEST_LEN, (gssize) len);
  g_checksum_get_digest (sum, bytes->data, &digest_len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
digest_is_right (const guint8 *data, gsize len)
{
  guint8 digest[DIGEST_LEN];
  gsize digest_len = sizeof digest;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  if (len < DIGEST_LEN)
    return FALSE;
  g_checksum_update (sum, data + DIGEST_LEN, (gssize) (len - DIGEST_LEN));
  g_checksum_get_digest (sum, digest, &digest_len);
  return memcmp (digest, data, sizeof digest) == 0;
}

static GVariant *
parse_value (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  if (!digest_is_right (data, len))
    return NULL;
  g_autoptr (GBytes) body = g_bytes_new_from_bytes (bytes, DIGEST_LEN, len - DIGEST_LEN);
  g_autoptr (GVariant) value =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (STATE_TYPE), body, FALSE));
  return g_variant_is_normal_form (value) ? g_steal_pointer (&value) : NULL;
}

static gboolean
parse_layer (ResolvState *state, guint slot, char **servers, char **domains)
{
  if (slot >= NETCFG_SLOTS)
    return FALSE;
  ResolvLayer *layer = add_layer (state, slot);
  for (gsize i = 0; servers[i] != NULL; i++) {
    InetAddr server;
    if (!inet_addr_parse (servers[i], &server))
      return FALSE;
    g_array_append_val (layer->servers, server);
  }
  for (gsize i = 0; domains[i] != NULL; i++) {
    char *domain = host_domain_parse (domains[i]);
    if (domain == NULL)
      return FALSE;
    g_ptr_array_add (layer->domains, domain);
  }
  return TRUE;
}

static gboolean
parse_layers (ResolvState *state, GVariant *layers)
{
  GVariantIter iter;
  guint32 slot;
  char **servers, **domains;
  g_variant_iter_init (&iter, layers);
  while (g_variant_iter_next (&iter, "(u^as^as)", &slot, &servers, &domains)) {
    gboolean ok = parse_layer (state, slot, servers, domains);
    g_strfreev (servers);
    g_strfreev (domains);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static gboolean
parse_original (ConfFile *original, guint8 kind, const char *target, guint32 mode)
{
  if (kind > CONF_FILE_SYMLINK || mode > 07777 || (kind == CONF_FILE_SYMLINK && *target == '\0'))
    return FALSE;
  original->kind = (ConfFileKind) kind;
  original->target = kind == CONF_FILE_SYMLINK ? g_strdup (target) : NULL;
  original->mode = (mode_t) mode;
  return TRUE;
}

/* Reads back what resolv_state_serialise () wrote; VISITOR_ERROR_STORAGE if it is not exactly that.
 * Transfer: full. */
ResolvState *
resolv_state_parse (GBytes *bytes, GError **error)
{
  g_autoptr (ResolvState) state = resolv_state_new ();
  g_autoptr (GVariant) value = parse_value (bytes);
  g_autoptr (GVariant) content = NULL, before = NULL, layers = NULL;
  gboolean ok = value != NULL;
  if (ok) {
    guint8 kind;
    const char *target;
    guint32 mode, uid, gid;
    g_variant_get (value, "(y&suuu@ay@ay@a(uasas))", &kind, &target, &mode, &uid, &gid, &content,
        &before, &layers);
    g_bytes_unref (state->original.content);
    g_bytes_unref (state->before);
    state->original.content = g_variant_get_data_as_bytes (content);
    state->before = g_variant_get_data_as_bytes (before);
    state->original.uid = (uid_t) uid;
    state->original.gid = (gid_t) gid;
    ok = parse_original (&state->original, kind, target, mode) && parse_layers (state, layers);
  }
  if (!ok) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE,
        "What was kept about the original resolv.conf is damaged");
    return NULL;
  }
  return g_steal_pointer (&state);
}
