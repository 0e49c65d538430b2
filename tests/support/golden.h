/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

/* A recorded session: see golden/README.md. */
typedef struct _Golden Golden;

typedef struct {
  bool from_initiator;
  bool is_ike;
  Slice body; /* without the non-ESP marker: an IKE message, or an ESP packet from its SPI */
} GoldenMessage;

Golden *golden_open (const char *name);
void golden_free (Golden *golden);

size_t golden_n_messages (const Golden *golden);
GoldenMessage golden_message (const Golden *golden, size_t nth);
GoldenMessage
golden_ike (const Golden *golden, bool from_initiator, uint8_t exchange, uint32_t message_id);
Slice golden_secret (const Golden *golden, const char *kind, size_t nth);
size_t golden_n_secrets (const Golden *golden, const char *kind);
char *golden_ca_pem (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Golden, golden_free)
