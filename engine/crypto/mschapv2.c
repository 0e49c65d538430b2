/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MS-CHAP-V2: the response to a challenge, what the authenticator must answer, and the keys of MPPE
 * that EAP exports as its MSK. MD4, DES and SHA-1 are what the protocol is made of; it is used inside
 * IKE only, after the gateway has proved itself by its certificate. */
#include "crypto/mschapv2.h"

#include <glib.h>
#include <nettle/des.h>
#include <nettle/md4.h>
#include <nettle/sha1.h>
#include <string.h>

#define CHALLENGE_HASH_LEN 8
#define MASTER_KEY_LEN 16
#define MSK_LEN 64
#define PAD_LEN 40

static void
sha1 (const Slice *parts, size_t n_parts, uint8_t ret_digest[static SHA1_DIGEST_SIZE])
{
  struct sha1_ctx ctx;
  sha1_init (&ctx);
  for (size_t i = 0; i < n_parts; i++)
    sha1_update (&ctx, parts[i].len, parts[i].data);
  sha1_digest (&ctx, SHA1_DIGEST_SIZE, ret_digest);
  bytes_wipe (&ctx, sizeof ctx);
}

static void
md4 (const void *data, size_t len, uint8_t ret_digest[static MD4_DIGEST_SIZE])
{
  struct md4_ctx ctx;
  md4_init (&ctx);
  md4_update (&ctx, len, data);
  md4_digest (&ctx, MD4_DIGEST_SIZE, ret_digest);
  bytes_wipe (&ctx, sizeof ctx);
}

/* NtPasswordHash, RFC 2759 section 8.3: MD4 over the password as UTF-16LE. False if it is not UTF-8. */
static bool
nt_password_hash (const Secret *password, uint8_t ret_hash[static MD4_DIGEST_SIZE])
{
  Slice utf8 = secret_slice (password);
  glong units = 0;
  gunichar2 *utf16 =
      g_utf8_to_utf16 ((const char *) utf8.data, (glong) utf8.len, NULL, &units, NULL);
  if (utf16 == NULL)
    return false;
  size_t len = (size_t) units * sizeof *utf16;
  for (glong i = 0; i < units; i++)
    utf16[i] = GUINT16_TO_LE (utf16[i]);
  md4 (utf16, len, ret_hash);
  bytes_wipe (utf16, len);
  g_free (utf16);
  return true;
}

/* A DES key from 7 octets, with room for parity in each of 8 (RFC 2759 section 8.6). */
static void
des_encrypt_with_7 (
    const uint8_t key7[static 7], const uint8_t clear[static 8], uint8_t *ret_cipher)
{
  uint8_t key[DES_KEY_SIZE];
  uint64_t bits = 0;
  for (int i = 0; i < 7; i++)
    bits = bits << 8 | key7[i];
  for (int i = 0; i < 8; i++)
    key[i] = (uint8_t) (bits >> (49 - 7 * i) << 1);
  struct des_ctx ctx;
  /* A weak key is as good as any other here: the result is only compared. */
  (void) des_set_key (&ctx, key);
  des_encrypt (&ctx, 8, ret_cipher, clear);
  bytes_wipe (&ctx, sizeof ctx);
  bytes_wipe (key, sizeof key);
  bytes_wipe (&bits, sizeof bits);
}

/* ChallengeResponse, RFC 2759 section 8.5. */
static void
challenge_response (const uint8_t challenge[static CHALLENGE_HASH_LEN],
    const uint8_t hash[static MD4_DIGEST_SIZE], uint8_t ret_response[static 24])
{
  uint8_t padded[21] = { 0 };
  memcpy (padded, hash, MD4_DIGEST_SIZE);
  for (size_t i = 0; i < 3; i++)
    des_encrypt_with_7 (padded + 7 * i, challenge, ret_response + 8 * i);
  bytes_wipe (padded, sizeof padded);
}

/* GenerateAuthenticatorResponse, RFC 2759 section 8.7. */
static void
authenticator_response (const uint8_t hash_hash[static MD4_DIGEST_SIZE], const uint8_t *nt_response,
    const uint8_t *challenge, uint8_t *ret_response)
{
  static const char magic1[] = "Magic server to client signing constant";
  static const char magic2[] = "Pad to make it do more than one iteration";
  uint8_t digest[SHA1_DIGEST_SIZE];
  const Slice first[] = { SLICE (hash_hash, MD4_DIGEST_SIZE), SLICE (nt_response, 24),
    SLICE ((const uint8_t *) magic1, sizeof magic1 - 1) };
  sha1 (first, G_N_ELEMENTS (first), digest);
  const Slice second[] = { SLICE (digest, sizeof digest), SLICE (challenge, CHALLENGE_HASH_LEN),
    SLICE ((const uint8_t *) magic2, sizeof magic2 - 1) };
  sha1 (second, G_N_ELEMENTS (second), ret_response);
}

/* GetAsymmetricStartKey, RFC 3079 section 3.4, cut to 128 bits. */
static void
start_key (const uint8_t *master_key, const char *magic, uint8_t *ret_key)
{
  uint8_t pad1[PAD_LEN], pad2[PAD_LEN], digest[SHA1_DIGEST_SIZE];
  memset (pad1, 0x00, sizeof pad1);
  memset (pad2, 0xf2, sizeof pad2);
  const Slice parts[] = { SLICE (master_key, MASTER_KEY_LEN), SLICE (pad1, PAD_LEN),
    SLICE ((const uint8_t *) magic, strlen (magic)), SLICE (pad2, PAD_LEN) };
  sha1 (parts, G_N_ELEMENTS (parts), digest);
  memcpy (ret_key, digest, MASTER_KEY_LEN);
  bytes_wipe (digest, sizeof digest);
}

/* The MSK of EAP-MSCHAPv2: the key from client to server, the one from server to client, and zeros. */
static Secret *
make_msk (const uint8_t hash_hash[static MD4_DIGEST_SIZE], const uint8_t *nt_response)
{
  static const char master_magic[] = "This is the MPPE Master Key";
  uint8_t digest[SHA1_DIGEST_SIZE], *msk;
  const Slice parts[] = { SLICE (hash_hash, MD4_DIGEST_SIZE), SLICE (nt_response, 24),
    SLICE ((const uint8_t *) master_magic, sizeof master_magic - 1) };
  sha1 (parts, G_N_ELEMENTS (parts), digest);
  Secret *secret = secret_new_empty (MSK_LEN, &msk);
  start_key (digest,
      "On the client side, this is the send key; on the server side, it is the receive key.", msk);
  start_key (digest,
      "On the client side, this is the receive key; on the server side, it is the send key.",
      msk + MASTER_KEY_LEN);
  bytes_wipe (digest, sizeof digest);
  return secret;
}

/* The name without a leading DOMAIN\ (RFC 2759 section 4). */
static Slice
without_domain (const char *user)
{
  const char *backslash = strrchr (user, '\\');
  const char *name = backslash != NULL ? backslash + 1 : user;
  return SLICE ((const uint8_t *) name, strlen (name));
}

/* Computes NT-Response and the authenticator's expected answer (RFC 2759 sections 8.1 and 8.7) and
 * the 64 octets of MSK (RFC 3079 section 3). False, and nothing written, if the password is not valid
 * UTF-8. *ret_msk: transfer full. */
bool
mschapv2_respond (const Secret *password_utf8, const char *user,
    const uint8_t authenticator_challenge[static 16], const uint8_t peer_challenge[static 16],
    Mschapv2Response *ret_response, Secret **ret_msk)
{
  uint8_t hash[MD4_DIGEST_SIZE], hash_hash[MD4_DIGEST_SIZE], challenge[SHA1_DIGEST_SIZE];
  if (!nt_password_hash (password_utf8, hash))
    return false;
  md4 (hash, sizeof hash, hash_hash);
  const Slice parts[] = { SLICE (peer_challenge, 16), SLICE (authenticator_challenge, 16),
    without_domain (user) };
  sha1 (parts, G_N_ELEMENTS (parts), challenge);
  challenge_response (challenge, hash, ret_response->nt_response);
  authenticator_response (
      hash_hash, ret_response->nt_response, challenge, ret_response->authenticator_response);
  *ret_msk = make_msk (hash_hash, ret_response->nt_response);
  bytes_wipe (hash, sizeof hash);
  bytes_wipe (hash_hash, sizeof hash_hash);
  return true;
}
