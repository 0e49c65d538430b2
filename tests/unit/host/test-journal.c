/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's text, cut and damaged at every octet; and the layers above resolv.conf. */
#include "host/journal.h"

#include <string.h>

#include "host/resolv-state.h"

static GArray *
some_changes (void)
{
  JournalChange changes[] = {
    { .step = NETCFG_STEP_DEVICE },
    { .step = NETCFG_STEP_ADDRESS },
    { .step = NETCFG_STEP_ROUTE },
    { .step = NETCFG_STEP_ROUTE },
    { .step = NETCFG_STEP_SOURCE },
    { .step = NETCFG_STEP_REVERSE_PATH, .path = { "wlan0", 1 } },
    { .step = NETCFG_STEP_RULE, .family = INET_V4 },
    { .step = NETCFG_STEP_RULE, .family = INET_V6 },
    { .step = NETCFG_STEP_BLOCK, .family = INET_V6 },
    { .step = NETCFG_STEP_RESOLVED },
    { .step = NETCFG_STEP_RESOLV_CONF },
  };
  g_assert_true (inet_prefix_parse ("10.3.0.2/32", &changes[1].prefix));
  g_assert_true (inet_prefix_parse ("0.0.0.0/0", &changes[2].prefix));
  g_assert_true (inet_prefix_parse ("2001:db8::/32", &changes[3].prefix));
  g_assert_true (inet_prefix_parse ("fd03::2/128", &changes[4].prefix));
  GArray *array = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  g_array_append_vals (array, changes, G_N_ELEMENTS (changes));
  return array;
}

static GString *
text_of (guint slot, const GArray *changes)
{
  const JournalChange heading = { .step = NETCFG_STEP_JOURNAL };
  g_autofree char *first = journal_format (slot, 0, &heading);
  GString *text = g_string_new (first);
  for (guint i = 0; i < changes->len; i++) {
    g_autofree char *line =
        journal_format (slot, i + 1, &g_array_index (changes, JournalChange, i));
    g_string_append (text, line);
  }
  return text;
}

static void
assert_begins_as (const GArray *found, const GArray *changes)
{
  g_assert_cmpuint (found->len, <=, changes->len);
  for (guint i = 0; i < found->len; i++) {
    const JournalChange *a = &g_array_index (found, JournalChange, i);
    const JournalChange *b = &g_array_index (changes, JournalChange, i);
    g_assert_cmpint (a->step, ==, b->step);
    g_assert_cmpint (a->family, ==, b->family);
    g_assert_cmpstr (a->path.device, ==, b->path.device);
    g_assert_cmpint (a->path.filter, ==, b->path.filter);
    g_assert_cmpint (a->prefix.length, ==, b->prefix.length);
    g_assert_cmpint (inet_addr_compare (&a->prefix.addr, &b->prefix.addr), ==, 0);
  }
}

static void
cut_at_every_octet (void)
{
  g_autoptr (GArray) changes = some_changes ();
  g_autoptr (GString) text = text_of (3, changes);
  for (gsize len = 0; len <= text->len; len++) {
    guint lines = 0;
    for (gsize i = 0; i < len; i++)
      lines += text->str[i] == '\n';
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) found = journal_parse (3, text->str, len, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (found->len, ==, lines > 0 ? lines - 1 : 0);
    assert_begins_as (found, changes);
  }
}

/* No single wrong octet is taken for a change; in the last line it is taken for torn. */
static void
damaged_at_every_octet (void)
{
  g_autoptr (GArray) changes = some_changes ();
  g_autoptr (GString) text = text_of (3, changes);
  gsize last_line = (gsize) (g_strrstr_len (text->str, (gssize) text->len - 1, "\n") - text->str);
  for (gsize at = 0; at < text->len; at++) {
    g_autofree char *copy = g_memdup2 (text->str, text->len);
    copy[at] ^= 1;
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) found = journal_parse (3, copy, text->len, &error);
    g_assert_cmpint (found == NULL, ==, at < last_line);
    if (found != NULL)
      assert_begins_as (found, changes);
  }
}

static void
foreign_lines (void)
{
  g_autoptr (GArray) changes = some_changes ();
  g_autoptr (GString) text = text_of (3, changes);
  g_assert_null (journal_parse (4, text->str, text->len, NULL));

  /* The same line twice, and two lines in the wrong order. */
  g_auto (GStrv) lines = g_strsplit (text->str, "\n", 0);
  g_autofree char *twice =
      g_strdup_printf ("%s\n%s\n%s\n%s\n", lines[0], lines[1], lines[1], lines[2]);
  g_assert_null (journal_parse (3, twice, strlen (twice), NULL));
  g_autofree char *swapped =
      g_strdup_printf ("%s\n%s\n%s\n%s\n", lines[0], lines[2], lines[1], lines[3]);
  g_assert_null (journal_parse (3, swapped, strlen (swapped), NULL));
}

/* Its checksum is right: so it is what a journal of another version, or an attacker with the disk, may have. */
static void
false_reverse_paths (void)
{
  static const char *const operands[] = { "reverse-path", "reverse-path wlan0", "reverse-path  1",
    "reverse-path wlan0 3", "reverse-path wlan0 12", "reverse-path wlan0 1 1",
    "reverse-path wlan0/.. 1", "reverse-path all:0 1", "reverse-path a-name-of-16-oct 1",
    "reverse-path wlan0\t1", "block", "block 5" };
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  g_autoptr (GString) heading = text_of (3, none);
  for (gsize i = 0; i < G_N_ELEMENTS (operands); i++) {
    g_autofree char *summed = g_strdup_printf ("3 1 %s", operands[i]);
    g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, summed, -1);
    g_autofree char *text =
        g_strdup_printf ("%s%.16s %s\n0123456789abcdef device\n", heading->str, sum, operands[i]);
    if (journal_parse (3, text, strlen (text), NULL) != NULL)
      g_error ("\"%s\" was taken", operands[i]);
  }
}

static HostConfiguration *
wanted (const char *server, const char *domain)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "addresses", g_variant_new_parsed ("['10.3.0.2']"));
  g_variant_dict_insert (&dict, "mtu", "u", 1400);
  if (server != NULL)
    g_variant_dict_insert_value (&dict, "dns", g_variant_new_parsed ("[%s]", server));
  if (domain != NULL)
    g_variant_dict_insert_value (&dict, "domains", g_variant_new_parsed ("[%s]", domain));
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autoptr (GError) error = NULL;
  HostConfiguration *configuration = host_configuration_parse (body, &error);
  g_assert_no_error (error);
  return configuration;
}

static const char original[] = "# by hand\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n"
                               "domain home.example\noptions edns0 trust-ad\nnonsense x\n";

static ResolvState *
state_with (const char *server, const char *domain)
{
  ResolvState *state = resolv_state_new ();
  g_bytes_unref (state->original.content);
  state->original.kind = CONF_FILE_REGULAR;
  state->original.mode = 0640;
  state->original.content = g_bytes_new_static (original, strlen (original));
  g_autoptr (HostConfiguration) configuration = wanted (server, domain);
  resolv_state_put_layer (state, 2, configuration);
  return state;
}

static void
assert_renders (const ResolvState *state, const char *expected)
{
  g_autoptr (GBytes) text = resolv_state_render (state);
  gsize len;
  const char *data = g_bytes_get_data (text, &len);
  g_autofree char *all = g_strndup (data, len);
  g_assert_true (g_str_has_prefix (all, "# "));
  g_assert_cmpstr (strchr (all, '\n') + 1, ==, expected);
}

static void
renders (void)
{
  static const struct {
    const char *server, *domain, *expected;
  } rows[] = {
    { "10.0.0.53", "corp.example",
        "nameserver 10.0.0.53\nsearch corp.example home.example\noptions edns0 trust-ad\n" },
    { "10.0.0.53", "~corp.example",
        "nameserver 10.0.0.53\nsearch home.example\noptions edns0 trust-ad\n" },
    { NULL, "corp.example",
        "nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch corp.example home.example\n"
        "options edns0 trust-ad\n" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ResolvState) state = state_with (rows[i].server, rows[i].domain);
    assert_renders (state, rows[i].expected);
  }
}

static void
state_survives (void)
{
  g_autoptr (ResolvState) state = state_with ("10.0.0.53", "corp.example");
  g_autoptr (HostConfiguration) other = wanted ("fd00::53", "~.");
  resolv_state_put_layer (state, 5, other);
  g_autoptr (GBytes) bytes = resolv_state_serialise (state);
  g_autoptr (GError) error = NULL;
  g_autoptr (ResolvState) again = resolv_state_parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (conf_file_equal (&state->original, &again->original));
  g_assert_cmpint (again->original.mode, ==, 0640);
  g_autoptr (GBytes) a = resolv_state_render (state);
  g_autoptr (GBytes) b = resolv_state_render (again);
  g_assert_true (g_bytes_equal (a, b));

  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  for (gsize at = 0; at < len; at++) {
    g_autofree guint8 *copy = g_memdup2 (data, len);
    copy[at] ^= 0x10;
    g_autoptr (GBytes) damaged = g_bytes_new_static (copy, len);
    g_assert_null (resolv_state_parse (damaged, NULL));
    g_autoptr (GBytes) cut = g_bytes_new_static (data, at);
    g_assert_null (resolv_state_parse (cut, NULL));
  }
}

static void
half_written (void)
{
  static const struct {
    const char *before, *after, *found;
    gboolean half;
  } rows[] = {
    { "aaaa", "bbbb", "aaaa", TRUE },
    { "aaaa", "bbbb", "bbaa", TRUE },
    { "aaaa", "bbbb", "bbbb", TRUE },
    { "aaaaaa", "bb", "bbaaaa", TRUE },
    { "aa", "bbbbbb", "bbbb", TRUE },
    { "", "bbbb", "bb", TRUE },
    { "aaaa", "bbbb", "bbcc", FALSE },
    { "aaaa", "bbbb", "aabb", FALSE },
    { "aaaa", "bbbb", "bb", FALSE },
    { "aaaa", "bbbb", "bbaaa", FALSE },
    { "aaaa", "bbbb", "something else", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) before = g_bytes_new_static (rows[i].before, strlen (rows[i].before));
    g_autoptr (GBytes) after = g_bytes_new_static (rows[i].after, strlen (rows[i].after));
    g_auto (ConfFile) file = { .kind = CONF_FILE_REGULAR,
      .content = g_bytes_new_static (rows[i].found, strlen (rows[i].found)) };
    g_test_message ("%s", rows[i].found);
    g_assert_cmpint (conf_file_is_half_written (&file, before, after), ==, rows[i].half);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/journal/cut-at-every-octet", cut_at_every_octet);
  g_test_add_func ("/host/journal/damaged-at-every-octet", damaged_at_every_octet);
  g_test_add_func ("/host/journal/false-reverse-paths", false_reverse_paths);
  g_test_add_func ("/host/journal/foreign-lines", foreign_lines);
  g_test_add_func ("/host/resolv-state/renders", renders);
  g_test_add_func ("/host/resolv-state/survives", state_survives);
  g_test_add_func ("/host/conf-file/half-written", half_written);
  return g_test_run ();
}
