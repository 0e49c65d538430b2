/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-TLS and EAP-TTLS against the library's own TLS server, in both versions of TLS and with a chain
 * in fragments; and against servers that lie (reference rows: CVE-2021-45079, CVE-2023-26463). */
#include "crypto/chap.h"
#include "crypto/mschapv2.h"
#include "eap-server.h"
#include "ike/eap.h"
#include "ike/ttls-avp.h"
#include "responder.h"
#include "support/hex.h"

#include <string.h>

#define NAME "aaa.example.test"
#define USER "alice"
#define PASSWORD "Wonderland1"
#define SUCCESS "03060004"
#define FAILURE "04060004"

static Certificate *ca, *other_ca, *good, *misnamed, *no_server, *stranger, *client;
static CryptoTrust *trust;

static time_t
now (void)
{
  return CERTIFICATE_NOW;
}

static const EapConfig base = {
  .user = USER,
  .random = responder_random,
  .wall_clock = now,
  .options.server_name = NAME,
};

/* What the peer does of itself, until it is a person's turn, the conversation is over, or the server has
 * said what it wanted. */
typedef struct {
  EapConfig config;
  EapServer *server;
  Eap *eap;
  GBytes *reply; /* the peer's last */
  EapResult result;
  GError *error;
} Play;

static void
play_begin (Play *play, EapType type, bool tls13, EapInner inner, const Certificate *certificate)
{
  const EapServerSpec spec = {
    .type = (uint8_t) type,
    .tls13 = tls13,
    .fragment = 400,
    .certificate = certificate,
    .issuer = certificate == stranger ? other_ca : ca,
  };
  *play = (Play){ .config = base };
  play->config.trust = trust;
  play->config.options.methods[0] = type;
  play->config.options.inner = inner;
  play->server = eap_server_new (&spec);
  play->eap = eap_new (&play->config);
}

static void
play_clear (Play *play)
{
  eap_free (play->eap);
  eap_server_free (play->server);
  g_clear_pointer (&play->reply, g_bytes_unref);
  g_clear_error (&play->error);
}

static void
give (Play *play, Slice packet)
{
  g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
  g_clear_pointer (&play->reply, g_bytes_unref);
  play->result = eap_receive (play->eap, SLICE (copy, packet.len), &play->reply, &play->error);
}

/* The server takes what the peer said. */
static void
hand_over (Play *play)
{
  if (play->reply != NULL)
    eap_server_take (play->server, play->reply);
  g_clear_pointer (&play->reply, g_bytes_unref);
}

static void
step (Play *play)
{
  hand_over (play);
  g_autoptr (GBytes) request = eap_server_next (play->server);
  give (play, slice_of_bytes (request));
}

/* Until the server's handshake is done and it has its turn, a person has, or it is over. */
static void
shake_hands (Play *play)
{
  for (unsigned int i = 0;
       i == 0 || (play->result == EAP_REPLY && !eap_server_is_open (play->server)); i++) {
    g_assert_cmpuint (i, <, 30);
    step (play);
    if (play->result == EAP_REPLY)
      hand_over (play);
  }
}

static void
provide (Play *play, const char *text)
{
  g_autoptr (Secret) secret = secret_new (text, strlen (text));
  g_assert_cmpint (play->result, ==, EAP_NEED_SECRET);
  g_clear_pointer (&play->reply, g_bytes_unref);
  play->result = eap_provide_secret (play->eap, secret, &play->reply, &play->error);
  if (play->result == EAP_REPLY)
    hand_over (play);
}

static void
assert_msk (Play *play, EapType type, bool tls13)
{
  uint8_t key[128];
  const uint8_t context = (uint8_t) type;
  if (tls13)
    eap_server_export (
        play->server, "EXPORTER_EAP_TLS_Key_Material", SLICE (&context, 1), key, 128);
  else
    eap_server_export (play->server,
        type == EAP_TYPE_TLS ? "client EAP encryption" : "ttls keying material", SLICE (NULL, 0),
        key, 128);
  Slice msk = secret_slice (eap_msk (play->eap));
  g_assert_cmpmem (msk.data, msk.len, key, 64);
}

/* With TLS 1.3 success counts after the indication alone. */
static void
test_tls (gconstpointer data)
{
  bool tls13 = GPOINTER_TO_INT (data);
  Play play;
  play_begin (&play, EAP_TYPE_TLS, tls13, EAP_INNER_EAP, good);
  shake_hands (&play);
  g_assert_no_error (play.error);
  if (tls13) {
    give (&play, hex_slice (SUCCESS));
    g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    g_assert_null (eap_msk (play.eap));
    play_clear (&play);
    play_begin (&play, EAP_TYPE_TLS, tls13, EAP_INNER_EAP, good);
    shake_hands (&play);
    eap_server_say (play.server, SLICE ((const uint8_t *) "", 1));
  }
  step (&play);
  g_assert_no_error (play.error);
  assert_slice_is_hex (
      SLICE ((const uint8_t *) g_bytes_get_data (play.reply, NULL) + 4, 2), "0d00");
  give (&play, hex_slice (SUCCESS));
  g_assert_cmpint (play.result, ==, EAP_SUCCESS);
  assert_msk (&play, EAP_TYPE_TLS, tls13);
  play_clear (&play);
}

static GBytes *
sign (void *user_data, SignatureScheme scheme, Slice octets)
{
  unsigned int *n = user_data;
  gnutls_datum_t data = { (unsigned char *) octets.data, (unsigned int) octets.len }, made;
  g_assert_cmpint (scheme, ==, SIGNATURE_ECDSA_SHA256);
  if ((*n)++ > 0)
    return NULL;
  g_assert_cmpint (gnutls_privkey_sign_data2 (
                       certificate_key (client), GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &made),
      ==, 0);
  GBytes *signature = g_bytes_new (made.data, made.size);
  gnutls_free (made.data);
  return signature;
}

/* Counts in *n_signed; the first signature alone is given. Transfer: full. */
static CryptoSigner *
make_signer (unsigned int *n_signed)
{
  static const SignatureScheme schemes[] = { SIGNATURE_ECDSA_SHA256 };
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Slice der = certificate_der (client);
  g_ptr_array_add (chain, g_bytes_new (der.data, der.len));
  return crypto_signer_new (chain, schemes, 1, sign, n_signed, NULL);
}

/* A server that wants a certificate, and says whose, if named is not NULL. */
static void
play_begin_certificate (
    Play *play, bool tls13, const Certificate *named, const CryptoSigner *signer)
{
  const EapServerSpec spec = {
    .type = EAP_TYPE_TLS,
    .tls13 = tls13,
    .wants_certificate = true,
    .fragment = 400,
    .certificate = good,
    .issuer = ca,
    .named = named,
  };
  play_begin (play, EAP_TYPE_TLS, tls13, EAP_INNER_EAP, good);
  eap_server_free (play->server);
  play->server = eap_server_new (&spec);
  play->config.signer = signer;
}

/* Our certificate goes to whom asks for one, also where it names another authority than ours, which may
 * stand between it and ours; and a signature of whoever has its key, without which there is an end. */
static void
test_client_certificate (gconstpointer data)
{
  const Certificate *const named[] = { NULL, ca, other_ca };
  for (unsigned int i = 0; i < 2 * G_N_ELEMENTS (named); i++) {
    bool refused = i % 2 == 1;
    unsigned int n_signed = refused ? 1 : 0;
    g_autoptr (CryptoSigner) signer = make_signer (&n_signed);
    Play play;
    play_begin_certificate (&play, GPOINTER_TO_INT (data), named[i / 2], signer);
    shake_hands (&play);
    g_assert_true (eap_server_knows_peer (play.server, certificate_der (client)) == !refused);
    g_assert_cmpint (play.result, ==, refused ? EAP_FAILED : EAP_REPLY);
    g_assert_cmpuint (n_signed, ==, refused ? 2 : 1);
    play_clear (&play);
  }
}

static const struct {
  const char *what;
  bool tls13, wants_certificate;
  enum { BEGUN, SHOWN, OPEN } stage; /* how far it came */
  int code;
} refusals[] = {
  { "before it asked", false, true, BEGUN, VISITOR_ERROR_AUTH_REFUSED },
  { "our certificate, TLS 1.2", false, true, SHOWN, VISITOR_ERROR_CERTIFICATE_REFUSED },
  { "our certificate, TLS 1.3", true, true, SHOWN, VISITOR_ERROR_CERTIFICATE_REFUSED },
  { "none of ours, TLS 1.3", true, false, OPEN, VISITOR_ERROR_AUTH_REFUSED },
  { "us, with a certificate that it took", false, true, OPEN, VISITOR_ERROR_AUTH_REFUSED },
};

/* What an EAP-Failure is about. */
static void
test_tls_refusals (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    unsigned int n_signed = 0;
    g_autoptr (CryptoSigner) signer = make_signer (&n_signed);
    Play play;
    g_test_message ("%s", refusals[i].what);
    if (refusals[i].wants_certificate)
      play_begin_certificate (&play, refusals[i].tls13, NULL, signer);
    else
      play_begin (&play, EAP_TYPE_TLS, refusals[i].tls13, EAP_INNER_EAP, good);
    step (&play);
    while (refusals[i].stage == SHOWN && n_signed == 0)
      step (&play);
    if (refusals[i].stage == OPEN) {
      shake_hands (&play);
      step (&play);
    }
    g_assert_cmpint (play.result, ==, EAP_REPLY);
    give (&play, hex_slice (FAILURE));
    g_assert_error (play.error, VISITOR_ERROR, refusals[i].code);
    play_clear (&play);
  }
}

/* Anything but one octet 0 is no indication. */
static void
test_tls_indication (void)
{
  static const Slice wrong[] = { { (const uint8_t *) "\1", 1 }, { (const uint8_t *) "\0\0", 2 } };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    Play play;
    play_begin (&play, EAP_TYPE_TLS, true, EAP_INNER_EAP, good);
    shake_hands (&play);
    eap_server_say (play.server, wrong[i]);
    step (&play);
    g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    play_clear (&play);
  }
}

static const struct {
  const char *what;
  Certificate *const *certificate;
  int code;
} servers[] = {
  { "another name", &misnamed, VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED },
  { "another purpose", &no_server, VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED },
  { "another authority", &stranger, VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED },
};

/* A server that is not the one the site means hears nothing and asks nobody. */
static void
test_untrusted (void)
{
  static const EapType types[] = { EAP_TYPE_TLS, EAP_TYPE_TTLS };
  for (size_t i = 0; i < G_N_ELEMENTS (servers) * 4; i++) {
    Play play;
    play_begin (&play, types[i % 2], (i / 2) % 2, EAP_INNER_PAP, *servers[i / 4].certificate);
    g_test_message ("%s", servers[i / 4].what);
    shake_hands (&play);
    g_assert_cmpint (play.result, ==, EAP_FAILED);
    g_assert_error (play.error, VISITOR_ERROR, servers[i / 4].code);
    g_assert_cmpuint (eap_server_heard (play.server).len, ==, 0);
    play_clear (&play);
  }
}

static bool
next_avp (Cursor *c, uint32_t vendor, uint32_t code, TtlsAvp *avp)
{
  return ttls_avp_read (c, avp) && avp->vendor == vendor && avp->code == code;
}

/* Says an attribute in the tunnel, and lets the peer take it. */
static void
say_avp (Play *play, uint32_t vendor, uint32_t code, Slice data)
{
  uint8_t buf[512];
  Builder b = builder_init (buf, sizeof buf);
  ttls_avp_write (&b, vendor, code, data);
  eap_server_say (play->server, builder_result (&b));
  step (play);
}

/* A tunnel in which a person has been asked, or the peer has said who it is. */
static void
open_tunnel (Play *play, bool tls13, EapInner inner)
{
  play_begin (play, EAP_TYPE_TTLS, tls13, inner, good);
  shake_hands (play);
  while (play->result == EAP_REPLY && eap_server_heard (play->server).len == 0) {
    step (play);
    if (play->result == EAP_REPLY)
      hand_over (play);
  }
  g_assert_no_error (play->error);
}

static void
test_pap (gconstpointer data)
{
  bool tls13 = GPOINTER_TO_INT (data);
  Play play;
  TtlsAvp avp;
  open_tunnel (&play, tls13, EAP_INNER_PAP);
  g_assert_cmpuint (eap_server_heard (play.server).len, ==, 0);
  provide (&play, PASSWORD);
  Cursor c = cursor_of (eap_server_heard (play.server));
  g_assert_true (next_avp (&c, 0, AVP_USER_NAME, &avp));
  g_assert_cmpmem (avp.data.data, avp.data.len, USER, strlen (USER));
  g_assert_true (next_avp (&c, 0, AVP_USER_PASSWORD, &avp));
  g_assert_cmpmem (avp.data.data, avp.data.len, PASSWORD "\0\0\0\0\0", 16);
  g_assert_true (cursor_done (&c));
  give (&play, hex_slice (SUCCESS));
  g_assert_cmpint (play.result, ==, EAP_SUCCESS);
  assert_msk (&play, EAP_TYPE_TTLS, tls13);
  play_clear (&play);
}

/* Success before the password went, and a failure after it. */
static void
test_pap_ends (void)
{
  Play play;
  open_tunnel (&play, false, EAP_INNER_PAP);
  give (&play, hex_slice (SUCCESS));
  g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  play_clear (&play);
  open_tunnel (&play, false, EAP_INNER_PAP);
  provide (&play, "wrong");
  give (&play, hex_slice (FAILURE));
  g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PASSWORD_REFUSED);
  play_clear (&play);
}

/* The identifier, "S=" and what the authenticator answers, by the challenge that both ends have from
 * the tunnel. */
static void
make_mschap_success (Play *play, char ret_value[static 44])
{
  uint8_t implied[17];
  TtlsAvp name, challenge, response;
  g_autoptr (Secret) password = secret_new (PASSWORD, strlen (PASSWORD)), msk = NULL;
  Mschapv2Response expected;
  eap_server_export (play->server, "ttls challenge", SLICE (NULL, 0), implied, sizeof implied);
  Cursor c = cursor_of (eap_server_heard (play->server));
  g_assert_true (next_avp (&c, 0, AVP_USER_NAME, &name));
  g_assert_true (next_avp (&c, 311, AVP_MS_CHAP_CHALLENGE, &challenge));
  g_assert_cmpmem (challenge.data.data, challenge.data.len, implied, 16);
  g_assert_true (next_avp (&c, 311, AVP_MS_CHAP2_RESPONSE, &response));
  g_assert_cmpuint (response.data.len, ==, 50);
  g_assert_cmpuint (response.data.data[0], ==, implied[16]);
  g_assert_true (
      mschapv2_respond (password, USER, implied, response.data.data + 2, &expected, &msk));
  g_assert_cmpmem (response.data.data + 26, 24, expected.nt_response, 24);
  ret_value[0] = (char) implied[16];
  memcpy (ret_value + 1, "S=", 3);
  for (size_t i = 0; i < 20; i++)
    g_snprintf (ret_value + 3 + 2 * i, 3, "%02X", expected.authenticator_response[i]);
}

static void
test_mschap (gconstpointer data)
{
  Play play;
  char value[44];
  open_tunnel (&play, GPOINTER_TO_INT (data), EAP_INNER_MSCHAPV2);
  provide (&play, PASSWORD);
  make_mschap_success (&play, value);
  say_avp (&play, 311, AVP_MS_CHAP2_SUCCESS, SLICE ((uint8_t *) value, 43));
  g_assert_no_error (play.error);
  give (&play, hex_slice (SUCCESS));
  g_assert_cmpint (play.result, ==, EAP_SUCCESS);
  play_clear (&play);
}

static const struct {
  const char *what;
  uint32_t code; /* 0 = nothing inside, EAP-Success outside */
  const char *value;
  int error;
} mschap_ends[] = {
  { "success without proof", 0, "", VISITOR_ERROR_PROTOCOL },
  { "a wrong proof", AVP_MS_CHAP2_SUCCESS, "1S=0000000000000000000000000000000000000000",
      VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED },
  { "half a proof", AVP_MS_CHAP2_SUCCESS, "1S=00", VISITOR_ERROR_PROTOCOL },
  { "a wrong password", AVP_MS_CHAP_ERROR, "1E=691 R=0 C=00 V=3", VISITOR_ERROR_PASSWORD_REFUSED },
  { "an old password", AVP_MS_CHAP_ERROR, "1E=648 R=0 V=3", VISITOR_ERROR_PASSWORD_EXPIRED },
  { "no right at this hour", AVP_MS_CHAP_ERROR, "1E=646 R=0", VISITOR_ERROR_AUTH_REFUSED },
  { "an error without a word", AVP_MS_CHAP_ERROR, "1x", VISITOR_ERROR_PASSWORD_REFUSED },
};

static void
test_mschap_ends (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (mschap_ends); i++) {
    Play play;
    g_test_message ("%s", mschap_ends[i].what);
    open_tunnel (&play, false, EAP_INNER_MSCHAPV2);
    provide (&play, PASSWORD);
    const char *value = mschap_ends[i].value;
    if (mschap_ends[i].code == 0)
      give (&play, hex_slice (SUCCESS));
    else
      say_avp (&play, 311, mschap_ends[i].code, SLICE ((const uint8_t *) value, strlen (value)));
    g_assert_error (play.error, VISITOR_ERROR, mschap_ends[i].error);
    g_assert_null (eap_msk (play.eap));
    play_clear (&play);
  }
}

/* The proof of a password, before any password was given. */
static void
test_mschap_early (void)
{
  Play play;
  open_tunnel (&play, false, EAP_INNER_MSCHAPV2);
  say_avp (&play, 311, AVP_MS_CHAP2_SUCCESS,
      SLICE ((const uint8_t *) "1S=0000000000000000000000000000000000000000", 43));
  g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  play_clear (&play);
}

static void
assert_heard_eap (Play *play, size_t nth, const char *hex)
{
  TtlsAvp avp = { 0 };
  Cursor c = cursor_of (eap_server_heard (play->server));
  for (size_t i = 0; i <= nth; i++)
    g_assert_true (next_avp (&c, 0, AVP_EAP_MESSAGE, &avp));
  assert_slice_is_hex (avp.data, hex);
  g_assert_true (cursor_done (&c));
}

/* EAP inside: the identity unasked, then what the server wants. */
static void
test_inner_gtc (void)
{
  Play play;
  open_tunnel (&play, true, EAP_INNER_EAP);
  assert_heard_eap (&play, 0, "0200000a01616c696365");
  say_avp (&play, 0, AVP_EAP_MESSAGE, hex_slice ("0105000a06436f64653a"));
  g_assert_cmpstr (eap_question (play.eap)->text, ==, "Code:");
  g_assert_cmpint (eap_question (play.eap)->kind, ==, IKE_SECRET_CODE);
  provide (&play, "123456");
  assert_heard_eap (&play, 1, "0205000b06313233343536");
  /* and once more: it may ask several times */
  say_avp (&play, 0, AVP_EAP_MESSAGE, hex_slice ("0106000a064e6578743a"));
  give (&play, hex_slice (SUCCESS));
  g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  play_clear (&play);

  open_tunnel (&play, true, EAP_INNER_EAP_GTC);
  say_avp (&play, 0, AVP_EAP_MESSAGE, hex_slice ("0105000a06436f64653a"));
  provide (&play, "123456");
  give (&play, hex_slice (FAILURE));
  g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_CODE_REFUSED);
  play_clear (&play);
}

static void
test_inner_md5 (void)
{
  Play play;
  uint8_t response[CHAP_MD5_LEN];
  g_autoptr (Secret) password = secret_new (PASSWORD, strlen (PASSWORD));
  open_tunnel (&play, false, EAP_INNER_EAP);
  say_avp (&play, 0, AVP_EAP_MESSAGE, hex_slice ("0109000a04040a0b0c0d"));
  g_assert_cmpint (eap_question (play.eap)->kind, ==, IKE_SECRET_PASSWORD);
  provide (&play, PASSWORD);
  chap_md5 (9, password, hex_slice ("0a0b0c0d"), response);
  g_autofree char *hex = hex_from (SLICE (response, sizeof response));
  g_autofree char *expected = g_strconcat ("020900160410", hex, NULL);
  assert_heard_eap (&play, 1, expected);
  give (&play, hex_slice (SUCCESS));
  g_assert_cmpint (play.result, ==, EAP_SUCCESS);
  play_clear (&play);
}

static const struct {
  const char *what;
  const char *packet; /* EAP, inside */
  int error; /* -1: it goes on */
} inner_packets[] = {
  { "success first", SUCCESS, VISITOR_ERROR_PROTOCOL },
  { "failure first", FAILURE, VISITOR_ERROR_AUTH_REFUSED },
  { "a method that is none", "0105000604ff", VISITOR_ERROR_PROTOCOL },
  { "a method that is not allowed", "0105000611ff", -1 },
  { "EAP-TTLS inside EAP-TTLS", "010500061520", -1 },
  { "wrong length", "010500ff04ff", VISITOR_ERROR_PROTOCOL },
};

static void
test_inner_packets (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (inner_packets); i++) {
    Play play;
    g_test_message ("%s", inner_packets[i].what);
    open_tunnel (&play, false, EAP_INNER_EAP);
    say_avp (&play, 0, AVP_EAP_MESSAGE, hex_slice (inner_packets[i].packet));
    if (inner_packets[i].error == -1)
      g_assert_no_error (play.error);
    else
      g_assert_error (play.error, VISITOR_ERROR, inner_packets[i].error);
    play_clear (&play);
  }
}

/* Octets that are no attributes. */
static void
test_malformed (void)
{
  static const char *const wrong[] = { "00", "0000004f40000000", "0000004f40000007ffffff",
    "000003e740000008" };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    Play play;
    open_tunnel (&play, true, EAP_INNER_EAP);
    eap_server_say (play.server, hex_slice (wrong[i]));
    step (&play);
    g_assert_error (play.error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    play_clear (&play);
  }
}

static Certificate *
issue (const char *name, const char *purpose, const Certificate *issuer)
{
  const CertificateSpec spec = {
    .cn = name, .key = CERTIFICATE_ECDSA_P256, .dns = { name }, .purposes = { purpose }
  };
  return certificate_new (&spec, issuer);
}

static void
make_certificates (void)
{
  const CertificateSpec authority = { .cn = "CA", .key = CERTIFICATE_ECDSA_P256, .is_ca = true };
  const CertificateSpec other = { .cn = "Other", .key = CERTIFICATE_ECDSA_P256, .is_ca = true };
  ca = certificate_new (&authority, NULL);
  other_ca = certificate_new (&other, NULL);
  good = issue (NAME, "1.3.6.1.5.5.7.3.1", ca);
  misnamed = issue ("gateway.example.test", "1.3.6.1.5.5.7.3.1", ca);
  no_server = issue (NAME, "1.3.6.1.5.5.7.3.2", ca);
  client = issue ("alice.example.test", "1.3.6.1.5.5.7.3.2", ca);
  stranger = issue (NAME, "1.3.6.1.5.5.7.3.1", other_ca);
  g_autofree char *pem = certificate_pem (ca);
  trust = crypto_trust_new (pem, NULL);
  g_assert_nonnull (trust);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  g_test_add_data_func ("/ike/eap-tls/tls-1.2", GINT_TO_POINTER (false), test_tls);
  g_test_add_data_func ("/ike/eap-tls/tls-1.3", GINT_TO_POINTER (true), test_tls);
  g_test_add_data_func (
      "/ike/eap-tls/client-1.2", GINT_TO_POINTER (false), test_client_certificate);
  g_test_add_data_func ("/ike/eap-tls/client-1.3", GINT_TO_POINTER (true), test_client_certificate);
  g_test_add_func ("/ike/eap-tls/refusals", test_tls_refusals);
  g_test_add_func ("/ike/eap-tls/indication", test_tls_indication);
  g_test_add_func ("/ike/eap-tls/untrusted", test_untrusted);
  g_test_add_data_func ("/ike/eap-ttls/pap-1.2", GINT_TO_POINTER (false), test_pap);
  g_test_add_data_func ("/ike/eap-ttls/pap-1.3", GINT_TO_POINTER (true), test_pap);
  g_test_add_func ("/ike/eap-ttls/pap-ends", test_pap_ends);
  g_test_add_data_func ("/ike/eap-ttls/mschap-1.2", GINT_TO_POINTER (false), test_mschap);
  g_test_add_data_func ("/ike/eap-ttls/mschap-1.3", GINT_TO_POINTER (true), test_mschap);
  g_test_add_func ("/ike/eap-ttls/mschap-ends", test_mschap_ends);
  g_test_add_func ("/ike/eap-ttls/mschap-early", test_mschap_early);
  g_test_add_func ("/ike/eap-ttls/gtc", test_inner_gtc);
  g_test_add_func ("/ike/eap-ttls/md5", test_inner_md5);
  g_test_add_func ("/ike/eap-ttls/packets", test_inner_packets);
  g_test_add_func ("/ike/eap-ttls/malformed", test_malformed);
  int rc = g_test_run ();
  crypto_trust_free (trust);
  Certificate *all[] = { ca, other_ca, good, misnamed, no_server, stranger, client };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    certificate_free (all[i]);
  return rc;
}
