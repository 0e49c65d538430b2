/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define VISITOR_ERROR (visitor_error_quark ())

/* Stable codes: scripts, D-Bus names and translated sentences hang on them. Append, never renumber.
 * The D-Bus name and the exit code of each stand in error.c. */
typedef enum {
  VISITOR_ERROR_FAILED,
  VISITOR_ERROR_CANCELLED,
  /* site */
  VISITOR_ERROR_SITE_INVALID,
  VISITOR_ERROR_SITE_NOT_FOUND,
  VISITOR_ERROR_SITE_EXISTS,
  VISITOR_ERROR_STORAGE,
  /* the way to the gateway */
  VISITOR_ERROR_NAME_NOT_FOUND,
  VISITOR_ERROR_UNREACHABLE,
  VISITOR_ERROR_REFUSED,
  VISITOR_ERROR_TIMED_OUT,
  VISITOR_ERROR_TLS,
  VISITOR_ERROR_TLS_UNTRUSTED,
  VISITOR_ERROR_TLS_WRONG_NAME,
  VISITOR_ERROR_TLS_EXPIRED,
  VISITOR_ERROR_NOT_VISITOR_MODE,
  VISITOR_ERROR_STREAM_CLOSED,
  /* IKE */
  VISITOR_ERROR_PROTOCOL,
  VISITOR_ERROR_PROPOSAL_REFUSED,
  VISITOR_ERROR_GATEWAY_UNTRUSTED,
  VISITOR_ERROR_GATEWAY_WRONG_NAME,
  VISITOR_ERROR_GATEWAY_EXPIRED,
  VISITOR_ERROR_GATEWAY_SIGNATURE,
  VISITOR_ERROR_AUTH_REFUSED,
  VISITOR_ERROR_PASSWORD_REFUSED,
  VISITOR_ERROR_METHOD_UNSUPPORTED,
  VISITOR_ERROR_NO_ADDRESS,
  VISITOR_ERROR_CHILD_REFUSED,
  VISITOR_ERROR_TRAFFIC_REFUSED,
  VISITOR_ERROR_PEER_SILENT,
  VISITOR_ERROR_DELETED_BY_GATEWAY,
  /* the machine */
  VISITOR_ERROR_NETWORK_SETUP,
  VISITOR_ERROR_DNS_SETUP,
  VISITOR_ERROR_WORKER_DIED,
  VISITOR_ERROR_ENGINE_UNAVAILABLE,
  VISITOR_ERROR_NOT_AUTHORIZED,
  VISITOR_ERROR_NO_SECRET,
  VISITOR_ERROR_NOT_CONNECTED,
  VISITOR_ERROR_BUSY,
  VISITOR_ERROR_INVALID_REQUEST,
  /* revocation, of the TLS certificate or the gateway's */
  VISITOR_ERROR_CERTIFICATE_REVOKED,
  VISITOR_ERROR_REVOCATION_UNKNOWN,
  /* signing in, more of it */
  VISITOR_ERROR_CODE_REFUSED,
  VISITOR_ERROR_PASSWORD_EXPIRED,
  VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED,
  /* keys and sign-ins that run out */
  VISITOR_ERROR_KEYS_EXPIRED,
  VISITOR_ERROR_SIGN_IN_EXPIRED,
  /* our own certificate and its key */
  VISITOR_ERROR_CERTIFICATE_REFUSED,
  VISITOR_ERROR_CERTIFICATE_EXPIRED,
  VISITOR_ERROR_CERTIFICATE_UNUSABLE,
  VISITOR_ERROR_KEY_MISMATCH,
  VISITOR_ERROR_PASSPHRASE_WRONG,
  VISITOR_ERROR_TOKEN_MISSING,
  VISITOR_ERROR_PIN_WRONG,
  VISITOR_ERROR_PIN_LOCKED,
  VISITOR_ERROR_NO_SIGNATURE,
  VISITOR_ERROR_TRUST_DECLINED, /* the person was asked about the gateway's key */
  /* a post-quantum preshared key */
  VISITOR_ERROR_PPK_UNUSED,
  VISITOR_ERROR_PPK_UNUSABLE,
  /* an IKE SA that is no more, and a gateway that is another */
  VISITOR_ERROR_SA_LOST,
  VISITOR_ERROR_REDIRECT_LOOP,
  VISITOR_ERROR_KEY_CHANGED, /* the gateway's key is another one than the site has pinned */
  /* a proxy on the way to the gateway */
  VISITOR_ERROR_PROXY_UNREACHABLE, /* itself */
  VISITOR_ERROR_PROXY_TLS, /* its own certificate, or the handshake with it */
  VISITOR_ERROR_PROXY_PROTOCOL, /* it is none, or not of this kind */
  VISITOR_ERROR_PROXY_AUTH_REQUIRED, /* and nobody gave what it asks for */
  VISITOR_ERROR_PROXY_AUTH_REFUSED,
  VISITOR_ERROR_PROXY_REFUSED, /* this port, or this gateway */
  VISITOR_ERROR_PROXY_NO_WAY, /* it does not reach the gateway */
  /* the way out of this machine that the site names */
  VISITOR_ERROR_NO_INTERFACE, /* there is none of that name */
  VISITOR_ERROR_NO_SOURCE_ADDRESS, /* it is none of this machine's */
  VISITOR_ERROR_N_CODES,
} VisitorError;

GQuark visitor_error_quark (void);
const char *visitor_error_name (VisitorError code);
gboolean visitor_error_from_name (const char *name, VisitorError *ret_code);
