/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <time.h>

#include "base/slice.h"

/* A certificate of a test gateway and its key. */
typedef struct _GatewayKey GatewayKey;

GatewayKey *gateway_key_new (const char *name, time_t not_before, time_t not_after);
void gateway_key_free (GatewayKey *key);
Slice gateway_key_cert (const GatewayKey *key);
const char *gateway_key_ca_pem (const GatewayKey *key);
GBytes *gateway_key_sign (const GatewayKey *key, Slice octets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatewayKey, gateway_key_free)
