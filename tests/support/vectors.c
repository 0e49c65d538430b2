/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the cases of one file of vectors/ and judges each as the file says: what is valid has to be
 * accepted, what is invalid refused, and what is acceptable either. A test names the exceptions. */
#include "support/vectors.h"

#include <string.h>

#include "support/hex.h"

static JsonNode *
find (const Vector *vector, const char *field)
{
  JsonNode *node = json_object_get_member (vector->body, field);
  if (node == NULL)
    node = json_object_get_member (vector->head, field);
  if (node == NULL)
    g_error ("%s has no field %s", vector->file, field);
  return node;
}

/* A field of hexadecimal digits, of the case or of its group; kept until the test's end. */
Slice
vector_octets (const Vector *vector, const char *field)
{
  return hex_slice (vector_text (vector, field));
}

const char *
vector_text (const Vector *vector, const char *field)
{
  return json_node_get_string (find (vector, field));
}

gint64
vector_number (const Vector *vector, const char *field)
{
  return json_node_get_int (find (vector, field));
}

bool
vector_has_flag (const Vector *vector, const char *flag)
{
  if (!json_object_has_member (vector->body, "flags"))
    return false;
  JsonArray *flags = json_object_get_array_member (vector->body, "flags");
  for (guint i = 0; i < json_array_get_length (flags); i++) {
    if (strcmp (json_array_get_string_element (flags, i), flag) == 0)
      return true;
  }
  return false;
}

static VectorVerdict
verdict_of (const Vector *vector)
{
  if (strcmp (vector->result, "valid") == 0)
    return VECTOR_MUST_BE_ACCEPTED;
  return strcmp (vector->result, "invalid") == 0 ? VECTOR_MUST_BE_REFUSED : VECTOR_EITHER;
}

/* NULL if the case went as it has to, else what is wrong. */
static const char *
judge (const Vector *vector, bool accepted, VectorExceptionFunc exception)
{
  VectorVerdict verdict = exception != NULL ? exception (vector) : VECTOR_AS_THE_FILE_SAYS;
  if (verdict == VECTOR_AS_THE_FILE_SAYS)
    verdict = verdict_of (vector);
  if (verdict == VECTOR_EITHER || accepted == (verdict == VECTOR_MUST_BE_ACCEPTED))
    return NULL;
  return accepted ? "was accepted" : "was refused";
}

/* The groups of a file; NULL if another set was asked for, and does not have it. */
static JsonArray *
load (JsonParser *parser, const char *file)
{
  /* another set, cut by cut.py, for a look at what came since */
  const char *folder = g_getenv ("VISITOR_VECTORS");
  g_autofree char *name = g_strconcat (file, ".json", NULL);
  g_autofree char *path = g_build_filename (folder != NULL ? folder : VECTORS_DIR, name, NULL);
  g_autoptr (GError) error = NULL;
  if (folder != NULL && !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  if (!json_parser_load_from_file (parser, path, &error))
    g_error ("%s: %s", path, error->message);
  return json_node_get_array (json_parser_get_root (parser));
}

/* Fails the test with a line for each case of vectors/FILE.json that is judged wrongly, and if there is
 * none at all. exception may be NULL. False if the set that was asked for has no such file, which skips. */
bool
vectors_run (const char *file, VectorFunc accepts, VectorExceptionFunc exception)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonArray *groups = load (parser, file);
  guint n_cases = 0, n_accepted = 0;
  if (groups == NULL) {
    g_test_skip ("not in that set");
    return false;
  }
  for (guint i = 0; i < json_array_get_length (groups); i++) {
    JsonObject *group = json_array_get_object_element (groups, i);
    JsonArray *cases = json_object_get_array_member (group, "cases");
    Vector vector = { .file = file, .head = json_object_get_object_member (group, "head") };
    for (guint n = 0; n < json_array_get_length (cases); n++) {
      vector.body = json_array_get_object_element (cases, n);
      vector.id = json_object_get_int_member (vector.body, "id");
      vector.result = json_object_get_string_member (vector.body, "result");
      bool accepted = accepts (&vector);
      const char *problem = judge (&vector, accepted, exception);
      if (problem != NULL) {
        g_test_message ("%s %" G_GINT64_FORMAT " (%s, %s): %s", file, vector.id, vector.result,
            json_object_get_string_member_with_default (vector.body, "comment", ""), problem);
        g_test_fail ();
      }
      n_cases++;
      n_accepted += accepted;
    }
  }
  g_test_message ("%s: %u cases, %u accepted", file, n_cases, n_accepted);
  g_assert_cmpuint (n_cases, >, 0);
  g_assert_cmpuint (n_accepted, >, 0);
  return true;
}

/* The same with a file that vectors/ does not have, where VISITOR_VECTORS names a set that does. */
void
vectors_run_foreign (const char *file, VectorFunc accepts, VectorExceptionFunc exception)
{
  if (g_getenv ("VISITOR_VECTORS") != NULL)
    vectors_run (file, accepts, exception);
  else
    g_test_skip ("of a set that is not in the tree (VISITOR_VECTORS)");
}
