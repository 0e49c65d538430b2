/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three messages of NTLM (MS-NLMP section 2.2.1), little-endian: a header, and behind it the payloads
 * that its fields point at. Neither signing nor sealing is asked for: a proxy wants to know who we are,
 * and the rest is TLS. So there is no session key, and no MIC either (section 3.1.5.1.2 wants one where
 * there are flags in the AV pairs, of which we add none). */
#include "wire/ntlm.h"

#include <string.h>

#include "base/builder.h"
#include "base/cursor.h"

#define NEGOTIATE_UNICODE 0x00000001u
#define NEGOTIATE_OEM 0x00000002u
#define REQUEST_TARGET 0x00000004u
#define NEGOTIATE_NTLM 0x00000200u
#define ALWAYS_SIGN 0x00008000u
#define EXTENDED_SESSIONSECURITY 0x00080000u
#define NEGOTIATE_TARGET_INFO 0x00800000u
#define NEGOTIATE_128 0x20000000u
#define OUR_FLAGS \
  (NEGOTIATE_UNICODE | NEGOTIATE_OEM | REQUEST_TARGET | NEGOTIATE_NTLM | ALWAYS_SIGN | \
      EXTENDED_SESSIONSECURITY | NEGOTIATE_128)

#define FIELD_LEN 8
#define AUTHENTICATE_HEADER_LEN 64
#define TARGET_INFO_MAX 2048
#define AV_EOL 0
#define AV_TIMESTAMP 7

static const uint8_t signature[8] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', '\0' };

static void
put_u16 (Builder *b, uint16_t value)
{
  builder_u8 (b, (uint8_t) (value & 0xff));
  builder_u8 (b, (uint8_t) (value >> 8));
}

static void
put_u32 (Builder *b, uint32_t value)
{
  put_u16 (b, (uint16_t) (value & 0xffff));
  put_u16 (b, (uint16_t) (value >> 16));
}

static uint16_t
take_u16 (Cursor *c)
{
  uint16_t value = cursor_u16 (c);
  return GUINT16_SWAP_LE_BE (value);
}

static uint32_t
take_u32 (Cursor *c)
{
  uint32_t value = cursor_u32 (c);
  return GUINT32_SWAP_LE_BE (value);
}

/* NEGOTIATE_MESSAGE without a domain and a workstation: neither is the proxy's business. Returns 0 where
 * it does not fit. */
size_t
ntlm_negotiate_write (uint8_t *buf, size_t size)
{
  Builder b = builder_init (buf, size);
  builder_bytes (&b, signature, sizeof signature);
  put_u32 (&b, 1);
  put_u32 (&b, OUR_FLAGS);
  builder_zeros (&b, 2 * FIELD_LEN);
  return builder_ok (&b) ? b.len : 0;
}

/* The AV pairs up to and with MsvAvEOL, and the timestamp among them. */
static bool
read_target_info (Slice octets, NtlmChallenge *challenge)
{
  Cursor c = cursor_of (octets);
  uint16_t id;
  do {
    id = take_u16 (&c);
    uint16_t len = take_u16 (&c);
    Cursor value = cursor_sub (&c, len);
    if (id != AV_TIMESTAMP)
      continue;
    uint64_t low = take_u32 (&value);
    challenge->timestamp = (uint64_t) take_u32 (&value) << 32 | low;
    if (!cursor_done (&value))
      cursor_fail (&c);
  } while (id != AV_EOL && !c.failed);
  challenge->target_info = SLICE (octets.data, c.pos);
  return !c.failed && challenge->target_info.len <= TARGET_INFO_MAX;
}

/* Where a field's payload is; fails the cursor where it is not within the message. */
static Slice
take_payload (Cursor *c, Slice message)
{
  uint16_t len = take_u16 (c);
  cursor_skip (c, 2); /* the room for it */
  uint32_t offset = take_u32 (c);
  Cursor whole = cursor_of (message);
  cursor_skip (&whole, offset);
  Slice payload = cursor_slice (&whole, len);
  if (whole.failed)
    cursor_fail (c);
  return payload;
}

/* CHALLENGE_MESSAGE. One without target information, as of NT 4, is read too. */
bool
ntlm_challenge_parse (Slice message, NtlmChallenge *ret_challenge)
{
  NtlmChallenge challenge = { 0 };
  Cursor c = cursor_of (message);
  Slice begin = cursor_slice (&c, sizeof signature);
  if (c.failed || memcmp (begin.data, signature, sizeof signature) != 0 || take_u32 (&c) != 2)
    return false;
  cursor_skip (&c, FIELD_LEN); /* TargetName: of no use to us, and not of all servers' making */
  challenge.flags = take_u32 (&c);
  cursor_copy (&c, challenge.challenge, sizeof challenge.challenge);
  challenge.is_unicode = (challenge.flags & NEGOTIATE_UNICODE) != 0;
  if (c.failed || (!challenge.is_unicode && (challenge.flags & NEGOTIATE_OEM) == 0))
    return false;
  if ((challenge.flags & NEGOTIATE_TARGET_INFO) == 0) {
    *ret_challenge = challenge;
    return true;
  }
  cursor_skip (&c, 8);
  Slice info = take_payload (&c, message);
  if (c.failed || (info.len > 0 && !read_target_info (info, &challenge)))
    return false;
  *ret_challenge = challenge;
  return true;
}

static void
put_field (Builder *b, Slice payload, size_t *offset)
{
  put_u16 (b, (uint16_t) payload.len);
  put_u16 (b, (uint16_t) payload.len);
  put_u32 (b, (uint32_t) *offset);
  *offset += payload.len;
}

/* AUTHENTICATE_MESSAGE; returns 0 where it does not fit. */
size_t
ntlm_authenticate_write (const NtlmAuthenticate *authenticate, uint8_t *buf, size_t size)
{
  const NtlmAuthenticate *a = authenticate;
  const Slice none = { 0 };
  size_t offset = AUTHENTICATE_HEADER_LEN;
  if (a->domain.len > UINT16_MAX || a->user.len > UINT16_MAX || a->nt_response.len > UINT16_MAX)
    return 0;
  Builder b = builder_init (buf, size);
  builder_bytes (&b, signature, sizeof signature);
  put_u32 (&b, 3);
  put_field (&b, a->lm_response, &offset);
  put_field (&b, a->nt_response, &offset);
  put_field (&b, a->domain, &offset);
  put_field (&b, a->user, &offset);
  put_field (&b, none, &offset); /* Workstation */
  put_field (&b, none, &offset); /* EncryptedRandomSessionKey */
  bool unicode = (a->flags & NEGOTIATE_UNICODE) != 0;
  put_u32 (&b, a->flags & OUR_FLAGS & ~(unicode ? NEGOTIATE_OEM : NEGOTIATE_UNICODE));
  builder_slice (&b, a->lm_response);
  builder_slice (&b, a->nt_response);
  builder_slice (&b, a->domain);
  builder_slice (&b, a->user);
  return builder_ok (&b) ? b.len : 0;
}
