/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS messages: one question for A or AAAA, and what its answer says (RFC 1035 section 4). The wire
 * work is libresolv's (ns_initparse () and its like, which are pure); what is believed is decided
 * here: only an answer to our question, through a CNAME chain of bounded length, from the name asked
 * to the addresses, whatever else the message holds. */
#include "reach/dns-message.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>

#include "base/builder.h"
#include "base/cursor.h"

#define MAX_ALIASES 8

const char *
dns_verdict_to_string (DnsVerdict verdict)
{
  switch (verdict) {
  case DNS_ANSWER: return "answer";
  case DNS_NO_NAME: return "no such name";
  case DNS_NO_DATA: return "no address";
  case DNS_TRUNCATED: return "truncated";
  case DNS_SERVER_FAILED: return "server failure";
  case DNS_MALFORMED: return "malformed";
  case DNS_NOT_OURS: return "not our answer";
  }
  return "unknown";
}

static ns_type
type_of (InetFamily family)
{
  return family == INET_V6 ? ns_t_aaaa : ns_t_a;
}

/* Writes the query: a header that asks for recursion, one question. Returns its length, or 0 if the
 * name is none that DNS can hold or buf is too small. */
size_t
dns_question_write (const DnsQuestion *question, uint8_t *buf, size_t size)
{
  uint8_t name[NS_MAXCDNAME];
  int name_len = dn_comp (question->name, name, sizeof name, NULL, NULL);
  if (name_len < 2)
    return 0;

  enum { RECURSION_DESIRED = 0x0100 };
  Builder b = builder_init (buf, size);
  builder_u16 (&b, question->id);
  builder_u16 (&b, RECURSION_DESIRED);
  builder_u16 (&b, 1); /* QDCOUNT */
  builder_zeros (&b, 6); /* ANCOUNT, NSCOUNT, ARCOUNT */
  builder_bytes (&b, name, (size_t) name_len);
  builder_u16 (&b, type_of (question->family));
  builder_u16 (&b, ns_c_in);
  return builder_ok (&b) ? builder_result (&b).len : 0;
}

static bool
names_equal (const char *a, const char *b)
{
  size_t len_a = strlen (a), len_b = strlen (b);
  len_a -= len_a > 0 && a[len_a - 1] == '.';
  len_b -= len_b > 0 && b[len_b - 1] == '.';
  return len_a == len_b && strncasecmp (a, b, len_a) == 0;
}

static bool
asks_the_same (ns_msg *msg, const DnsQuestion *question)
{
  ns_rr rr;
  return ns_msg_count (*msg, ns_s_qd) == 1 && ns_parserr (msg, ns_s_qd, 0, &rr) == 0 &&
      ns_rr_class (rr) == ns_c_in && ns_rr_type (rr) == type_of (question->family) &&
      names_equal (ns_rr_name (rr), question->name);
}

/* Adds the addresses that the answer section has for `name`; an alias instead goes to ret_alias.
 * False if a record cannot be read. */
static bool
collect (ns_msg *msg, const char *name, InetFamily family, char ret_alias[static NS_MAXDNAME],
    InetAddr *addresses, size_t *n)
{
  for (int i = 0; i < ns_msg_count (*msg, ns_s_an); i++) {
    ns_rr rr;
    if (ns_parserr (msg, ns_s_an, i, &rr) < 0)
      return false;
    if (ns_rr_class (rr) != ns_c_in || !names_equal (ns_rr_name (rr), name))
      continue;
    if (ns_rr_type (rr) == ns_t_cname) {
      if (ns_name_uncompress (
              ns_msg_base (*msg), ns_msg_end (*msg), ns_rr_rdata (rr), ret_alias, NS_MAXDNAME) < 0)
        return false;
    } else if (ns_rr_type (rr) == type_of (family) && *n < DNS_MAX_ADDRESSES) {
      if (!inet_addr_from_bytes (
              family, SLICE (ns_rr_rdata (rr), ns_rr_rdlen (rr)), addresses + *n))
        return false;
      *n += 1;
    }
  }
  return true;
}

static DnsVerdict
follow (ns_msg *msg, const DnsQuestion *question, InetAddr *addresses, size_t *ret_n)
{
  char name[NS_MAXDNAME], alias[NS_MAXDNAME];
  if (strlen (question->name) >= sizeof name)
    return DNS_MALFORMED;
  strcpy (name, question->name);
  for (unsigned int i = 0; i <= MAX_ALIASES; i++) {
    size_t n = 0;
    alias[0] = '\0';
    if (!collect (msg, name, question->family, alias, addresses, &n))
      return DNS_MALFORMED;
    if (n > 0) {
      *ret_n = n;
      return DNS_ANSWER;
    }
    if (alias[0] == '\0')
      return DNS_NO_DATA;
    strcpy (name, alias);
  }
  return DNS_MALFORMED;
}

/* Reads a datagram (or a TCP message without its length) that may answer the question. Writes up to
 * DNS_MAX_ADDRESSES addresses and their number, only with DNS_ANSWER. */
DnsVerdict
dns_answer_parse (const DnsQuestion *question, Slice message,
    InetAddr ret_addresses[static DNS_MAX_ADDRESSES], size_t *ret_n)
{
  enum { IS_ANSWER = 0x8000, IS_TRUNCATED = 0x0200 };
  Cursor header = cursor_of (message);
  uint16_t id = cursor_u16 (&header), flags = cursor_u16 (&header);
  if (header.failed || id != question->id || (flags & IS_ANSWER) == 0)
    return DNS_NOT_OURS;
  /* Cut anywhere, perhaps in the middle of a record: nothing in it is read. */
  if ((flags & IS_TRUNCATED) != 0)
    return DNS_TRUNCATED;

  ns_msg msg;
  if (message.len > DNS_MESSAGE_MAX || ns_initparse (message.data, (int) message.len, &msg) < 0)
    return DNS_MALFORMED;
  if (!asks_the_same (&msg, question))
    return DNS_NOT_OURS;

  int rcode = ns_msg_getflag (msg, ns_f_rcode);
  if (rcode == ns_r_nxdomain)
    return DNS_NO_NAME;
  if (rcode != ns_r_noerror)
    return DNS_SERVER_FAILED;

  InetAddr addresses[DNS_MAX_ADDRESSES];
  size_t n = 0;
  DnsVerdict verdict = follow (&msg, question, addresses, &n);
  if (verdict == DNS_ANSWER) {
    memcpy (ret_addresses, addresses, n * sizeof *addresses);
    *ret_n = n;
  }
  return verdict;
}
