/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of a gateway that has proved itself, in what it gives: CP, SA and the traffic selectors. */
#include "fault.h"

#include <string.h>

#include "wire/cp.h"

/* Everything but the parts in `number`; instead of these the payloads of data. */
static void
other_parts (Responder *r, IkeChain *answer)
{
  responder_write_child (r, fault_of (r)->number, answer);
  fault_append_hex (answer, fault_of (r)->first, fault_of (r)->data);
}

static void
write_attribute (Builder *b, uint16_t type, const void *value, size_t len)
{
  builder_u16 (b, type);
  builder_u16 (b, (uint16_t) len);
  builder_bytes (b, value, len);
}

/* A thousand attributes: the address, then name servers, domains and subnets. */
static void
thousand_attributes (Responder *r, IkeChain *answer)
{
  static const uint8_t address[] = { 10, 3, 0, 1 }, subnet[] = { 10, 1, 0, 0, 255, 255, 255, 0 };
  responder_write_child (r, RESPONDER_CP, answer);
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_CP);
  builder_u32 (&answer->b, (uint32_t) IKE_CFG_REPLY << 24);
  write_attribute (&answer->b, IKE_ATTR_IP4_ADDRESS, address, 4);
  for (unsigned int i = 0; i < 333; i++) {
    const uint8_t dns[] = { 10, 1, (uint8_t) (i >> 8), (uint8_t) i };
    g_autofree char *domain = g_strdup_printf ("d%u.example.test", i);
    write_attribute (&answer->b, IKE_ATTR_IP4_DNS, dns, 4);
    write_attribute (&answer->b, IKE_ATTR_DNS_DOMAIN, domain, strlen (domain));
    write_attribute (&answer->b, IKE_ATTR_IP4_SUBNET, subnet, 8);
  }
  ike_chain_end (answer, length);
}

static const char *const wicked_domains[] = {
  "corp.test\nnameserver 192.0.2.66",
  "a\rb.test",
  "\x1b[2J.test",
  "\xe2\x80\xaegpj.test",
  "a b.test",
  "../../etc",
  "%s%n%s%n",
  "-o.test",
  "a..test",
  "~.",
  "*",
};

/* Domains that would be more than a name to a resolver, a shell or a terminal. */
static void
bad_domains (Responder *r, IkeChain *answer)
{
  static const uint8_t address[] = { 10, 3, 0, 1 };
  g_autofree char *long_name = g_strnfill (5000, 'a');
  responder_write_child (r, RESPONDER_CP, answer);
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_CP);
  builder_u32 (&answer->b, (uint32_t) IKE_CFG_REPLY << 24);
  write_attribute (&answer->b, IKE_ATTR_IP4_ADDRESS, address, 4);
  for (size_t i = 0; i < G_N_ELEMENTS (wicked_domains); i++)
    write_attribute (
        &answer->b, IKE_ATTR_DNS_DOMAIN, wicked_domains[i], strlen (wicked_domains[i]));
  write_attribute (&answer->b, IKE_ATTR_DNS_DOMAIN, "a\0b.test", 8);
  write_attribute (&answer->b, IKE_ATTR_DNS_DOMAIN, long_name, 5000);
  ike_chain_end (answer, length);
}

#define LIVES .phase = FAULT_AUTH, .code = FAULT_LIVES, .child = other_parts
#define ENDS(error, words) \
  .phase = FAULT_AUTH, .code = VISITOR_ERROR_##error, .says = words, .child = other_parts
#define NOT_OURS \
  ENDS (CHILD_REFUSED, "The gateway's answer for the CHILD_SA is not one to our offer.")
#define NO_ADDRESS ENDS (NO_ADDRESS, "The gateway gives no address.")
#define WITHOUT_SA NOT_OURS, .number = RESPONDER_SA, .first = 33
#define WITHOUT_TS NOT_OURS, .number = RESPONDER_TS, .first = 44
#define WITHOUT_CP .number = RESPONDER_CP, .first = 47

/* 0.0.0.0 to 255.255.255.255 would do for TSr; the fault is in what stands before it. */
#define TSR "00000018 01000000 07000010 0000ffff 0a010000 0a0100ff"
#define OWN "07000010 0000ffff 0a030001 0a030001"
#define TRANSFORMS "0300000c 01000014 800e0100 00000008 05000000"

static const Fault faults[] = {
  { "ts-none", WITHOUT_TS, .data = TSR },
  { "ts-count-0", WITHOUT_TS, .data = "2d000018 00000000" OWN TSR },
  { "ts-count-2-of-1", WITHOUT_TS, .data = "2d000018 02000000" OWN TSR },
  { "ts-count-1-of-2", WITHOUT_TS, .data = "2d000028 01000000" OWN OWN TSR },
  { "ts-count-255", WITHOUT_TS, .data = "2d000018 ff000000" OWN TSR },
  { "ts-length-0", WITHOUT_TS,
      .data = "2d000018 01000000 07000000 0000ffff 0a030001 0a030001" TSR },
  { "ts-length-7", WITHOUT_TS,
      .data = "2d000018 01000000 07000007 0000ffff 0a030001 0a030001" TSR },
  { "ts-length-15", WITHOUT_TS,
      .data = "2d000018 01000000 0700000f 0000ffff 0a030001 0a030001" TSR },
  { "ts-length-65535", WITHOUT_TS,
      .data = "2d000018 01000000 0700ffff 0000ffff 0a030001 0a030001" TSR },
  { "ts-ipv6-of-ipv4-size", WITHOUT_TS,
      .data = "2d000018 01000000 08000010 0000ffff 0a030001 0a030001" TSR },
  { "ts-ipv4-of-ipv6-size", WITHOUT_TS,
      .data = "2d000030 01000000 07000028 0000ffff fd030000000000000000000000000001"
              " fd030000000000000000000000000001" TSR },
  { "ts-type-9", WITHOUT_TS, .data = "2d000018 01000000 09000010 0000ffff 0a030001 0a030001" TSR },
  { "ts-backwards", WITHOUT_TS,
      .data = "2d000018 01000000 07000010 0000ffff 0a030002 0a030001" TSR },
  { "ts-ports-backwards", WITHOUT_TS,
      .data = "2d000018 01000000 07000010 ffff0000 0a030001 0a030001" TSR },
  { "ts-65-octets-short", WITHOUT_TS, .data = "2d000008 01000000" TSR },
  { "ts-other-address", ENDS (TRAFFIC_REFUSED, "for other addresses than it gives us"),
      .number = RESPONDER_TS, .first = 44,
      .data = "2d000018 01000000 07000010 0000ffff 0a090909 0a090909" TSR },
  { "ts-of-everybody", LIVES, .number = RESPONDER_TS, .first = 44, /* cut to our own address */
      .data = "2d000018 01000000 07000010 0000ffff 00000000 ffffffff" TSR },

  { "child-sa-none", WITHOUT_SA, .data = "00000004" },
  { "child-spi-of-0", WITHOUT_SA, .data = "00000020 0000001c 01030002" TRANSFORMS },
  { "child-spi-of-3", WITHOUT_SA, .data = "00000023 0000001f 01030302 770102" TRANSFORMS },
  { "child-spi-of-8", WITHOUT_SA,
      .data = "00000028 00000024 01030802 7701020377010203" TRANSFORMS },
  { "child-spi-of-255", WITHOUT_SA, .data = "00000024 00000020 0103ff02 77010203" TRANSFORMS },
  { "child-spi-zero", ENDS (PROTOCOL, "SPI is a reserved one"), .number = RESPONDER_SA, .first = 33,
      .data = "00000024 00000020 01030402 00000000" TRANSFORMS },
  { "child-spi-255", ENDS (PROTOCOL, "SPI is a reserved one"), .number = RESPONDER_SA, .first = 33,
      .data = "00000024 00000020 01030402 000000ff" TRANSFORMS },
  { "child-protocol-0", WITHOUT_SA, .data = "00000024 00000020 01000402 77010203" TRANSFORMS },
  { "child-protocol-ike", WITHOUT_SA, .data = "00000024 00000020 01010402 77010203" TRANSFORMS },
  { "child-protocol-ah", WITHOUT_SA, .data = "00000024 00000020 01020402 77010203" TRANSFORMS },
  { "child-protocol-255", WITHOUT_SA, .data = "00000024 00000020 01ff0402 77010203" TRANSFORMS },
  { "child-null-cipher", WITHOUT_SA,
      .data = "00000020 0000001c 01030402 77010203 03000008 0100000b 00000008 05000000" },
  { "child-two-proposals", WITHOUT_SA,
      .data = "00000044 02000020 01030402 77010203" TRANSFORMS
              " 00000020 02030402 77010203" TRANSFORMS },
  { "child-two-ciphers", WITHOUT_SA,
      .data = "00000030 0000002c 01030403 77010203 0300000c 01000014 800e0100" TRANSFORMS },

  { "cp-none", NO_ADDRESS, .number = RESPONDER_CP, .first = 43, .data = "00000004" },
  { "cp-empty", NO_ADDRESS, WITHOUT_CP, .data = "00000004" },
  { "cp-request", NO_ADDRESS, WITHOUT_CP, .data = "00000010 01000000 00010004 0a030001" },
  { "cp-address-of-3", NO_ADDRESS, WITHOUT_CP, .data = "0000000f 02000000 00010003 0a0300" },
  { "cp-address-of-5", NO_ADDRESS, WITHOUT_CP, .data = "00000011 02000000 00010005 0a03000101" },
  { "cp-past-end", NO_ADDRESS, WITHOUT_CP, .data = "00000010 02000000 0001ffff 0a030001" },
  { "cp-half-an-attribute", NO_ADDRESS, WITHOUT_CP,
      .data = "00000012 02000000 00010004 0a030001 0003" },
  { "cp-loopback", ENDS (TRAFFIC_REFUSED, "for other addresses than it gives us"), WITHOUT_CP,
      .data = "00000010 02000000 00010004 7f000001" },
  { "cp-1000-attributes", .phase = FAULT_AUTH, .code = FAULT_LIVES, .child = thousand_attributes },
  { "cp-bad-domains", .phase = FAULT_AUTH, .code = FAULT_LIVES, .child = bad_domains },
};

const FaultTable faults_child = { faults, G_N_ELEMENTS (faults) };
