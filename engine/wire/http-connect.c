/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP CONNECT (RFC 9110 section 9.3.6), the message syntax of RFC 9112: what is asked of a proxy, and
 * what it answers.
 *
 * The answer is read strictly, for nobody can tell which of two readings the proxy has: a line ends with
 * CR LF and nothing else does, none is folded, and no field has a blank before its colon. What follows
 * the header of a 2xx belongs to the tunnel whatever lengths the header tells (section 9.3.6); a redirect
 * is never followed. */
#include "wire/http-connect.h"

#include <string.h>

#include "base/builder.h"

static const uint8_t version_prefix[] = { 'H', 'T', 'T', 'P', '/', '1', '.' };

/* The request, as octets to be sent; authorization is the value of Proxy-Authorization, or NULL.
 * Transfer: full. */
Secret *
http_connect_request (const char *authority, const Secret *authorization)
{
  static const char field[] = "Proxy-Authorization: ", line_end[] = "\r\n";
  g_autofree char *head = g_strdup_printf (
      "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Connection: keep-alive\r\n", authority, authority);
  size_t len = strlen (head) + strlen (line_end);
  if (authorization != NULL)
    len += strlen (field) + secret_len (authorization) + strlen (line_end);
  uint8_t *octets;
  Secret *request = secret_new_empty (len, &octets);
  Builder b = builder_init (octets, len);
  builder_bytes (&b, head, strlen (head));
  if (authorization != NULL) {
    builder_bytes (&b, field, strlen (field));
    builder_slice (&b, secret_slice (authorization));
    builder_bytes (&b, line_end, strlen (line_end));
  }
  builder_bytes (&b, line_end, strlen (line_end));
  return request;
}

/* One reply's header while it is read. */
typedef struct {
  HttpReply *reply;
  unsigned int minor;
  bool is_chunked;
  bool has_length;
  bool says_close, says_keep_alive;
  const char *why;
} Reading;

static bool
bad (Reading *r, const char *why)
{
  r->why = why;
  return false;
}

static bool
is_token_char (uint8_t c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_text_char (uint8_t c)
{
  return c == '\t' || (c >= ' ' && c != 0x7f);
}

static Slice
trim (Slice s)
{
  while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
    s = SLICE (s.data + 1, s.len - 1);
  while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    s.len--;
  return s;
}

static bool
is_word (Slice s, const char *word)
{
  return s.len == strlen (word) && g_ascii_strncasecmp ((const char *) s.data, word, s.len) == 0;
}

/* status-line = HTTP-version SP 3DIGIT SP [reason]; many proxies leave the second blank out, too. */
static bool
read_status_line (Reading *r, Slice line)
{
  size_t n = sizeof version_prefix;
  if (line.len < n + 5 || memcmp (line.data, version_prefix, n) != 0)
    return bad (r, "it is not HTTP/1");
  if ((line.data[n] != '0' && line.data[n] != '1') || line.data[n + 1] != ' ')
    return bad (r, "it is of no known version of HTTP/1");
  r->minor = line.data[n] - '0';
  const uint8_t *digits = line.data + n + 2;
  for (size_t i = 0; i < 3; i++) {
    if (!g_ascii_isdigit (digits[i]))
      return bad (r, "its status is no number");
  }
  r->reply->status =
      (unsigned int) ((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
  if (r->reply->status < 100 || r->reply->status > 599)
    return bad (r, "there is no such status");
  Slice rest = SLICE (digits + 3, line.len - n - 5);
  if (rest.len > 0 && rest.data[0] != ' ')
    return bad (r, "its status is no number");
  r->reply->reason = trim (rest);
  return true;
}

static bool
read_length (Reading *r, Slice value)
{
  size_t length = 0;
  if (value.len == 0 || value.len > 9)
    return bad (r, "its length is none");
  for (size_t i = 0; i < value.len; i++) {
    if (!g_ascii_isdigit (value.data[i]))
      return bad (r, "its length is none");
    length = length * 10 + (value.data[i] - '0');
  }
  if (r->has_length && length != r->reply->body_len)
    return bad (r, "it has two lengths");
  r->has_length = true;
  r->reply->body_len = length;
  return true;
}

static void
read_connection (Reading *r, Slice value)
{
  while (value.len > 0) {
    const uint8_t *comma = memchr (value.data, ',', value.len);
    size_t n = comma != NULL ? (size_t) (comma - value.data) : value.len;
    Slice option = trim (SLICE (value.data, n));
    r->says_close |= is_word (option, "close");
    r->says_keep_alive |= is_word (option, "keep-alive");
    n += comma != NULL ? 1 : 0;
    value = SLICE (value.data + n, value.len - n);
  }
}

static bool
read_field (Reading *r, Slice line)
{
  size_t n = 0;
  while (n < line.len && is_token_char (line.data[n]))
    n++;
  if (n == 0 || n == line.len || line.data[n] != ':')
    return bad (r, "a line of its header is no field");
  Slice name = SLICE (line.data, n);
  Slice value = trim (SLICE (line.data + n + 1, line.len - n - 1));
  HttpReply *reply = r->reply;
  if (is_word (name, "proxy-authenticate") && reply->n_challenges < HTTP_MAX_CHALLENGE_LINES)
    reply->challenges[reply->n_challenges++] = value;
  else if (is_word (name, "content-length"))
    return read_length (r, value);
  else if (is_word (name, "transfer-encoding"))
    r->is_chunked = true;
  else if (is_word (name, "connection") || is_word (name, "proxy-connection"))
    read_connection (r, value);
  else if (is_word (name, "location") && reply->n_locations++ == 0)
    reply->location = value;
  return true;
}

/* A line without its CR LF; false where the octets have no whole one, or one that may not be. */
static bool
next_line (Reading *r, Slice *rest, Slice *ret_line)
{
  for (size_t i = 0; i < rest->len; i++) {
    uint8_t c = rest->data[i];
    if (c == '\n' && (i == 0 || rest->data[i - 1] != '\r'))
      return bad (r, "a line of its header ends without CR");
    if (c == '\n') {
      *ret_line = SLICE (rest->data, i - 1);
      *rest = SLICE (rest->data + i + 1, rest->len - i - 1);
      return true;
    }
    if (i > 0 && rest->data[i - 1] == '\r')
      return bad (r, "a CR stands alone in its header");
    if (c != '\r' && !is_text_char (c))
      return bad (r, "its header holds a control character");
  }
  return false;
}

static void
conclude (Reading *r)
{
  HttpReply *reply = r->reply;
  bool persistent = r->minor == 1 ? !r->says_close : r->says_keep_alive && !r->says_close;
  reply->keeps_open =
      persistent && r->has_length && !r->is_chunked && reply->body_len <= HTTP_BODY_MAX;
}

/* What may be said of octets of which no line is whole yet: a server that does not speak HTTP is not
 * waited for. */
static bool
may_begin_so (Reading *r, Slice octets)
{
  size_t n = MIN (octets.len, sizeof version_prefix);
  return memcmp (octets.data, version_prefix, n) == 0 || bad (r, "it is not HTTP/1");
}

/* One header, interim or final, from the start of `rest`. */
static bool
read_header (Reading *r, Slice *rest, size_t *lines)
{
  Slice line;
  if (rest->len > 0 && !may_begin_so (r, *rest))
    return false;
  if (!next_line (r, rest, &line) || !read_status_line (r, line))
    return false;
  while (next_line (r, rest, &line)) {
    if (++*lines > HTTP_MAX_LINES)
      return bad (r, "its header has too many lines");
    if (line.len == 0) {
      conclude (r);
      return true;
    }
    if (!read_field (r, line))
      return false;
  }
  return false;
}

/* Reads a proxy's answer from its beginning, however much of it there is. To be called again with more
 * after HTTP_REPLY_MORE. *ret_reply and *ret_why are written where the verdict says so. */
HttpVerdict
http_reply_parse (Slice octets, HttpReply *ret_reply, const char **ret_why)
{
  Slice rest = SLICE (octets.data, MIN (octets.len, HTTP_REPLY_MAX));
  size_t lines = 0;
  for (unsigned int i = 0; i <= HTTP_MAX_INTERIM; i++) {
    HttpReply reply = { 0 };
    Reading r = { .reply = &reply };
    if (!read_header (&r, &rest, &lines)) {
      if (r.why == NULL && octets.len >= HTTP_REPLY_MAX)
        r.why = "its header is too long";
      if (r.why == NULL)
        return HTTP_REPLY_MORE;
      *ret_why = r.why;
      return HTTP_REPLY_BAD;
    }
    if (reply.status == 101) {
      *ret_why = "it changes to a protocol that nobody asked for";
      return HTTP_REPLY_BAD;
    }
    if (reply.status < 200)
      continue;
    reply.len = (size_t) (rest.data - octets.data);
    *ret_reply = reply;
    return HTTP_REPLY_DONE;
  }
  *ret_why = "it goes on saying that it will answer";
  return HTTP_REPLY_BAD;
}

/* True if the tunnel stands; what follows the header is the gateway's. */
bool
http_reply_is_tunnel (const HttpReply *reply)
{
  return reply->status >= 200 && reply->status < 300;
}
