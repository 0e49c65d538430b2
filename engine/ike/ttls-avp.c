/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TtlsAvp: a Diameter attribute as EAP-TTLS has it (RFC 5281 section 10.1).
 *
 *    Code (4) | V M reserved (1) | Length (3) | Vendor-ID (4, with V) | Data | padding to 4 octets
 *
 * Length counts the header and not the padding. One that is shorter than its own header was an endless
 * loop elsewhere (CVE-2026-25075). */
#include "ike/ttls-avp.h"

#define FLAG_VENDOR 0x80
#define FLAG_MANDATORY 0x40
#define HEADER_LEN 8
#define VENDOR_LEN 4

static size_t
padding (size_t len)
{
  return (4 - (len & 3)) & 3;
}

/* The next attribute, borrowed from the input; false if there is none that is whole. */
bool
ttls_avp_read (Cursor *c, TtlsAvp *ret_avp)
{
  TtlsAvp avp = { .code = cursor_u32 (c) };
  uint32_t word = cursor_u32 (c);
  uint8_t flags = (uint8_t) (word >> 24);
  size_t len = word & 0xffffff;
  bool has_vendor = (flags & FLAG_VENDOR) != 0;
  size_t header = has_vendor ? HEADER_LEN + VENDOR_LEN : HEADER_LEN;
  avp.mandatory = (flags & FLAG_MANDATORY) != 0;
  avp.vendor = has_vendor ? cursor_u32 (c) : 0;
  if (len < header)
    cursor_fail (c);
  avp.data = cursor_slice (c, len - header);
  cursor_skip (c, padding (len));
  if (c->failed)
    return false;
  *ret_avp = avp;
  return true;
}

/* One attribute that must be understood; vendor 0: of no vendor. */
void
ttls_avp_write (Builder *b, uint32_t vendor, uint32_t code, Slice data)
{
  size_t len = (vendor != 0 ? HEADER_LEN + VENDOR_LEN : HEADER_LEN) + data.len;
  builder_u32 (b, code);
  builder_u8 (b, FLAG_MANDATORY | (vendor != 0 ? FLAG_VENDOR : 0));
  builder_u8 (b, (uint8_t) (len >> 16));
  builder_u16 (b, (uint16_t) len);
  if (vendor != 0)
    builder_u32 (b, vendor);
  builder_slice (b, data);
  builder_zeros (b, padding (len));
}
