/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"
#include "support/certificate.h"

/* The server's side of EAP-TLS and EAP-TTLS up to the tunnel, for tests: the library's own TLS, and
 * fragments that are written by hand. */
typedef struct _EapServer EapServer;

typedef struct {
  uint8_t type; /* 13 or 21 */
  bool tls13;
  bool wants_certificate; /* of the peer */
  size_t fragment; /* octets of data in a packet */
  const Certificate *certificate, *issuer;
  const Certificate *named; /* whose certificates it says it wants of the peer; NULL = anybody's */
} EapServerSpec;

EapServer *eap_server_new (const EapServerSpec *spec);
void eap_server_free (EapServer *server);

void eap_server_take (EapServer *server, GBytes *reply);
GBytes *eap_server_next (EapServer *server);
void eap_server_say (EapServer *server, Slice plain);

bool eap_server_knows_peer (const EapServer *server, Slice der);
bool eap_server_is_open (const EapServer *server);
Slice eap_server_heard (const EapServer *server);
unsigned int eap_server_fragments (const EapServer *server);
void eap_server_export (
    const EapServer *server, const char *label, Slice context, uint8_t *ret_key, size_t len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EapServer, eap_server_free)
