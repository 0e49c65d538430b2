/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <time.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "crypto/trust.h"
#include "ike/question.h"

#define EAP_MAX_METHODS 4

/* The peer side of one EAP conversation (RFC 3748). */
typedef struct _Eap Eap;

/* Types of EAP packets: the methods, and what belongs to none. */
typedef enum {
  EAP_TYPE_NONE = 0,
  EAP_TYPE_IDENTITY = 1,
  EAP_TYPE_NOTIFICATION = 2,
  EAP_TYPE_NAK = 3,
  EAP_TYPE_MD5 = 4,
  EAP_TYPE_GTC = 6,
  EAP_TYPE_TLS = 13,
  EAP_TYPE_TTLS = 21,
  EAP_TYPE_MSCHAPV2 = 26,
} EapType;

/* What is spoken inside the tunnel of EAP-TTLS. */
typedef enum {
  EAP_INNER_EAP, /* EAP-MSCHAPv2, EAP-GTC or EAP-MD5, as the server asks */
  EAP_INNER_PAP,
  EAP_INNER_MSCHAPV2,
  EAP_INNER_EAP_MSCHAPV2,
  EAP_INNER_EAP_GTC,
  EAP_INNER_EAP_MD5,
} EapInner;

/* What the site says. */
typedef struct {
  EapType methods[EAP_MAX_METHODS]; /* allowed, the dearest first; EAP_TYPE_NONE ends them */
  EapInner inner;
  const char *anonymous; /* what EAP-Identity says outside of a tunnel; NULL = the user */
  const char *server_name; /* that the TLS server of EAP-TLS and EAP-TTLS must prove */
} EapOptions;

/* All of it is borrowed for the life of the conversation. */
typedef struct {
  EapOptions options;
  const char *user;
  CryptoRandomFunc random;
  time_t (*wall_clock) (void);
  const CryptoTrust *trust; /* for the TLS server; NULL = no TLS method */
  const CryptoSigner *signer; /* our certificate for EAP-TLS, or NULL */
  bool inside; /* of a tunnel whose server has proved itself */
} EapConfig;

typedef enum {
  EAP_REPLY, /* *ret_reply goes to the gateway */
  EAP_NEED_SECRET, /* ask eap_question (); go on with eap_provide_secret () */
  EAP_SUCCESS, /* EAP-Success, and the method agreed; eap_msk () is there if it makes one */
  EAP_FAILED, /* the error is set */
} EapResult;

Eap *eap_new (const EapConfig *config);
void eap_free (Eap *eap);
bool eap_must_stand_alone (Eap *eap);

EapResult eap_receive (Eap *eap, Slice packet, GBytes **ret_reply, GError **error);
EapResult eap_provide_secret (Eap *eap, const Secret *secret, GBytes **ret_reply, GError **error);
const IkeQuestion *eap_question (const Eap *eap);
const Secret *eap_msk (const Eap *eap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Eap, eap_free)
