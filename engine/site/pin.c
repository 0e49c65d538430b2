/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pin of a certificate: SHA-256 of its SubjectPublicKeyInfo (RFC 5280 section 4.1), found by
 * stepping over what stands before it. Nothing else of the certificate is looked at or judged: this is
 * for who shows a key to a person, and must keep the very key that it has shown. */
#include "base/cursor.h"
#include "site/site.h"

#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0 /* [0], explicit */
#define MAX_LENGTH_OCTETS 2 /* a certificate of more than 64 KiB is none for us */

/* The length of a DER element, in the shortest form (X.690 section 10.1). */
static size_t
read_length (Cursor *c)
{
  uint8_t first = cursor_u8 (c);
  if (first < 0x80)
    return first;
  size_t n = first & 0x7f, len = 0;
  if (n == 0 || n > MAX_LENGTH_OCTETS)
    cursor_fail (c);
  for (size_t i = 0; i < n && !c->failed; i++)
    len = len << 8 | cursor_u8 (c);
  if (len < 0x80 || (n == 2 && len <= 0xff))
    cursor_fail (c);
  return len;
}

/* The contents of the next element, which must have this tag. */
static Slice
read_element (Cursor *c, uint8_t tag)
{
  if (cursor_u8 (c) != tag)
    cursor_fail (c);
  return cursor_slice (c, read_length (c));
}

/* The same with the octets of tag and length. */
static Slice
read_whole_element (Cursor *c, uint8_t tag)
{
  Cursor before = *c;
  (void) read_element (c, tag);
  return cursor_slice (&before, c->pos - before.pos);
}

/* The pin of a certificate in DER; false if the octets do not begin as one. */
bool
site_pin_of_certificate (Slice der, SitePin *ret_pin)
{
  Cursor all = cursor_of (der);
  Cursor certificate = cursor_of (read_element (&all, TAG_SEQUENCE));
  Cursor tbs = cursor_of (read_element (&certificate, TAG_SEQUENCE));
  if (!cursor_done (&all) || certificate.failed)
    return false;
  Cursor ahead = tbs;
  if (cursor_u8 (&ahead) == TAG_VERSION) /* absent in version 1 */
    (void) read_element (&tbs, TAG_VERSION);
  (void) read_element (&tbs, TAG_INTEGER); /* serialNumber */
  (void) read_element (&tbs, TAG_SEQUENCE); /* signature */
  (void) read_element (&tbs, TAG_SEQUENCE); /* issuer */
  (void) read_element (&tbs, TAG_SEQUENCE); /* validity */
  (void) read_element (&tbs, TAG_SEQUENCE); /* subject */
  Slice spki = read_whole_element (&tbs, TAG_SEQUENCE);
  if (tbs.failed)
    return false;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize len = sizeof ret_pin->sha256;
  g_checksum_update (sum, spki.data, (gssize) spki.len);
  g_checksum_get_digest (sum, ret_pin->sha256, &len);
  return true;
}
