/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/output.h"

#include "cli/json.h"

/* What other people wrote cannot move the cursor, start a new line or turn the text around (A16). */
static void
test_escape (void)
{
  static const struct {
    const char *text;
    const char *safe;
  } rows[] = {
    { "", "" },
    { "Customer \xc3\x9cml\xc3\xa4ut", "Customer \xc3\x9cml\xc3\xa4ut" },
    { "a\033[31mb", "a\\u{1b}[31mb" },
    { "a\nvisitor: forged", "a\\u{a}visitor: forged" },
    { "a\rb", "a\\u{d}b" },
    { "a\tb", "a\\u{9}b" },
    { "a\177b", "a\\u{7f}b" },
    { "a\xc2\x9b"
      "31mb",
        "a\\u{9b}31mb" },
    { "a\xe2\x80\xae"
      "b",
        "a\\u{202e}b" },
    { "a\xe2\x81\xa6"
      "b",
        "a\\u{2066}b" },
    { "a\xe2\x80\xa8"
      "b",
        "a\\u{2028}b" },
    { "a\xe2\x80\x8b"
      "b",
        "a\\u{200b}b" },
    { "a\xff"
      "b",
        "a\xef\xbf\xbd"
        "b" },
    { "100% %s %n", "100% %s %n" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *safe = output_escape (rows[i].text);
    g_assert_cmpstr (safe, ==, rows[i].safe);
  }
}

static void
test_json (void)
{
  static const struct {
    const char *variant;
    const char *json;
  } rows[] = {
    { "'a'", "\"a\"" },
    { "''", "\"\"" },
    { "'a\"b\\\\c'", "\"a\\\"b\\\\c\"" },
    { "'a\\nb\\u001bc'", "\"a\\u000ab\\u001bc\"" },
    { "'\xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80'", "\"\\u00e4\\u202e\\ud83d\\ude00\"" },
    { "true", "true" },
    { "byte 0xff", "255" },
    { "int32 -5", "-5" },
    { "uint64 18446744073709551615", "18446744073709551615" },
    { "int64 -9223372036854775808", "-9223372036854775808" },
    { "1.5", "1.5" },
    { "@as []", "[]" },
    { "['a', 'b']", "[\"a\",\"b\"]" },
    { "(1, 'x')", "[1,\"x\"]" },
    { "@a{sv} {}", "{}" },
    { "{'k': <1>, 'l': <['x']>}", "{\"k\":1,\"l\":[\"x\"]}" },
    { "@a{st} {'drop-\"x': 3}", "{\"drop-\\\"x\":3}" },
    { "objectpath '/a/b'", "\"/a/b\"" },
    { "handle 3", "null" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GVariant) value = g_variant_parse (NULL, rows[i].variant, NULL, NULL, NULL);
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, rows[i].variant);
    g_assert_nonnull (value);
    g_autoptr (GString) json = g_string_new (NULL);
    json_append (json, value);
    g_assert_cmpstr (json->str, ==, rows[i].json);
  }
}

static void
test_json_no_number (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_double (1e308 * 10));
  g_autoptr (GString) json = g_string_new (NULL);
  json_append (json, value);
  g_assert_cmpstr (json->str, ==, "null");
}

/* No error ends in success, and only the unnamed one in the unnamed exit code. */
static void
test_exit_codes (void)
{
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    ExitCode code = exit_code_of ((VisitorError) i);
    g_assert_cmpint (code, !=, EXIT_CODE_OK);
    g_assert_cmpint (code, !=, EXIT_CODE_USAGE);
    g_assert_true (i == VISITOR_ERROR_FAILED || code != EXIT_CODE_FAILED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/output/escape", test_escape);
  g_test_add_func ("/cli/json/values", test_json);
  g_test_add_func ("/cli/json/no-number", test_json_no_number);
  g_test_add_func ("/cli/exit-code/none-missing", test_exit_codes);
  return g_test_run ();
}
