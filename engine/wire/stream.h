/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* RFC 9329 section 3: the stream that carries IKE and ESP over TCP. */
#define STREAM_PREFIX_LEN 6
#define STREAM_LENGTH_LEN 2
#define STREAM_MARKER_LEN 4
#define STREAM_MAX_BODY 65533
#define STREAM_BUFFER_LEN (STREAM_LENGTH_LEN + STREAM_MAX_BODY)

extern const uint8_t stream_prefix[STREAM_PREFIX_LEN];

typedef enum {
  STREAM_MORE, /* nothing whole yet: feed more */
  STREAM_IKE, /* *ret_body is an IKE message, without length and marker */
  STREAM_ESP, /* *ret_body is an ESP packet, from its SPI */
  STREAM_BAD_PREFIX, /* fatal: the stream is not RFC 9329 */
  STREAM_BAD_LENGTH, /* fatal: length 0 or 1 */
} StreamVerdict;

typedef struct {
  uint8_t buffer[STREAM_BUFFER_LEN];
  size_t len; /* octets in buffer */
  size_t pos; /* octets of buffer already handed out */
  bool expects_prefix;
  bool failed;
} StreamDecoder;

void stream_decoder_init (StreamDecoder *d, bool expects_prefix);
uint8_t *stream_decoder_space (StreamDecoder *d, size_t *ret_size);
void stream_decoder_filled (StreamDecoder *d, size_t n);
StreamVerdict stream_decoder_next (StreamDecoder *d, Slice *ret_body);

size_t stream_frame_len (bool is_ike, size_t body_len);
size_t stream_write_ike (uint8_t *buf, size_t size, Slice ike_message);
bool stream_write_esp_header (uint8_t *at, size_t esp_len);
