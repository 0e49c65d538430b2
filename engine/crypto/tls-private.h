/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/gnutls.h>

#include "crypto/tls.h"

struct _TlsServerCredentials {
  gatomicrefcount refs;
  gnutls_certificate_credentials_t certificate;
  gnutls_datum_t ticket_key;
};

gnutls_session_t tls_stream_library (const TlsStream *stream);
