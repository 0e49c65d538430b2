/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in ESP, most of them authentic: the gateway itself sends them. Each is dropped, and counted
 * under the name that `says` has; there is no line in the log for a packet. */
#include "fault.h"

#include "support/hex.h"

/* 10.1.0.7 -> 10.3.0.1, UDP 9 -> 9, nothing in it */
#define V4 "4500001c 00000000 40110000 0a010007 0a030001 00090009 00080000"
#define FAR 100000u

/* The packet in data, with a sequence number that is fresh. */
static void
send_one (Responder *r, const Fault *fault)
{
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  responder_send_esp (r, ++child->sent, hex_slice (fault->data));
}

static void
send_number (Responder *r, const Fault *fault)
{
  responder_send_esp (r, fault->number, hex_slice (fault->data));
}

/* The last number there is, twice. What follows is behind the window, until the client has rekeyed. */
static void
use_up_numbers (Responder *r, const Fault *fault)
{
  responder_send_esp (r, UINT32_MAX, hex_slice (fault->data));
  responder_send_esp (r, UINT32_MAX, hex_slice (fault->data));
}

/* One good packet, then the same a hundred times. */
static void
replay (Responder *r, const Fault *fault)
{
  uint8_t buf[256];
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  Slice packet =
      responder_forge_esp (child, ++child->sent, hex_slice (fault->data), buf, sizeof buf);
  for (unsigned int i = 0; i <= fault->number; i++)
    responder_deliver_esp (r, packet);
}

/* A jump over the whole window; then what is just behind its edge, and seen. */
static void
behind_the_window (Responder *r, const Fault *fault)
{
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  child->sent += FAR;
  responder_send_esp (r, child->sent, hex_slice (fault->data));
  responder_send_esp (r, child->sent - ESP_REPLAY_WINDOW + 1, hex_slice (fault->data));
  responder_send_esp (r, child->sent - ESP_REPLAY_WINDOW, hex_slice (fault->data));
  responder_send_esp (r, child->sent - FAR, hex_slice (fault->data));
  responder_send_esp (r, child->sent, hex_slice (fault->data));
}

/* Each bit behind the sequence number is false once; the number is far ahead, and must not be believed. */
static void
turn_bits (Responder *r, const Fault *fault)
{
  uint8_t buf[256];
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  Slice packet = responder_forge_esp (child, UINT32_MAX, hex_slice (fault->data), buf, sizeof buf);
  for (size_t bit = 8 * ESP_HEADER_LEN; bit < 8 * packet.len; bit++) {
    buf[bit / 8] ^= (uint8_t) (1 << bit % 8);
    responder_deliver_esp (r, packet);
    buf[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
}

/* Each length at which a packet can be cut off. */
static void
cut_short (Responder *r, const Fault *fault)
{
  uint8_t buf[256];
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  Slice packet =
      responder_forge_esp (child, child->sent + 1, hex_slice (fault->data), buf, sizeof buf);
  for (size_t len = 4; len < packet.len; len++)
    responder_deliver_esp (r, SLICE (packet.data, len));
}

/* A thousand SPIs that nobody gave out. */
static void
unknown_spis (Responder *r, const Fault *fault)
{
  for (uint32_t i = 0; i < fault->number; i++) {
    uint8_t packet[64] = { 0x66, (uint8_t) (i >> 16), (uint8_t) (i >> 8), (uint8_t) i };
    responder_deliver_esp (r, SLICE (packet, i % sizeof packet < 4 ? 4 : i % sizeof packet));
  }
}

#define DROPS(verdict) .phase = FAULT_ESP, .code = FAULT_LIVES, .says = verdict
#define ONE(verdict, hex) DROPS (verdict), .play = send_one, .data = hex

static const Fault faults[] = {
  { "esp-number-0", DROPS ("replay"), .play = send_number, .number = 0, .data = V4 "00 04" },
  { "esp-last-number", DROPS ("replay"), .play = use_up_numbers, .data = V4 "00 04" },
  { "esp-replay", DROPS ("replay"), .play = replay, .number = 100, .data = V4 "00 04" },
  { "esp-behind-the-window", DROPS ("replay"), .play = behind_the_window, .data = V4 "00 04" },
  { "esp-turned-bits", DROPS ("authentication"), .play = turn_bits, .data = V4 "00 04" },
  { "esp-cut-short", DROPS ("short"), .play = cut_short, .data = V4 "00 04" },
  { "esp-unknown-spis", DROPS ("unknown-spi"), .play = unknown_spis, .number = 1000 },
  { "esp-padding-longer", ONE ("padding", V4 "ff 04") },
  { "esp-padding-only", ONE ("padding", "ff 04") },
  { "esp-padding-zeros", ONE ("padding", V4 "0000 02 04") },
  { "esp-next-header-59", ONE ("dummy", V4 "00 3b") },
  { "esp-next-header-41", ONE ("next-header", V4 "00 29") },
  { "esp-next-header-4",
      ONE ("next-header",
          "60000000 00003b40 fd010000000000000000000000000007 fd030000000000000000000000000001 00 "
          "04") },
  { "esp-next-header-17", ONE ("next-header", V4 "00 11") },
  { "esp-esp-inside", ONE ("next-header", V4 "00 32") },
  { "esp-nothing-inside", ONE ("inner-malformed", "00 04") },
  { "esp-inner-longer",
      ONE ("inner-malformed",
          "4500ffff 00000000 40110000 0a010007 0a030001 00090009 00080000 00 04") },
  { "esp-inner-version-0",
      ONE ("inner-malformed",
          "0500001c 00000000 40110000 0a010007 0a030001 00090009 00080000 00 04") },
  { "esp-from-outside",
      ONE ("inner-selector",
          "4500001c 00000000 40110000 0a020007 0a030001 00090009 00080000 00 04") },
  { "esp-from-ourselves",
      ONE ("inner-selector",
          "4500001c 00000000 40110000 0a030001 0a030001 00090009 00080000 00 04") },
  { "esp-to-another",
      ONE ("inner-selector",
          "4500001c 00000000 40110000 0a010007 0a030002 00090009 00080000 00 04") },
  { "esp-to-loopback",
      ONE ("inner-selector",
          "4500001c 00000000 40110000 0a010007 7f000001 00090009 00080000 00 04") },
};

const FaultTable faults_esp = { faults, G_N_ELEMENTS (faults) };
