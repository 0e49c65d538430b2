/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/eap-private.h"

/* The TLS of EAP-TLS and EAP-TTLS. */
typedef struct _EapTunnel EapTunnel;

typedef enum {
  EAP_TUNNEL_REPLY, /* nothing to decide: *ret_reply goes to the server */
  EAP_TUNNEL_OPEN, /* the server has proved itself; a whole message of it was taken */
  EAP_TUNNEL_FAILED, /* the error is set */
} EapTunnelResult;

EapTunnel *eap_tunnel_new (EapType type, const char *name, const EapConfig *config);
void eap_tunnel_free (EapTunnel *tunnel);

EapTunnelResult
eap_tunnel_receive (EapTunnel *tunnel, uint8_t id, Slice data, GBytes **ret_reply, GError **error);
bool eap_tunnel_write (EapTunnel *tunnel, Slice plain, GError **error);
GBytes *eap_tunnel_reply (EapTunnel *tunnel);

Slice eap_tunnel_plain (const EapTunnel *tunnel);
bool eap_tunnel_is_tls13 (const EapTunnel *tunnel);
int eap_tunnel_refusal (const EapTunnel *tunnel);
Secret *eap_tunnel_msk (const EapTunnel *tunnel);
Secret *eap_tunnel_challenge (const EapTunnel *tunnel, size_t len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EapTunnel, eap_tunnel_free)
