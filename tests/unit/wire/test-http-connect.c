/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a proxy may answer to CONNECT, and what the answers of broken and hostile ones come to. Each row
 * is fed whole, cut off at every octet, and octet by octet: the verdict must not depend on the cuts. */
#include <glib.h>
#include <string.h>

#include "wire/http-connect.h"

#define OK "HTTP/1.1 200 Connection established\r\n"
#define NO "HTTP/1.1 407 Proxy Authentication Required\r\n"
#define END "\r\n"
#define TEN_FIELDS "a:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\nh:8\r\ni:9\r\nj:0\r\n"
#define NINETY_FIELDS \
  TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"
#define FOUR_CONTINUE CONTINUE CONTINUE CONTINUE CONTINUE

typedef struct {
  const char *name;
  const char *octets;
  HttpVerdict verdict;
  unsigned int status;
  const char *behind; /* what belongs to the tunnel, or is a body */
  bool keeps_open;
} Case;

static const Case cases[] = {
  { "a tunnel", OK END, HTTP_REPLY_DONE, 200, "" },
  { "of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n", HTTP_REPLY_DONE, 200, "" },
  { "with fields", OK "Via: 1.1 x\r\nX-Y: \tz \r\n" END, HTTP_REPLY_DONE, 200, "" },
  { "without a reason", "HTTP/1.1 200 \r\n\r\n", HTTP_REPLY_DONE, 200, "" },
  { "without a reason and its blank", "HTTP/1.1 200\r\n\r\n", HTTP_REPLY_DONE, 200, "" },
  { "a reason in Latin-1", "HTTP/1.1 200 Verbindung m\xf6glich\r\n\r\n", HTTP_REPLY_DONE, 200, "" },
  { "the gateway's first octets glued on", OK END "\x16\x03\x03", HTTP_REPLY_DONE, 200,
      "\x16\x03\x03" },
  { "a body that is none, but the tunnel's", OK "Content-Length: 5\r\n" END "hello",
      HTTP_REPLY_DONE, 200, "hello", true },
  { "chunks that are none", OK "Transfer-Encoding: chunked\r\n" END "5\r\n", HTTP_REPLY_DONE, 200,
      "5\r\n" },
  { "another success", "HTTP/1.1 204 No Content\r\n\r\n", HTTP_REPLY_DONE, 204, "" },
  { "after a 100", CONTINUE OK END, HTTP_REPLY_DONE, 200, "" },
  { "after eight of them", FOUR_CONTINUE FOUR_CONTINUE OK END, HTTP_REPLY_DONE, 200, "" },
  { "after an interim reply with fields", "HTTP/1.1 103 x\r\nLink: y\r\n\r\n" OK END,
      HTTP_REPLY_DONE, 200, "" },
  { "a refusal", "HTTP/1.1 403 Forbidden\r\n\r\n", HTTP_REPLY_DONE, 403, "" },
  { "with its page", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", HTTP_REPLY_DONE, 403,
      "no", true },
  { "a redirect", "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", HTTP_REPLY_DONE, 302,
      "" },
  { "who are you", NO "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n" END,
      HTTP_REPLY_DONE, 407, "", true },
  { "and closed", NO "Connection: Close\r\nContent-Length: 0\r\n" END, HTTP_REPLY_DONE, 407, "" },
  { "closed by another name", NO "Proxy-Connection: x, close\r\nContent-Length: 0\r\n" END,
      HTTP_REPLY_DONE, 407, "" },
  { "of an old proxy that stays",
      "HTTP/1.0 407 x\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", HTTP_REPLY_DONE, 407,
      "", true },
  { "of an old proxy that does not", "HTTP/1.0 407 x\r\nContent-Length: 0\r\n\r\n", HTTP_REPLY_DONE,
      407, "" },
  { "a body up to the end", NO END "text", HTTP_REPLY_DONE, 407, "text" },
  { "a body of chunks", NO "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n" END "0\r\n",
      HTTP_REPLY_DONE, 407, "0\r\n" },
  { "a body that is too long", NO "Content-Length: 65537\r\n" END, HTTP_REPLY_DONE, 407, "" },
  { "the same length twice", NO "Content-Length: 7\r\nContent-Length: 7\r\n" END, HTTP_REPLY_DONE,
      407, "", true },

  { "nothing", "", HTTP_REPLY_MORE },
  { "a piece of the first line", "HTTP/1.1 20", HTTP_REPLY_MORE },
  { "a header without its end", OK "Via: x\r\n", HTTP_REPLY_MORE },
  { "the end cut off", OK "\r", HTTP_REPLY_MORE },
  { "a 100 and no more", CONTINUE, HTTP_REPLY_MORE },

  { "bare LF", "HTTP/1.1 200 OK\n\n", HTTP_REPLY_BAD },
  { "LF after the first line alone", "HTTP/1.1 200 OK\n\r\n", HTTP_REPLY_BAD },
  { "LF after a field", OK "Via: x\n\r\n", HTTP_REPLY_BAD },
  { "LF as the end", OK "\n", HTTP_REPLY_BAD },
  { "an LF first", "\nHTTP/1.1 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "CR alone", OK "Via: x\ry: z\r\n\r\n", HTTP_REPLY_BAD },
  { "CR CR LF", OK "\r\r\n", HTTP_REPLY_BAD },
  { "an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "another protocol", "SSH-2.0-OpenSSH_9.2\r\n", HTTP_REPLY_BAD },
  { "its first letter alone", "S", HTTP_REPLY_BAD },
  { "TLS", "\x15\x03\x01", HTTP_REPLY_BAD },
  { "a page without a header", "<html>\r\n", HTTP_REPLY_BAD },
  { "HTTP/2", "HTTP/2 200\r\n\r\n", HTTP_REPLY_BAD },
  { "HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "HTTP/1.10", "HTTP/1.10 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "http", "http/1.1 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "ICY", "ICY 200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "two blanks before the status", "HTTP/1.1  200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "a tab before it", "HTTP/1.1\t200 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "of four", "HTTP/1.1 2000 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "a negative one", "HTTP/1.1 -20 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "one in hexadecimal", "HTTP/1.1 0xc8 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "000", "HTTP/1.1 000 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "600", "HTTP/1.1 600 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "no status", "HTTP/1.1 OK\r\n\r\n", HTTP_REPLY_BAD },
  { "a folded line", OK "Via: x\r\n y\r\n\r\n", HTTP_REPLY_BAD },
  { "a blank before the colon", OK "Via : x\r\n\r\n", HTTP_REPLY_BAD },
  { "a field without a colon", OK "Via\r\n\r\n", HTTP_REPLY_BAD },
  { "a field without a name", OK ": x\r\n\r\n", HTTP_REPLY_BAD },
  { "an escape", OK "Via: \x1b[2J\r\n\r\n", HTTP_REPLY_BAD },
  { "DEL in the reason", "HTTP/1.1 200 \x7f\r\n\r\n", HTTP_REPLY_BAD },
  { "a negative length", NO "Content-Length: -1\r\n" END, HTTP_REPLY_BAD },
  { "a length with a sign", NO "Content-Length: +1\r\n" END, HTTP_REPLY_BAD },
  { "a length of nothing", NO "Content-Length:\r\n" END, HTTP_REPLY_BAD },
  { "a length beyond numbers", NO "Content-Length: 18446744073709551617\r\n" END, HTTP_REPLY_BAD },
  { "a list of lengths", NO "Content-Length: 1, 1\r\n" END, HTTP_REPLY_BAD },
  { "two lengths", NO "Content-Length: 1\r\nContent-Length: 2\r\n" END, HTTP_REPLY_BAD },
  { "too many fields", OK NINETY_FIELDS TEN_FIELDS END, HTTP_REPLY_BAD },
  { "another protocol on this stream", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
      HTTP_REPLY_BAD },
  { "100 for ever", FOUR_CONTINUE FOUR_CONTINUE CONTINUE, HTTP_REPLY_BAD },
  { "something else after a 100", CONTINUE "<html>", HTTP_REPLY_BAD },
};

static HttpVerdict
parse (const char *octets, size_t len, HttpReply *ret_reply)
{
  /* Memory of the right length, so that a sanitizer sees what is read behind it. */
  g_autofree uint8_t *copy = g_memdup2 (len > 0 ? octets : "", MAX (len, 1));
  const char *why = NULL;
  HttpVerdict verdict = http_reply_parse (SLICE (copy, len), ret_reply, &why);
  g_assert_true ((verdict == HTTP_REPLY_BAD) == (why != NULL));
  return verdict;
}

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    HttpReply reply = { 0 };
    size_t len = strlen (c->octets);
    g_test_message ("%s", c->name);
    g_assert_cmpint (parse (c->octets, len, &reply), ==, c->verdict);
    if (c->verdict == HTTP_REPLY_DONE) {
      g_assert_cmpuint (reply.status, ==, c->status);
      g_assert_cmpstr (c->octets + reply.len, ==, c->behind);
      g_assert_true (reply.keeps_open == c->keeps_open);
      g_assert_true (http_reply_is_tunnel (&reply) == (c->status / 100 == 2));
    }
    size_t whole = c->verdict == HTTP_REPLY_DONE ? reply.len : len;
    HttpVerdict before = HTTP_REPLY_MORE;
    for (size_t n = 0; n <= whole; n++) {
      HttpReply part = { 0 };
      HttpVerdict verdict = parse (c->octets, n, &part);
      g_assert_true (before != HTTP_REPLY_BAD || verdict == HTTP_REPLY_BAD);
      g_assert_true (n == whole || verdict != HTTP_REPLY_DONE);
      before = verdict;
    }
    g_assert_cmpint (before, ==, c->verdict);
  }
}

/* A NUL in a header, which C's strings cannot say. */
static void
test_nul (void)
{
  static const char octets[] = OK "Via: \0\r\n\r\n";
  HttpReply reply;
  g_assert_cmpint (parse (octets, sizeof octets - 1, &reply), ==, HTTP_REPLY_BAD);
}

/* One field of any length, and a header without an end, both up to the limit. */
static void
test_long (void)
{
  g_autoptr (GString) octets = g_string_new (OK "X: ");
  HttpReply reply;
  while (octets->len < HTTP_REPLY_MAX - 4)
    g_string_append_c (octets, 'x');
  g_assert_cmpint (parse (octets->str, octets->len, &reply), ==, HTTP_REPLY_MORE);
  g_string_append (octets, "\r\n\r\n");
  g_assert_cmpint (parse (octets->str, octets->len, &reply), ==, HTTP_REPLY_DONE);
  g_string_insert_c (octets, 80, 'x');
  g_assert_cmpint (parse (octets->str, octets->len, &reply), ==, HTTP_REPLY_BAD);
  g_string_set_size (octets, 1 << 20);
  g_assert_cmpint (parse (octets->str, octets->len, &reply), ==, HTTP_REPLY_BAD);
}

static void
test_challenges (void)
{
  static const char octets[] = NO "Proxy-Authenticate: Negotiate\r\n"
                                  "proxy-authenticate:NTLM \r\n"
                                  "WWW-Authenticate: Basic realm=\"not the proxy's\"\r\n"
                                  "PROXY-AUTHENTICATE: Basic realm=\"x\"\r\n" END;
  static const char *const want[] = { "Negotiate", "NTLM", "Basic realm=\"x\"" };
  HttpReply reply;
  const char *why;
  Slice all = SLICE ((const uint8_t *) octets, sizeof octets - 1);
  g_assert_cmpint (http_reply_parse (all, &reply, &why), ==, HTTP_REPLY_DONE);
  g_assert_cmpuint (reply.n_challenges, ==, G_N_ELEMENTS (want));
  for (gsize i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmpmem (reply.challenges[i].data, reply.challenges[i].len, want[i], strlen (want[i]));
}

static void
test_request (void)
{
  static const char plain[] = "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"
                              "Proxy-Connection: keep-alive\r\n\r\n";
  static const char with[] =
      "CONNECT gw.example:443 HTTP/1.1\r\nHost: gw.example:443\r\n"
      "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\n\r\n";
  g_autoptr (Secret) value = secret_new ("Basic eA==", 10);
  g_autoptr (Secret) a = http_connect_request ("[2001:db8::1]:443", NULL);
  g_autoptr (Secret) b = http_connect_request ("gw.example:443", value);
  g_assert_cmpmem (secret_slice (a).data, secret_len (a), plain, strlen (plain));
  g_assert_cmpmem (secret_slice (b).data, secret_len (b), with, strlen (with));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/http-connect/replies", test_replies);
  g_test_add_func ("/wire/http-connect/nul", test_nul);
  g_test_add_func ("/wire/http-connect/long", test_long);
  g_test_add_func ("/wire/http-connect/challenges", test_challenges);
  g_test_add_func ("/wire/http-connect/request", test_request);
  return g_test_run ();
}
