/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/tls.h"

/* The socket of a client, and TLS on it where the client came with that. */
typedef struct {
  int fd; /* owned */
  TlsStream *tls; /* owned; NULL on a plain stream, and before the first octet */
} ClientStream;

bool client_stream_begin_tls (ClientStream *stream, TlsServerCredentials *credentials);
TlsStatus client_stream_read (ClientStream *stream, void *buf, size_t size, size_t *ret_len);
TlsStatus client_stream_write (ClientStream *stream, const void *data, size_t len, size_t *ret_len);
bool client_stream_wants_write (const ClientStream *stream);
size_t client_stream_pending (const ClientStream *stream);
void client_stream_finish (ClientStream *stream);
bool client_stream_drain (ClientStream *stream);
void client_stream_clear (ClientStream *stream);
