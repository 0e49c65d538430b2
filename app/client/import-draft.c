/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorImportDraft: another program's words on their way to a site.
 *
 * Whatever stands in a foreign file is either used, checked by the same parser that reads a site.conf,
 * or left out and told; nothing is guessed and nothing lost silently. What every site needs and the
 * file does not say, a user or a key, is left for the person to fill in. */
#include "config.h"

#include "client/import-draft.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/site-form.h"

#define NEW_KEY "new.key" /* until the store gives the file a name */

struct _VisitorImportDraft {
  VisitorSiteForm *form;
  GStrvBuilder *notes;
  Secret *key; /* or NULL */
  VisitorImportLineFunc line_of;
  gpointer user_data; /* borrowed while the file is read */
};

/* Transfer: full. */
VisitorImportDraft *
visitor_import_draft_new (VisitorImportLineFunc line_of, gpointer user_data)
{
  VisitorImportDraft *draft = g_new0 (VisitorImportDraft, 1);
  draft->form = visitor_site_form_new (NULL);
  draft->notes = g_strv_builder_new ();
  draft->line_of = line_of;
  draft->user_data = user_data;
  return draft;
}

/* NULL is allowed. */
void
visitor_import_draft_free (VisitorImportDraft *draft)
{
  if (draft == NULL)
    return;
  visitor_site_form_free (draft->form);
  g_strv_builder_unref (draft->notes);
  g_clear_pointer (&draft->key, secret_unref);
  g_free (draft);
}

/* Says what is wrong with a key of the file, and where it stands. Returns FALSE. */
gboolean
visitor_import_draft_fail (
    VisitorImportDraft *draft, const char *from, const char *what, GError **error)
{
  guint line = draft->line_of (from, draft->user_data);
  if (line > 0)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, _ ("Line %u, key %s: %s"), line,
        from, what);
  else
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, _ ("Key %s: %s"), from, what);
  return FALSE;
}

/* Puts a value of the file's key from where a site.conf has it. SITE_INVALID says what is wrong with
 * it. */
gboolean
visitor_import_draft_use (VisitorImportDraft *draft, const char *from, const char *group,
    const char *key, const char *value, GError **error)
{
  g_autofree char *problem = visitor_site_form_check (group, key, value);
  if (problem != NULL)
    return visitor_import_draft_fail (draft, from, problem, error);
  visitor_site_form_set (draft->form, group, key, value);
  return TRUE;
}

/* As visitor_import_draft_use (), but what cannot be used is left out. FALSE: so it was. */
gboolean
visitor_import_draft_use_or_leave (VisitorImportDraft *draft, const char *from, const char *group,
    const char *key, const char *value)
{
  g_autofree char *problem = visitor_site_form_check (group, key, value);
  if (problem != NULL)
    visitor_import_draft_leave (draft, from, problem);
  else
    visitor_site_form_set (draft->form, group, key, value);
  return problem == NULL;
}

/* The file's key has no effect; why is a sentence. */
void
visitor_import_draft_leave (VisitorImportDraft *draft, const char *from, const char *why)
{
  /* Translators: a key of a file, and a sentence that says why it has no effect */
  visitor_import_draft_note (draft, g_strdup_printf (_ ("Left out: %s. %s"), from, why));
}

/* Something that the person has to know; takes the sentence. */
void
visitor_import_draft_note (VisitorImportDraft *draft, char *note)
{
  g_strv_builder_add (draft->notes, note);
  g_free (note);
}

/* What goes beside the site as its key file; takes it. */
void
visitor_import_draft_take_key (VisitorImportDraft *draft, Secret *key)
{
  g_clear_pointer (&draft->key, secret_unref);
  draft->key = key;
  visitor_site_form_set (draft->form, "sign-in", "key", NEW_KEY);
}

/* A site can only be read as a whole: what is missing is put there for that, and taken away again. */
static Site *
finish_without (VisitorImportDraft *draft, VisitorSiteProblem **ret_problem)
{
  gboolean lacks_user = FALSE, lacks_key = FALSE;
  Site *site;
  for (;;) {
    g_clear_pointer (ret_problem, visitor_site_problem_free);
    site = visitor_site_form_finish (draft->form, ret_problem);
    if (site != NULL || !(*ret_problem)->is_missing)
      break;
    if (!lacks_user && g_strcmp0 ((*ret_problem)->key, "user") == 0)
      lacks_user = TRUE;
    else if (!lacks_key && g_strcmp0 ((*ret_problem)->key, "key") == 0)
      lacks_key = TRUE;
    else
      break;
    visitor_site_form_set (draft->form, "sign-in", (*ret_problem)->key, NEW_KEY);
  }
  if (site != NULL && lacks_user)
    g_clear_pointer (&site->user, g_free);
  if (site != NULL && lacks_key)
    g_clear_pointer (&site->key, g_free);
  if (lacks_user)
    visitor_import_draft_note (draft, g_strdup (_ ("The file names no user: fill it in.")));
  if (lacks_key)
    visitor_import_draft_note (
        draft, g_strdup (_ ("The file holds no certificate of yours: choose one.")));
  return site;
}

/* The site, which lacks a user or a key unless *ret_complete, its key and the notes. SITE_INVALID where
 * no site can be made of it. Transfer: full. */
Site *
visitor_import_draft_finish (VisitorImportDraft *draft, gboolean *ret_complete, Secret **ret_key,
    char ***ret_notes, GError **error)
{
  g_autoptr (VisitorSiteProblem) problem = NULL;
  Site *site = finish_without (draft, &problem);
  if (site == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, _ ("Key %s in [%s]: %s"),
        problem->key != NULL ? problem->key : "", problem->group != NULL ? problem->group : "",
        problem->what);
    return NULL;
  }
  bool needs_key = site_auth_has_certificate (site->auth) || site->auth == SITE_AUTH_EAP_TLS;
  *ret_complete = (site->user != NULL || site->auth == SITE_AUTH_CERTIFICATE) &&
      (site->key != NULL || !needs_key);
  *ret_key = site->key != NULL ? g_steal_pointer (&draft->key) : NULL;
  *ret_notes = g_strv_builder_end (draft->notes);
  return site;
}
