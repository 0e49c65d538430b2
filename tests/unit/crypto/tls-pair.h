/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "crypto/tls.h"

#define NAME "gateway.example.test"
#define DAY (24 * 60 * 60)

typedef struct {
  GByteArray *octets;
  size_t capacity;
  size_t per_call;
  bool ended;
  int error;
} Pipe;

typedef struct {
  Pipe *out, *in;
} End;

typedef struct {
  gnutls_x509_crt_t cert;
  gnutls_x509_privkey_t key;
} Identity;

typedef struct {
  Pipe up, down;
  End client_end, server_end;
  TlsStream *client, *server;
  GError *client_error, *server_error;
} Pair;

/* Made by begin_identities (). */
extern Identity ca, other_ca;
extern CryptoTrust *trust, *other_trust;
extern TlsServerCredentials *good;

ssize_t pipe_push (void *user, const void *data, size_t len);
ssize_t pipe_pull (void *user, void *buf, size_t size);
Identity new_identity (const char *name, const Identity *issuer, time_t from, time_t to);
void identity_clear (Identity *id);
char *cert_pem (const Identity *id);
char *key_pem (const Identity *id);
TlsServerCredentials *
new_credentials (const char *name, const Identity *issuer, int from_days, int to_days);
void pair_init (Pair *pair, TlsServerCredentials *credentials, const CryptoTrust *believed,
    const char *expected, GBytes *resume);
void pair_clear (Pair *pair);
TlsStatus pair_handshake (Pair *pair);
void send_text (TlsStream *from, TlsStream *to, const char *text);

void begin_identities (void);
void end_identities (void);
