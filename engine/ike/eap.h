/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/random.h"

/* The peer side of one EAP conversation (RFC 3748). */
typedef struct _Eap Eap;

typedef enum {
  EAP_REPLY, /* *ret_reply goes to the gateway */
  EAP_NEED_PASSWORD, /* ask the user; go on with eap_provide_password () */
  EAP_SUCCESS, /* EAP-Success, and the method agreed: eap_msk () is there */
  EAP_FAILED, /* the error is set */
} EapResult;

Eap *eap_new (const char *user, CryptoRandomFunc random);
void eap_free (Eap *eap);

EapResult eap_receive (Eap *eap, Slice packet, GBytes **ret_reply, GError **error);
EapResult eap_provide_password (Eap *eap, Secret *password, GBytes **ret_reply, GError **error);
const Secret *eap_msk (const Eap *eap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Eap, eap_free)
