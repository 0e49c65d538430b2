/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description of the editors, held against the parser and against itself. */
#include "nm/editor/fields.h"

#include <string.h>

#include "nm/editor/form.h"
#include "site/conf.h"
#include "site/secrets.h"
#include "site/site.h"

typedef void (*EachField) (const VisitorFieldSection *section, const VisitorField *field);

static void
each (EachField look)
{
  const VisitorFieldSection *section;
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++) {
    for (gsize j = 0; j < section->n_fields; j++)
      look (section, &section->fields[j]);
  }
}

static void
look_at_itself (const VisitorFieldSection *section, const VisitorField *field)
{
  g_test_message ("%s", field->item);
  g_assert_true (editor_field_of (field->item) == field); /* stands once */
  g_assert_true ((field->choices != NULL) == (field->kind == VISITOR_FIELD_CHOICE));
  g_assert_true ((strchr (field->item, '.') == NULL) == (field->kind == VISITOR_FIELD_SECRET));
  if (field->when.item != NULL)
    g_assert_nonnull (editor_field_of (field->when.item));
}

static void
themselves (void)
{
  each (look_at_itself);
  g_assert_null (editor_field_of ("site.pigeon"));
}

/* A choice has what the parser takes, and what holds where nothing is said comes first. */
static void
look_at_choices (const VisitorFieldSection *section, const VisitorField *field)
{
  if (field->choices == NULL)
    return;
  for (const VisitorFieldChoice *choice = field->choices; choice->word != NULL; choice++) {
    g_autofree char *problem = editor_form_check (field, choice->word);
    g_test_message ("%s=%s: %s", field->item, choice->word, problem != NULL ? problem : "");
    /* one of them holds with a method that proves the gateway alone */
    g_assert_true (problem == NULL || g_str_equal (field->item, "sign-in.eap-only"));
  }
  g_autofree char *problem = editor_form_check (field, "pigeon");
  g_assert_nonnull (problem);
}

static void
choices (void)
{
  each (look_at_choices);
}

static void
conditions (void)
{
  const VisitorField *method = editor_field_of (VISITOR_FIELD_METHOD);
  const VisitorFieldSection *section;
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++) {
    for (gsize j = 0; j < section->n_fields; j++) {
      const VisitorFieldCondition *when = &section->fields[j].when;
      if (when->item == NULL || when->words == NULL)
        continue;
      for (const char *const *word = when->words; *word != NULL; word++) {
        const VisitorFieldChoice *choice = editor_field_of (when->item)->choices;
        while (choice->word != NULL && !g_str_equal (choice->word, *word))
          choice++;
        g_assert_cmpstr (choice->word, ==, *word);
      }
    }
  }
  g_assert_cmpstr (method->choices[0].word, ==, "eap-mschapv2");
}

/* Within a section a key leads to one field. */
static void
mnemonics (void)
{
  const VisitorFieldSection *section;
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++) {
    g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
    for (gsize j = 0; j < section->n_fields; j++) {
      const VisitorField *field = &section->fields[j];
      const char *mark = strchr (field->label, '_');
      g_autofree char *plain = visitor_field_plain (editor_words (field->label));
      g_assert_nonnull (mark);
      g_assert_null (strchr (plain, '_'));
      g_test_message ("%s", field->label);
      g_assert_true (g_hash_table_add (used, GINT_TO_POINTER (g_ascii_tolower (mark[1]))));
    }
  }
}

/* Each key of a site can be changed: a new one needs its row in client/site-fields.c, or here in fields.c. */
static void
complete (void)
{
  g_auto (GStrv) known = site_known_keys ();
  g_assert_cmpuint (g_strv_length (known), >, 40);
  for (char **key = known; *key != NULL; key++) {
    g_test_message ("%s", *key);
    gboolean is_name = g_str_equal (*key, "site.name"); /* the connection's own */
    g_assert_true (is_name != (editor_field_of (*key) != NULL));
  }
}

/* And nothing is offered that no site has. */
static void
look_whether_known (const VisitorFieldSection *section, const VisitorField *field)
{
  g_auto (GStrv) known = site_known_keys ();
  gboolean is_known = field->kind == VISITOR_FIELD_SECRET
      ? site_secret_may_be_kept (site_secret_from_name (field->item))
      : g_strv_contains ((const char *const *) known, field->item);
  g_test_message ("%s", field->item);
  g_assert_true (is_known);
}

static void
nothing_else (void)
{
  each (look_whether_known);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/editor-fields/themselves", themselves);
  g_test_add_func ("/editor-fields/choices", choices);
  g_test_add_func ("/editor-fields/conditions", conditions);
  g_test_add_func ("/editor-fields/mnemonics", mnemonics);
  g_test_add_func ("/editor-fields/complete", complete);
  g_test_add_func ("/editor-fields/nothing-else", nothing_else);
  return g_test_run ();
}
