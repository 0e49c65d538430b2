/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "crypto/tls.h"

bool tls_stream_is_tls13 (const TlsStream *stream);
Secret *tls_stream_export (const TlsStream *stream, const char *label, Slice context, size_t len);
