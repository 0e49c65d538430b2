/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteForm: a site as a form: a text for each key of site.conf(5), which a person changes.
 *
 * The form is the site's own text, so that what this version does not know stays in it, and the one
 * judge of a value is the parser that will read it again. Files are read here, by the user's own
 * program, and their certificates copied into the text, as an import does it. */
#include "client/site-form.h"

#include <fcntl.h>
#include <string.h>

#include "site/file.h"

#define KEY_MAX (32 * 1024)
#define NEW_KEY "new.key" /* until the store gives the file a name */

struct _VisitorSiteForm {
  GKeyFile *text;
  Secret *key; /* of a key file that was chosen, or NULL */
};

/* A copy of the site to change, or a new one for user name and password. Transfer: full. */
VisitorSiteForm *
visitor_site_form_new (const Site *site_or_null)
{
  VisitorSiteForm *form = g_new0 (VisitorSiteForm, 1);
  form->text = g_key_file_new ();
  if (site_or_null == NULL) {
    g_key_file_set_string (form->text, "site", "address", "");
    g_key_file_remove_key (form->text, "site", "address", NULL); /* its group stays, as the first */
    g_key_file_set_string (form->text, "sign-in", "method", "eap-mschapv2");
    return form;
  }
  g_autofree char *text = site_to_text (site_or_null);
  g_key_file_load_from_data (form->text, text, strlen (text),
      G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, NULL);
  return form;
}

/* NULL is allowed. */
void
visitor_site_form_free (VisitorSiteForm *form)
{
  if (form == NULL)
    return;
  g_key_file_unref (form->text);
  g_clear_pointer (&form->key, secret_unref);
  g_free (form);
}

/* What stands there; "" where nothing does. Transfer: full. */
char *
visitor_site_form_get (const VisitorSiteForm *form, const char *group, const char *key)
{
  char *text = g_key_file_get_string (form->text, group, key, NULL);
  return text != NULL ? text : g_strdup ("");
}

/* Puts text there; NULL or blank: nothing. It may be wrong; visitor_site_form_check () says so. */
void
visitor_site_form_set (VisitorSiteForm *form, const char *group, const char *key, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text != NULL ? text : ""));
  if (*stripped == '\0')
    g_key_file_remove_key (form->text, group, key, NULL);
  else
    g_key_file_set_string (form->text, group, key, stripped);
}

static Site *
parse (GKeyFile *text, GError **error)
{
  gsize len;
  g_autofree char *data = g_key_file_to_data (text, &len, NULL);
  return site_parse (data, (gssize) len, NULL, NULL, error);
}

/* What is wrong with text as the value of that key, a sentence for people; NULL if nothing is. What
 * depends on other keys is not looked at. Transfer: full. */
char *
visitor_site_form_check (const char *group, const char *key, const char *text)
{
  g_autoptr (VisitorSiteForm) alone = visitor_site_form_new (NULL);
  g_autoptr (GError) error = NULL;
  visitor_site_form_set (alone, "site", "address", "gateway.invalid");
  visitor_site_form_set (alone, "sign-in", "user", "user");
  visitor_site_form_set (alone, group, key, text);
  g_autoptr (Site) site = parse (alone->text, &error);
  if (site != NULL)
    return NULL;
  g_autoptr (VisitorSiteProblem) problem = visitor_site_problem_new (error);
  gboolean ours = g_strcmp0 (problem->group, group) == 0 && g_strcmp0 (problem->key, key) == 0;
  return ours ? g_steal_pointer (&problem->what) : NULL;
}

/* Puts the certificates of a file, PEM or DER, there. SITE_NOT_FOUND, STORAGE, or SITE_INVALID: see
 * visitor_site_problem_text (). */
gboolean
visitor_site_form_read_certificates (
    VisitorSiteForm *form, const char *group, const char *key, const char *path, GError **error)
{
  g_autofree char *pem = site_file_read_certificates (AT_FDCWD, path, error);
  if (pem == NULL)
    return FALSE;
  g_key_file_set_string (form->text, group, key, pem);
  return TRUE;
}

/* Takes what stands in a key file, PEM or PKCS#12, which goes beside the site when that is saved. Errors
 * as above. */
gboolean
visitor_site_form_read_key (VisitorSiteForm *form, const char *path, GError **error)
{
  gsize len;
  char *data = site_file_read (AT_FDCWD, path, 0, KEY_MAX, &len, error);
  if (data == NULL)
    return FALSE;
  g_clear_pointer (&form->key, secret_unref);
  form->key = secret_new (data, len);
  bytes_wipe (data, len);
  g_free (data);
  g_key_file_set_string (form->text, "sign-in", "key", NEW_KEY);
  return TRUE;
}

/* The key that came along with a site from elsewhere, which goes beside it when that is saved. */
void
visitor_site_form_take_key (VisitorSiteForm *form, const Secret *key)
{
  g_clear_pointer (&form->key, secret_unref);
  form->key = secret_ref ((Secret *) key);
  g_key_file_set_string (form->text, "sign-in", "key", NEW_KEY);
}

/* What has to be saved beside the site, for site_store_add (); NULL where no file was chosen, or
 * something else after it. Borrowed. */
const Secret *
visitor_site_form_get_key (const VisitorSiteForm *form)
{
  g_autofree char *name = visitor_site_form_get (form, "sign-in", "key");
  return g_str_equal (name, NEW_KEY) ? form->key : NULL;
}

/* The site as it stands in the form. NULL if it cannot be used yet: *ret_problem says where, and then
 * it is the caller's. Transfer: full. */
Site *
visitor_site_form_finish (const VisitorSiteForm *form, VisitorSiteProblem **ret_problem)
{
  g_autoptr (GError) error = NULL;
  Site *site = parse (form->text, &error);
  if (site == NULL)
    *ret_problem = visitor_site_problem_new (error);
  return site;
}
