/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a DNS answer may make us believe, and what not: messages as hex, one fact changed in each. */
#include <glib.h>
#include <string.h>

#include "reach/dns-message.h"

#define ID "1234"
#define COUNTS_1 "0001 0001 0000 0000"
#define NAME "02 6777 07 6578616d706c65 00" /* gw.example */
#define ASKS_A NAME "0001 0001"
#define ASKS_AAAA NAME "001c 0001"
#define RR_A "c00c 0001 0001 0000003c 0004 c0000201" /* 192.0.2.1 */
#define RR_CNAME_B "c00c 0005 0001 0000003c 0004 0162 c00f" /* gw.example is b.example */

typedef struct {
  const char *name;
  InetFamily family;
  DnsVerdict verdict;
  const char *hex;
  const char *addrs; /* with DNS_ANSWER */
} Case;

static const Case cases[] = {
  { "one address", INET_V4, DNS_ANSWER, ID "8180" COUNTS_1 ASKS_A RR_A, "192.0.2.1" },
  { "names do not differ by case", INET_V4, DNS_ANSWER,
      ID "8180" COUNTS_1 "02 4757 07 4558414d504c45 00 0001 0001" RR_A, "192.0.2.1" },
  { "IPv6", INET_V6, DNS_ANSWER,
      ID "8180" COUNTS_1 ASKS_AAAA "c00c 001c 0001 0000003c 0010 20010db8000000000000000000000001",
      "2001:db8::1" },
  { "two addresses, in their order", INET_V4, DNS_ANSWER,
      ID "8180 0001 0002 0000 0000" ASKS_A "c00c 0001 0001 0000003c 0004 c0000209" RR_A,
      "192.0.2.9 192.0.2.1" },
  { "through an alias", INET_V4, DNS_ANSWER,
      ID "8180 0001 0002 0000 0000" ASKS_A RR_CNAME_B "0162 c00f 0001 0001 0000003c 0004 c0000202",
      "192.0.2.2" },
  { "an alias behind its address", INET_V4, DNS_ANSWER,
      ID "8180 0001 0002 0000 0000" ASKS_A "0162 c00f 0001 0001 0000003c 0004 c0000202" RR_CNAME_B,
      "192.0.2.2" },
  { "an alias that leads nowhere", INET_V4, DNS_NO_DATA, ID "8180" COUNTS_1 ASKS_A RR_CNAME_B },
  { "an alias of itself", INET_V4, DNS_MALFORMED,
      ID "8180" COUNTS_1 ASKS_A "c00c 0005 0001 0000003c 0002 c00c" },
  { "somebody else's address", INET_V4, DNS_NO_DATA,
      ID "8180" COUNTS_1 ASKS_A "0162 c00f 0001 0001 0000003c 0004 c0000202" },
  { "an address in the wrong section", INET_V4, DNS_NO_DATA,
      ID "8180 0001 0000 0000 0001" ASKS_A RR_A },
  { "no such name", INET_V4, DNS_NO_NAME, ID "8183 0001 0000 0000 0000" ASKS_A },
  { "no address of this family", INET_V6, DNS_NO_DATA, ID "8180 0001 0000 0000 0000" ASKS_AAAA },
  { "server failure", INET_V4, DNS_SERVER_FAILED, ID "8182 0001 0000 0000 0000" ASKS_A },
  { "refused", INET_V4, DNS_SERVER_FAILED, ID "8185 0001 0000 0000 0000" ASKS_A },
  { "truncated", INET_V4, DNS_TRUNCATED, ID "8380 0001 0000 0000 0000" ASKS_A },
  { "truncated within a record", INET_V4, DNS_TRUNCATED, ID "8380" COUNTS_1 ASKS_A "c00c 00" },
  { "another id", INET_V4, DNS_NOT_OURS, "1235 8180" COUNTS_1 ASKS_A RR_A },
  { "a question", INET_V4, DNS_NOT_OURS, ID "0100 0001 0000 0000 0000" ASKS_A },
  { "another name", INET_V4, DNS_NOT_OURS,
      ID "8180" COUNTS_1 "02 6778 07 6578616d706c65 00 0001 0001" RR_A },
  { "another type", INET_V6, DNS_NOT_OURS, ID "8180" COUNTS_1 ASKS_A RR_A },
  { "another class", INET_V4, DNS_NOT_OURS, ID "8180" COUNTS_1 NAME "0001 0003" RR_A },
  { "no question", INET_V4, DNS_NOT_OURS, ID "8180 0000 0000 0000 0000" },
  { "two questions", INET_V4, DNS_NOT_OURS, ID "8180 0002 0000 0000 0000" ASKS_A ASKS_A },
  { "an address of three octets", INET_V4, DNS_MALFORMED,
      ID "8180" COUNTS_1 ASKS_A "c00c 0001 0001 0000003c 0003 c00002" },
  { "an address of five octets", INET_V4, DNS_MALFORMED,
      ID "8180" COUNTS_1 ASKS_A "c00c 0001 0001 0000003c 0005 c000020101" },
  { "an alias whose name loops", INET_V4, DNS_MALFORMED,
      ID "8180" COUNTS_1 ASKS_A "c00c 0005 0001 0000003c 0002 c028" },
  { "an alias whose name ends outside", INET_V4, DNS_MALFORMED,
      ID "8180" COUNTS_1 ASKS_A "c00c 0005 0001 0000003c 0002 3f61" },
  { "a record too short", INET_V4, DNS_MALFORMED, ID "8180" COUNTS_1 ASKS_A "c00c 0001 0001" },
  { "a record that is missing", INET_V4, DNS_MALFORMED, ID "8180" COUNTS_1 ASKS_A },
  { "65535 records promised", INET_V4, DNS_MALFORMED, ID "8180 0001 ffff 0000 0000" ASKS_A RR_A },
  { "octets behind the end", INET_V4, DNS_MALFORMED, ID "8180" COUNTS_1 ASKS_A RR_A "00" },
  { "a header cut short", INET_V4, DNS_NOT_OURS, ID },
  { "nothing", INET_V4, DNS_NOT_OURS, "" },
};

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();
  for (const char *p = hex; *p != '\0';) {
    if (*p == ' ') {
      p++;
      continue;
    }
    uint8_t octet = (uint8_t) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
    g_byte_array_append (bytes, &octet, 1);
    p += 2;
  }
  return bytes;
}

static DnsVerdict
parse (InetFamily family, const uint8_t *data, size_t len, char **ret_addrs)
{
  /* A copy of just that size, so that a sanitizer sees a read too far. */
  g_autofree uint8_t *copy = g_malloc (len + (len == 0));
  if (len > 0)
    memcpy (copy, data, len);
  DnsQuestion question = { .id = 0x1234, .name = "gw.example", .family = family };
  InetAddr addrs[DNS_MAX_ADDRESSES];
  size_t n = 0;
  DnsVerdict verdict = dns_answer_parse (&question, SLICE (copy, len), addrs, &n);
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < n; i++) {
    char buf[INET_ADDR_STRLEN];
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", inet_addr_format (addrs + i, buf));
  }
  *ret_addrs = g_string_free (text, FALSE);
  return verdict;
}

static void
test_case (const void *data)
{
  const Case *c = data;
  g_autoptr (GByteArray) bytes = from_hex (c->hex);
  g_autofree char *addrs = NULL;
  g_assert_cmpint (parse (c->family, bytes->data, bytes->len, &addrs), ==, c->verdict);
  g_assert_cmpstr (addrs, ==, c->addrs != NULL ? c->addrs : "");
}

/* Every prefix of a good answer is refused or, for its header says so, no answer of ours. */
static void
test_every_prefix (void)
{
  g_autoptr (GByteArray) bytes = from_hex (ID "8180" COUNTS_1 ASKS_A RR_A);
  for (size_t len = 0; len < bytes->len; len++) {
    g_autofree char *addrs = NULL;
    DnsVerdict verdict = parse (INET_V4, bytes->data, len, &addrs);
    g_assert_true (verdict == DNS_NOT_OURS || verdict == DNS_MALFORMED);
  }
}

/* The chain of aliases has an end: 8 are followed, 9 are not. */
static void
test_alias_chain (void)
{
  for (unsigned int n = 8; n <= 9; n++) {
    g_autoptr (GString) hex = g_string_new (NULL);
    g_string_append_printf (hex, ID "8180 0001 %04x 0000 0000" ASKS_A, n + 1);
    for (unsigned int i = 0; i < n; i++) {
      g_autofree char *owner = g_strdup_printf ("01%02x c00f", 'a' + i);
      g_string_append_printf (
          hex, "%s 0005 0001 0000003c 0004 01%02x c00f", i == 0 ? "c00c" : owner, 'a' + i + 1);
    }
    g_string_append_printf (hex, "01%02x c00f 0001 0001 0000003c 0004 c0000203", 'a' + n);
    g_autoptr (GByteArray) bytes = from_hex (hex->str);
    g_autofree char *addrs = NULL;
    g_assert_cmpint (
        parse (INET_V4, bytes->data, bytes->len, &addrs), ==, n == 8 ? DNS_ANSWER : DNS_MALFORMED);
  }
}

static void
test_question (void)
{
  uint8_t buf[DNS_UDP_MAX];
  DnsQuestion question = { .id = 0x1234, .name = "gw.example", .family = INET_V6 };
  g_autoptr (GByteArray) expected = from_hex (ID "0100 0001 0000 0000 0000" ASKS_AAAA);
  size_t len = dns_question_write (&question, buf, sizeof buf);
  g_assert_cmpmem (buf, len, expected->data, expected->len);
  g_assert_cmpuint (dns_question_write (&question, buf, expected->len - 1), ==, 0);
}

static void
test_bad_names (void)
{
  g_autofree char *long_label = g_strnfill (64, 'a');
  g_autoptr (GString) long_name = g_string_new ("a");
  for (unsigned int i = 0; i < 130; i++)
    g_string_append (long_name, ".a");
  const char *names[] = { "", ".", "a..b", long_label, long_name->str };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    uint8_t buf[DNS_UDP_MAX];
    DnsQuestion question = { .id = 1, .name = names[i], .family = INET_V4 };
    g_assert_cmpuint (dns_question_write (&question, buf, sizeof buf), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/reach/dns-message/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/reach/dns-message/every prefix", test_every_prefix);
  g_test_add_func ("/reach/dns-message/alias chain", test_alias_chain);
  g_test_add_func ("/reach/dns-message/question", test_question);
  g_test_add_func ("/reach/dns-message/bad names", test_bad_names);
  return g_test_run ();
}
