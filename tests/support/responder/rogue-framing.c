/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in the stream itself (RFC 9329 section 3). Each is done once, before the IKE message that
 * `number` counts: 1 is the answer to IKE_SA_INIT, 2 that to IKE_AUTH. A client whose stream is broken
 * makes another, where the gateway behaves. */
#include <string.h>

#include "rogue.h"
#include "support/hex.h"

static Rogue *
rogue_of (Responder *r)
{
  return r->wire_data;
}

static void
write_octets (Responder *r, const Fault *fault)
{
  rogue_write (rogue_of (r), hex_slice (fault->data));
}

/* A frame of the largest length there is. */
static void
write_largest (Responder *r, const Fault *fault)
{
  Slice begin = hex_slice (fault->data);
  g_autofree uint8_t *frame = g_malloc0 (STREAM_BUFFER_LEN);
  memcpy (frame, begin.data, begin.len);
  rogue_write (rogue_of (r), SLICE (frame, STREAM_BUFFER_LEN));
}

static void
write_text (Responder *r, const Fault *fault)
{
  rogue_write (rogue_of (r), SLICE ((const uint8_t *) fault->data, strlen (fault->data)));
}

/* So many octets of the frame, counted from its end where `exchange` is set; then nothing more. */
static void
cut_frame (Responder *r, const Fault *fault)
{
  Slice frame = rogue_of (r)->frame;
  size_t len = fault->exchange != 0 ? frame.len - fault->first : fault->first;
  rogue_write (rogue_of (r), SLICE (frame.data, len));
  rogue_hang_up (rogue_of (r));
}

static void
cut_with_reset (Responder *r, const Fault *fault)
{
  rogue_write (rogue_of (r), SLICE (rogue_of (r)->frame.data, fault->first));
  rogue_reset (rogue_of (r));
}

/* The frame with another octet at `first`: its length or its marker. */
static void
turn_octet (Responder *r, const Fault *fault)
{
  Slice frame = rogue_of (r)->frame;
  g_autofree uint8_t *copy = g_memdup2 (frame.data, frame.len);
  copy[fault->first] ^= 1;
  rogue_write (rogue_of (r), SLICE (copy, frame.len));
}

static void
one_by_one (Responder *r, const Fault *fault)
{
  rogue_of (r)->one_by_one = true;
}

static void
repeat_frame (Responder *r, const Fault *fault)
{
  for (unsigned int i = 0; i < fault->first; i++)
    rogue_write (rogue_of (r), hex_slice (fault->data));
}

#define LIVES(at) .phase = FAULT_FRAMING, .code = FAULT_LIVES, .number = at
#define BROKEN(at, words) LIVES (at), .says = words
#define NOT_OURS "this port does not speak Visitor Mode"
#define BAD_LENGTH "the stream is not framed as RFC 9329 says"
#define CORRUPT "frames in a row make no sense: the stream is corrupt"
#define CUT "the stream is lost"

static const Fault faults[] = {
  { "frame-length-0", BROKEN (1, BAD_LENGTH), .play = write_octets, .data = "0000" },
  { "frame-length-1", BROKEN (1, BAD_LENGTH), .play = write_octets, .data = "0001" },
  { "frame-length-0-later", BROKEN (2, BAD_LENGTH), .play = write_octets, .data = "0000" },
  { "frame-length-1-later", BROKEN (2, BAD_LENGTH), .play = write_octets, .data = "0001" },
  { "frame-length-2", LIVES (1), .play = repeat_frame, .first = 250, .data = "0002" },
  { "frame-length-3", LIVES (1), .play = repeat_frame, .first = 250, .data = "0003ff" },
  { "frame-length-3-no-keepalive", LIVES (2), .play = repeat_frame, .first = 250,
      .data = "000300" },
  { "frame-length-5", LIVES (2), .play = repeat_frame, .first = 250, .data = "0005666666" },
  { "frame-length-5-first", BROKEN (1, NOT_OURS), .play = write_octets, .data = "0005666666 0005" },
  { "frame-marker-alone", LIVES (1), .play = repeat_frame, .first = 50, .data = "000600000000" },
  { "frame-length-65535-ike", LIVES (1), .play = write_largest, .data = "ffff 00000000" },
  { "frame-length-65535-esp", LIVES (2), .play = write_largest, .data = "ffff 66666666" },
  { "frame-marker-turned", LIVES (2), .play = turn_octet, .first = 5 },
  { "frame-one-by-one", LIVES (1), .play = one_by_one },
  { "frame-99-strangers", LIVES (2), .play = repeat_frame, .first = 99, .data = "000666666666" },
  { "frame-strangers", BROKEN (2, CORRUPT), .play = repeat_frame, .first = 200,
      .data = "000666666666" },
  { "frame-no-ike", BROKEN (2, CORRUPT), .play = repeat_frame, .first = 200,
      .data = "000a00000000 11223344" },
  { "frame-prefix", BROKEN (1, NOT_OURS), .play = write_text, .data = "IKETCPIKETCP" },
  { "frame-web-page", BROKEN (1, NOT_OURS), .play = write_text,
      .data = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" },
  { "frame-cut-0", BROKEN (1, CUT), .play = cut_frame, .first = 0 },
  { "frame-cut-1", BROKEN (1, CUT), .play = cut_frame, .first = 1 },
  { "frame-cut-2", BROKEN (1, CUT), .play = cut_frame, .first = 2 },
  { "frame-cut-in-marker", BROKEN (1, CUT), .play = cut_frame, .first = 4 },
  { "frame-cut-in-header", BROKEN (2, CUT), .play = cut_frame, .first = 20 },
  { "frame-cut-before-the-last", BROKEN (2, CUT), .play = cut_frame, .first = 1, .exchange = 1 },
  { "frame-reset", BROKEN (2, CUT), .play = cut_with_reset, .first = 60 },
};

const FaultTable faults_framing = { faults, G_N_ELEMENTS (faults) };
