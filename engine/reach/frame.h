/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/slice.h"
#include "reach/link.h"
#include "wire/stream.h"

/* As much as one TLS record carries (RFC 8446 section 5.1): a batch of ESP frames is not longer. */
#define FRAME_BATCH_LEN 16384

typedef struct _FrameStream FrameStream;

typedef enum {
  FRAME_NONE, /* nothing whole is here: wait for the socket */
  FRAME_IKE,
  FRAME_ESP,
  FRAME_BROKEN, /* the stream is over; error says why */
} FrameType;

FrameStream *frame_stream_new (Link *link, bool knows_peer);
void frame_stream_free (FrameStream *frames);
Link *frame_stream_link (FrameStream *frames);
bool frame_stream_was_congested (const FrameStream *frames);
bool frame_stream_was_heard (const FrameStream *frames);

FrameType
frame_stream_next (FrameStream *frames, uint8_t **ret_body, size_t *ret_len, GError **error);

bool frame_stream_send_ike (FrameStream *frames, Slice message, GError **error);
uint8_t *frame_stream_esp_space (FrameStream *frames, size_t size);
void frame_stream_esp_commit (FrameStream *frames, size_t esp_len);
LinkStatus frame_stream_flush (FrameStream *frames, GError **error);
bool frame_stream_is_flushed (const FrameStream *frames);
bool frame_stream_can_take (const FrameStream *frames);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FrameStream, frame_stream_free)
