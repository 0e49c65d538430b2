/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that has lost the SA proves it by the token that it gave (RFC 6290); nobody else ends
 * anything. */
#include <glib.h>
#include <string.h>

#include "responder.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

typedef struct {
  const char *what;
  const char *given; /* by the gateway in IKE_AUTH; NULL = none */
  uint16_t error; /* in the clear; 0 = none */
  const char *shown; /* beside it; NULL = none */
  bool other_spi;
  bool ends;
} Case;

static const Case cases[] = {
  { "the token", TOKEN, 4, TOKEN, false, true },
  { "the shortest token", "0123456789abcdef", 4, "0123456789abcdef", false, true },
  { "no token given", NULL, 4, TOKEN, false, false },
  { "no token shown", TOKEN, 4, NULL, false, false },
  { "an empty token", TOKEN, 4, "", false, false },
  { "another token", TOKEN, 4, "0123456789abcdef0123456789abcdeF", false, false },
  { "the beginning of the token", TOKEN, 4, "0123456789abcdef", false, false },
  { "more than the token", TOKEN, 4, TOKEN "0", false, false },
  { "a token that is too short to be one", "0123456789abcde", 4, "0123456789abcde", false, false },
  { "of another SA", TOKEN, 4, TOKEN, true, false },
  { "the token alone", TOKEN, 0, TOKEN, false, false },
  { "another error", TOKEN, 24, TOKEN, false, false },
};

static void
notify (IkeChain *chain, uint16_t type, const char *data)
{
  ike_chain_notify (chain, IKE_PROTOCOL_IKE, SLICE (NULL, 0), (IkeNotifyType) type,
      SLICE ((const uint8_t *) data, strlen (data)));
}

static void
give_token (Responder *r, IkeChain *answer)
{
  if (r->script_data != NULL)
    notify (answer, IKE_NOTIFY_QUICK_CRASH_DETECTION, r->script_data);
  responder_write_child (r, 0, answer);
}

static Responder *
start (const char *token)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = give_token;
  r->script_data = (char *) token;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  return r;
}

static void
tell (Responder *r, uint64_t spi_i, uint16_t error, const char *token, uint8_t exchange)
{
  uint8_t buf[512];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeHeader header = {
    .spi_i = spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = exchange,
    .is_response = true,
    .is_initiator = r->sa->is_initiator,
    .message_id = 2,
  };
  if (error != 0)
    notify (&chain, error, "");
  if (token != NULL)
    notify (&chain, IKE_NOTIFY_QUICK_CRASH_DETECTION, token);
  responder_send_clear (r, &header, &chain);
  responder_pump (r);
}

static void
test_told (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_test_message ("%s", c->what);
    g_autoptr (Responder) r = start (c->given);
    tell (r, r->sa->spi_i ^ (c->other_spi ? 1 : 0), c->error, c->shown, IKE_EXCHANGE_INFORMATIONAL);
    g_assert_cmpint (r->error, ==, c->ends ? VISITOR_ERROR_SA_LOST : -1);
    if (!c->ends)
      g_assert_true (responder_passes_esp (r));
  }
}

/* Whatever exchange our request was of. */
static void
test_any_exchange (void)
{
  for (uint8_t exchange = IKE_EXCHANGE_CREATE_CHILD_SA; exchange <= 37; exchange++) {
    g_autoptr (Responder) r = start (TOKEN);
    tell (r, r->sa->spi_i, 4, TOKEN, exchange);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_SA_LOST);
  }
}

/* A thousand guesses change nothing, and the token still counts. */
static void
test_guesses (void)
{
  g_autoptr (Responder) r = start (TOKEN);
  for (unsigned int i = 0; i < 1000; i++) {
    g_autofree char *guess = g_strdup_printf ("%032u", i);
    tell (r, r->sa->spi_i, 4, guess, IKE_EXCHANGE_INFORMATIONAL);
  }
  g_assert_cmpint (r->error, ==, -1);
  tell (r, r->sa->spi_i, 4, TOKEN, IKE_EXCHANGE_INFORMATIONAL);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_SA_LOST);
}

/* A later one takes the place of the first; and one of before the sign-in is over counts for nothing. */
static void
test_replaced (void)
{
  uint8_t buf[128];
  g_autoptr (Responder) r = start (TOKEN);
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  notify (&chain, IKE_NOTIFY_QUICK_CRASH_DETECTION, "the second token");
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  tell (r, r->sa->spi_i, 4, TOKEN, IKE_EXCHANGE_INFORMATIONAL);
  g_assert_cmpint (r->error, ==, -1);
  tell (r, r->sa->spi_i, 4, "the second token", IKE_EXCHANGE_INFORMATIONAL);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_SA_LOST);
}

/* With new keys the token of the old SA is gone. */
static void
test_rekeyed (void)
{
  g_autoptr (Responder) r = start (TOKEN);
  ike_session_rekey_ike (r->session, r->now);
  responder_pump (r);
  g_assert_cmpuint (r->n_ike_rekeys, ==, 1);
  tell (r, r->sa->spi_i, 4, TOKEN, IKE_EXCHANGE_INFORMATIONAL);
  g_assert_cmpint (r->error, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/crash/told", test_told);
  g_test_add_func ("/ike/crash/any-exchange", test_any_exchange);
  g_test_add_func ("/ike/crash/guesses", test_guesses);
  g_test_add_func ("/ike/crash/replaced", test_replaced);
  g_test_add_func ("/ike/crash/rekeyed", test_rekeyed);
  return g_test_run ();
}
