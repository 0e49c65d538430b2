/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorImport: what a file from somewhere else would add, before anything is saved.
 *
 * A site.conf, a profile of strongSwan's app for Android or of snx-rs, told apart by what stands in it
 * and never by its name. Files that it names are read with the user's own rights, as visitor(1) does it;
 * nothing is fetched, nothing is run, and nothing on the disk changes. */
#include "config.h"

#include "client/import.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/import-draft.h"
#include "client/import-rows.h"
#include "client/site-problem.h"
#include "site/file.h"
#include "site/scan.h"
#include "site/store.h"

#define MAX_OCTETS (1024 * 1024)

struct _VisitorImport {
  VisitorImportKind kind;
  Site *site;
  Secret *key; /* or NULL */
  GPtrArray *rows; /* VisitorImportRow */
  char **notes;
  gboolean is_complete;
};

/* NULL is allowed. */
void
visitor_import_free (VisitorImport *import)
{
  if (import == NULL)
    return;
  site_free (import->site);
  g_clear_pointer (&import->key, secret_unref);
  g_clear_pointer (&import->rows, g_ptr_array_unref);
  g_strfreev (import->notes);
  g_free (import);
}

static VisitorImport *
import_new (VisitorImportKind kind)
{
  VisitorImport *import = g_new0 (VisitorImport, 1);
  import->kind = kind;
  import->is_complete = TRUE;
  return import;
}

/* What a site.conf brings along or cannot have, as visitor(1) says it. */
static char **
notes_of_site (const Site *site, char **copied)
{
  g_autoptr (GStrvBuilder) notes = g_strv_builder_new ();
  g_auto (GStrv) unknown = site_unknown_keys (site);
  for (guint i = 0; copied != NULL && copied[i] != NULL; i++) {
    g_autofree char *note =
        g_strdup_printf (_ ("The certificates of %s are copied into the site."), copied[i]);
    g_strv_builder_add (notes, note);
  }
  if (site->key != NULL && !site_key_is_uri (site->key))
    g_strv_builder_add (
        notes, _ ("The key is copied, so that only you can read it, and is needed nowhere else."));
  if (!site_has_tls (site))
    g_strv_builder_add (
        notes, _ ("Without TLS, networks that let only web traffic out may block it."));
  for (guint i = 0; unknown[i] != NULL; i++) {
    g_autofree char *note =
        g_strdup_printf (_ ("Not known to this version, kept without effect: %s."), unknown[i]);
    g_strv_builder_add (notes, note);
  }
  return g_strv_builder_end (notes);
}

static void
translate (GError **error, GError *why)
{
  if (why->code == VISITOR_ERROR_SITE_INVALID) {
    g_autofree char *text = visitor_site_problem_text (why);
    g_set_error_literal (error, VISITOR_ERROR, why->code, text);
  } else {
    g_propagate_error (error, g_error_copy (why));
  }
}

static VisitorImport *
load_site_conf (
    const char *path_or_null, const char *text, gsize len, gboolean in_words, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_auto (GStrv) copied = NULL;
  g_autoptr (VisitorImport) import = import_new (VISITOR_IMPORT_SITE_CONF);
  import->site = path_or_null != NULL ? site_import_file (path_or_null, &copied, &import->key, &why)
                                      : site_parse (text, (gssize) len, NULL, NULL, &why);
  if (import->site == NULL) {
    if (in_words)
      translate (error, why);
    else
      g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  import->notes = notes_of_site (import->site, copied);
  return g_steal_pointer (&import);
}

static VisitorImport *
finish_draft (VisitorImportKind kind, VisitorImportDraft *draft, GError **error)
{
  g_autoptr (VisitorImport) import = import_new (kind);
  import->site = visitor_import_draft_finish (
      draft, &import->is_complete, &import->key, &import->notes, error);
  return import->site != NULL ? g_steal_pointer (&import) : NULL;
}

static const char *
skip_mark (const char *text, gsize *len)
{
  if (!g_str_has_prefix (text, "\xef\xbb\xbf"))
    return text;
  *len -= 3;
  return text + 3;
}

static gboolean
begins_with_brace (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return *text == '{';
}

/* text has a NUL behind its len octets. in_words: what is wrong with a site.conf is told in the words of
 * people, not of site.conf(5). */
static VisitorImport *
load (const char *path_or_null, const char *text, gsize len, gboolean in_words, GError **error)
{
  g_autoptr (VisitorImportDraft) draft = NULL;
  g_autofree char *directory = path_or_null != NULL ? g_path_get_dirname (path_or_null) : NULL;
  gboolean is_text = strlen (text) == len && g_utf8_validate_len (text, len, NULL);
  const char *content = skip_mark (text, &len);
  if (is_text && begins_with_brace (content))
    return visitor_import_sswan (content, len, &draft, error)
        ? finish_draft (VISITOR_IMPORT_STRONGSWAN, draft, error)
        : NULL;
  if (is_text && visitor_import_snx_is (content))
    return visitor_import_snx (content, directory, &draft, error)
        ? finish_draft (VISITOR_IMPORT_SNX_RS, draft, error)
        : NULL;
  return load_site_conf (path_or_null, content, len, in_words, error);
}

static VisitorImport *
load_and_describe (
    const char *path_or_null, const char *text, gsize len, gboolean in_words, GError **error)
{
  VisitorImport *import = load (path_or_null, text, len, in_words, error);
  if (import != NULL)
    import->rows = visitor_import_rows_new (import->site);
  return import;
}

static VisitorImport *
load_file (const char *path, gboolean in_words, GError **error)
{
  gsize len;
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *text = site_file_read (AT_FDCWD, absolute, 0, MAX_OCTETS, &len, error);
  return text != NULL ? load_and_describe (absolute, text, len, in_words, error) : NULL;
}

/* Reads a file and those beside it that it names. SITE_NOT_FOUND, STORAGE, or SITE_INVALID, whose
 * message is translated and says line, key and why where that is known. Transfer: full. */
VisitorImport *
visitor_import_load_file (const char *path, GError **error)
{
  return load_file (path, TRUE, error);
}

/* As visitor_import_load_file (), but what is wrong with a site.conf is told as site_parse () does, for those
 * who write one. Transfer: full. */
VisitorImport *
visitor_import_load_file_plainly (const char *path, GError **error)
{
  return load_file (path, FALSE, error);
}

/* As visitor_import_load_file (), of what was pasted or dropped, which has no files beside it; name is
 * what it is called in an error. Transfer: full. */
VisitorImport *
visitor_import_load_bytes (const char *name, GBytes *bytes, GError **error)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  if (len > MAX_OCTETS) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, _ ("%s is too long."), name);
    return NULL;
  }
  g_autofree char *text = g_malloc (len + 1);
  if (len > 0)
    memcpy (text, data, len);
  text[len] = '\0';
  return load_and_describe (NULL, text, len, TRUE, error);
}

VisitorImportKind
visitor_import_get_kind (const VisitorImport *import)
{
  return import->kind;
}

/* What would be saved, for visitor_site_model_add (), which may be given another name before. Borrowed. */
Site *
visitor_import_get_site (VisitorImport *import)
{
  return import->site;
}

/* What stands in the key file that comes along; NULL: none does. Borrowed. */
const Secret *
visitor_import_get_key (const VisitorImport *import)
{
  return import->key;
}

/* What the site says, VisitorImportRow, in the order in which a person asks. Borrowed. */
const GPtrArray *
visitor_import_get_rows (const VisitorImport *import)
{
  return import->rows;
}

/* What was left out, and what else has to be known; sentences, translated. Borrowed. */
const char *const *
visitor_import_get_notes (const VisitorImport *import)
{
  return (const char *const *) import->notes;
}

/* FALSE: a user or a key has to be filled in before it can be saved. */
gboolean
visitor_import_is_complete (const VisitorImport *import)
{
  return import->is_complete;
}
