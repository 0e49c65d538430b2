/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NTLMv2 (MS-NLMP section 3.3.2): the responses to a server's challenge. MD4 and HMAC-MD5 are what it is
 * made of, and whoever hears it can guess passwords at leisure; it is spoken to proxies that know nothing
 * better. The older responses, which show more, are not here. */
#include "crypto/ntlm.h"

#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <string.h>

#include "base/builder.h"

#define HASH_LEN MD5_DIGEST_SIZE
#define BLOB_OVERHEAD 32

static void
hmac_md5 (const uint8_t key[static HASH_LEN], const Slice *parts, size_t n_parts,
    uint8_t ret_mac[static HASH_LEN])
{
  struct hmac_md5_ctx ctx;
  hmac_md5_set_key (&ctx, HASH_LEN, key);
  for (size_t i = 0; i < n_parts; i++)
    hmac_md5_update (&ctx, parts[i].len, parts[i].data);
  hmac_md5_digest (&ctx, HASH_LEN, ret_mac);
  bytes_wipe (&ctx, sizeof ctx);
}

static gunichar2 *
to_utf16 (const char *utf8, size_t len, size_t *ret_octets)
{
  glong units = 0;
  gunichar2 *utf16 = g_utf8_to_utf16 (utf8, (glong) len, NULL, &units, NULL);
  if (utf16 == NULL)
    return NULL;
  for (glong i = 0; i < units; i++)
    utf16[i] = GUINT16_TO_LE (utf16[i]);
  *ret_octets = (size_t) units * sizeof *utf16;
  return utf16;
}

/* Text as UTF-16LE; NULL if it is not UTF-8. Transfer: full. */
GBytes *
ntlm_utf16 (const char *utf8)
{
  size_t octets;
  gunichar2 *utf16 = to_utf16 (utf8, strlen (utf8), &octets);
  return utf16 != NULL ? g_bytes_new_take (utf16, octets) : NULL;
}

static bool
nt_hash (const Secret *password, uint8_t ret_hash[static MD4_DIGEST_SIZE])
{
  Slice utf8 = secret_slice (password);
  size_t octets;
  gunichar2 *utf16 = to_utf16 ((const char *) utf8.data, utf8.len, &octets);
  if (utf16 == NULL)
    return false;
  struct md4_ctx ctx;
  md4_init (&ctx);
  md4_update (&ctx, octets, (const uint8_t *) utf16);
  md4_digest (&ctx, MD4_DIGEST_SIZE, ret_hash);
  bytes_wipe (&ctx, sizeof ctx);
  bytes_wipe (utf16, octets);
  g_free (utf16);
  return true;
}

/* NTOWFv2: HMAC-MD5 by the NT hash over the user in capitals and the domain. */
static bool
response_key (const NtlmInput *in, uint8_t ret_key[static HASH_LEN])
{
  g_autofree char *capitals =
      g_utf8_validate (in->user, -1, NULL) ? g_utf8_strup (in->user, -1) : NULL;
  g_autoptr (GBytes) user = capitals != NULL ? ntlm_utf16 (capitals) : NULL;
  g_autoptr (GBytes) domain = ntlm_utf16 (in->domain);
  uint8_t hash[MD4_DIGEST_SIZE];
  if (user == NULL || domain == NULL || !nt_hash (in->password, hash))
    return false;
  const Slice parts[] = { slice_of_bytes (user), slice_of_bytes (domain) };
  hmac_md5 (hash, parts, G_N_ELEMENTS (parts), ret_key);
  bytes_wipe (hash, sizeof hash);
  return true;
}

/* NTLMv2_CLIENT_CHALLENGE (section 2.2.2.7), and four zero octets behind the pairs. */
static Slice
write_blob (const NtlmInput *in, uint8_t *room, size_t size)
{
  Builder b = builder_init (room, size);
  builder_u8 (&b, 1);
  builder_u8 (&b, 1);
  builder_zeros (&b, 6);
  uint64_t little_endian = GUINT64_TO_LE (in->timestamp);
  builder_bytes (&b, &little_endian, sizeof little_endian);
  builder_bytes (&b, in->client_challenge, sizeof in->client_challenge);
  builder_zeros (&b, 4);
  builder_slice (&b, in->target_info);
  builder_zeros (&b, 4);
  return builder_result (&b);
}

static void
lm_response (const NtlmInput *in, const uint8_t *key, uint8_t *ret_response)
{
  const Slice parts[] = { SLICE (in->server_challenge, NTLM_CHALLENGE_OCTETS),
    SLICE (in->client_challenge, NTLM_CHALLENGE_OCTETS) };
  Builder b = builder_init (ret_response, NTLM_LM_RESPONSE_LEN);
  uint8_t mac[HASH_LEN];
  hmac_md5 (key, parts, G_N_ELEMENTS (parts), mac);
  builder_bytes (&b, mac, sizeof mac);
  builder_bytes (&b, in->client_challenge, NTLM_CHALLENGE_OCTETS);
}

/* False, and nothing is written, where user, domain or password are not UTF-8. */
bool
ntlmv2_respond (const NtlmInput *input, NtlmResponse *ret_response)
{
  uint8_t key[HASH_LEN];
  if (!response_key (input, key))
    return false;
  size_t size = BLOB_OVERHEAD + input->target_info.len;
  g_autofree uint8_t *room = g_malloc (HASH_LEN + size);
  Slice blob = write_blob (input, room + HASH_LEN, size);
  const Slice parts[] = { SLICE (input->server_challenge, NTLM_CHALLENGE_OCTETS), blob };
  hmac_md5 (key, parts, G_N_ELEMENTS (parts), room);
  lm_response (input, key, ret_response->lm_response);
  ret_response->nt_response = g_bytes_new (room, HASH_LEN + blob.len);
  bytes_wipe (key, sizeof key);
  return true;
}

void
ntlm_response_clear (NtlmResponse *response)
{
  g_clear_pointer (&response->nt_response, g_bytes_unref);
}
