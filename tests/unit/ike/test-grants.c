/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the gateway grants with the last AUTH, and what of it is taken: selectors and SPI. */
#include <glib.h>

#include "ike/proposal.h"
#include "ike/session.h"
#include "responder-private.h"
#include "wire/cp.h"
#include "wire/ts.h"

typedef struct {
  const char *name;
  const char *ours; /* TSi: the end that the gateway says is ours */
  const char *kept; /* the selectors of our end; NULL = refused */
  uint32_t spi;
  int error;
  const char *theirs; /* TSr; NULL = everything */
} Case;

static const Case cases[] = {
  { "our address", "10.3.0.1/32", "10.3.0.1/32", 0x77010203, -1 },
  { "our network", "10.3.0.0/24", "10.3.0.1/32", 0x77010203, -1 },
  { "everything", "0.0.0.0/0 ::/0", "10.3.0.1/32 fd03::1/128", 0x77010203, -1 },
  { "our address twice", "10.3.0.1/32 10.0.0.0/8", "10.3.0.1/32", 0x77010203, -1 },
  { "another one beside", "10.3.0.1/32 192.168.1.0/24", "10.3.0.1/32", 0x77010203, -1 },
  { "another one alone", "192.168.1.0/24", NULL, 0x77010203, VISITOR_ERROR_TRAFFIC_REFUSED },
  { "an SPI that is the non-ESP marker", "10.3.0.1/32", NULL, 0, VISITOR_ERROR_PROTOCOL },
  { "an SPI that is reserved", "10.3.0.1/32", NULL, 255, VISITOR_ERROR_PROTOCOL },
  { "the first SPI that is not", "10.3.0.1/32", "10.3.0.1/32", 256, -1 },
};

static size_t
selectors (const char *text, TrafficSelector ret_ts[static IKE_MAX_SELECTORS])
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  size_t n = 0;
  for (; words[n] != NULL; n++) {
    InetPrefix prefix;
    g_assert_true (inet_prefix_parse (words[n], &prefix));
    ret_ts[n] = traffic_selector_from_prefix (&prefix);
  }
  return n;
}

static void
grant (Responder *r, IkeChain *answer)
{
  const Case *c = r->script_data;
  static const uint8_t v4[] = { 10, 3, 0, 1 };
  static const uint8_t v6[] = { 0xfd, 3, [15] = 1, [16] = 128 };
  const IkeCpPayload cp = { .cfg_type = IKE_CFG_REPLY,
    .n = 2,
    .attributes = { { IKE_ATTR_IP4_ADDRESS, SLICE (v4, sizeof v4) },
        { IKE_ATTR_IP6_ADDRESS, SLICE (v6, sizeof v6) } } };
  const IkeSuite suite = { .encr = ENCR_AES_GCM_16, .key_bits = 256 };
  const IkeProposal proposal = { .number = 1, .protocol = IKE_PROTOCOL_ESP };
  TrafficSelector ours[IKE_MAX_SELECTORS];
  size_t n = selectors (c->ours, ours);
  TrafficSelector theirs[IKE_MAX_SELECTORS];
  size_t n_theirs = selectors (c->theirs != NULL ? c->theirs : "0.0.0.0/0 ::/0", theirs);
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  builder_u32 (&b, c->spi);
  ike_cp_payload_write (answer, &cp);
  ike_offer_answer (answer, &proposal, SLICE (spi, 4), &suite);
  ike_ts_payload_write (answer, IKE_PAYLOAD_TSI, ours, n);
  ike_ts_payload_write (answer, IKE_PAYLOAD_TSR, theirs, n_theirs);
  responder_add_child (r, &suite, c->spi, r->offered_spi, false, &r->ni, &r->nr, NULL);
}

/* The selectors of one end of the CHILD_SA that the session announced last. */
static char *
selectors_of (Responder *r, bool local)
{
  const EspSa *esp = g_hash_table_lookup (r->session_esps, GUINT_TO_POINTER (r->added_spi));
  size_t n;
  const TrafficSelector *ts = esp_sa_selectors (esp, local, &n);
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < n; i++) {
    char buf[TRAFFIC_SELECTOR_STRLEN];
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", traffic_selector_format (ts + i, buf));
  }
  return g_string_free (text, FALSE);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = grant;
  r->script_data = (void *) c;
  responder_start (r);
  g_assert_cmpint (r->error, ==, c->error);
  g_assert_cmpuint (r->n_added, ==, c->kept != NULL ? 1 : 0);
  if (c->kept == NULL)
    return;
  g_autofree char *kept = selectors_of (r, true);
  g_assert_cmpstr (kept, ==, c->kept);
}

/* A gateway that offers everything when it rekeys gets what there was, and all of it. */
static void
test_rekey_with_more (void)
{
  static const Case granted = { "", "10.3.0.1/32", "", 0x77010203, -1,
    "10.1.0.0/24 192.168.9.0/24 fd01::/64" };
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = grant;
  r->script_data = (void *) &granted;
  r->offers_any = true;
  responder_start (r);
  g_assert_cmpuint (r->n_added, ==, 1);
  responder_rekey_child (r, 31);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_added, ==, 2);
  g_autofree char *ours = selectors_of (r, true), *theirs = selectors_of (r, false);
  g_assert_cmpstr (ours, ==, "10.3.0.1/32");
  g_assert_cmpstr (theirs, ==, "10.1.0.0/24 192.168.9.0/24 fd01::/64");
}

/* A gateway with a network for each department, as many as one payload names. */
static void
test_many_networks (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 255; i++)
    g_string_append_printf (text, "%s10.1.%d.0/24", i > 0 ? " " : "", i);
  const Case granted = { "", "10.3.0.1/32", "", 0x77010203, -1, text->str };
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = grant;
  r->script_data = (void *) &granted;
  responder_start (r);
  g_assert_cmpint (r->error, ==, -1);
  g_autofree char *theirs = selectors_of (r, false);
  g_assert_cmpstr (theirs, ==, text->str);
  responder_rekey_child (r, 31);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_added, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/ike/grants/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/ike/grants/rekey-with-more", test_rekey_with_more);
  g_test_add_func ("/ike/grants/many-networks", test_many_networks);
  return g_test_run ();
}
