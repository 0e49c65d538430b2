/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that is let in and answers the exchanges that we begin with what makes no sense: the IKE
 * SA ends and says why, or what there was stays in use. */
#include <glib.h>
#include <string.h>

#include "fault.h"

typedef enum {
  CHILD, /* our rekey of the CHILD_SA */
  IKE, /* our rekey of the IKE SA */
  PATH, /* we tell that we have moved */
  N_ASKED,
} Asked;

static const struct {
  const char *what;
  uint8_t first;
  const char *answer; /* hex */
  int codes[N_ASKED]; /* -1: it lives on */
} rows[] = {
  { "nothing", 0, "", { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "a chain that is cut", 41, "00000009 00",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL } },
  { "a critical payload", 200, "00800004",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL } },
  { "an unknown payload", 200, "00000004", { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "an empty SA", 33, "00000004", { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "an SA of proposal 99", 33,
      "00000024 00000020 63030402 77010203 0300000c 01000014 800e0100 00000008 05000000",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "an SA without an SPI", 33,
      "00000020 0000001c 01030002 0300000c 01000014 800e0100 00000008 05000000",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "an SA with an SPI past its end", 33,
      "00000024 00000020 0103ff02 77010203 0300000c 01000014 800e0100 00000008 05000000",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "an SA and nothing else", 33,
      "00000024 00000020 01030402 77010299 0300000c 01000014 800e0100 00000008 05000000",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
  { "group 1025 is wanted", 41, "0000000a 00000011 0401", { -1, -1, -1 } },
  { "a group of no octets is wanted", 41, "00000008 00000011", { -1, -1, -1 } },
  { "the same group is wanted, always", 41, "0000000a 00000011 001f", { -1, -1, -1 } },
  { "an error without a name", 41, "00000008 0000270f", { -1, -1, -1 } },
  { "COOKIE2 that was not asked for", 41, "0000000c 00004011 01020304",
      { VISITOR_ERROR_PROTOCOL, VISITOR_ERROR_PROTOCOL, -1 } },
};

typedef struct {
  size_t row;
  Asked asked;
} Case;

static bool
answer (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *chain)
{
  const Case *c = r->script_data;
  uint8_t exchange = c->asked == PATH ? IKE_EXCHANGE_INFORMATIONAL : IKE_EXCHANGE_CREATE_CHILD_SA;
  if (header->exchange != exchange || ike_payloads_count (request, IKE_PAYLOAD_DELETE) > 0)
    return false;
  fault_append_hex (chain, rows[c->row].first, rows[c->row].answer);
  return true;
}

static void
ask (Responder *r, Asked asked)
{
  switch (asked) {
  case CHILD: ike_session_rekey_child (r->session, r->now); break;
  case IKE: ike_session_rekey_ike (r->session, r->now); break;
  case PATH: responder_reconnect (r); break;
  case N_ASKED: g_assert_not_reached ();
  }
  responder_pump (r);
}

static void
play (const Case *c)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  int code = rows[c->row].codes[c->asked];
  g_test_message ("%s, asked %d", rows[c->row].what, c->asked);
  r->script = answer;
  r->script_data = (void *) c;
  responder_start (r);
  ask (r, c->asked);
  g_assert_cmpint (r->error, ==, code);
  g_assert_cmpuint (r->n_added, ==, 1);
  if (code != -1) {
    g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_DEAD);
    return;
  }
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_true (responder_passes_esp (r));
  guint sent = r->sent->len;
  responder_run_until (r, r->now + INT64_C (600) * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_true (responder_passes_esp (r));
  g_assert_cmpuint (r->sent->len - sent, <, 400); /* it does not ask on and on */
}

static void
test_rows (void)
{
  for (size_t row = 0; row < G_N_ELEMENTS (rows); row++) {
    for (Asked asked = CHILD; asked < N_ASKED; asked++)
      play (&(Case){ row, asked });
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/false-answers/rows", test_rows);
  return g_test_run ();
}
