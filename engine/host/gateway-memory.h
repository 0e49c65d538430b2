/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct _GatewayMemory GatewayMemory;

/* Whose gateway it is about, and at which names its site looks for it; all borrowed. */
typedef struct {
  uid_t uid;
  const char *host; /* of the site's address */
  const GPtrArray *names; /* all that the site has, strings */
} GatewayMemoryKey;

GatewayMemory *gateway_memory_new (const char *file);
void gateway_memory_free (GatewayMemory *memory);
GVariant *gateway_memory_addresses (const GatewayMemory *memory, const GatewayMemoryKey *key);
char *gateway_memory_transport (const GatewayMemory *memory, const GatewayMemoryKey *key);
void
gateway_memory_note_address (GatewayMemory *memory, const GatewayMemoryKey *key, GVariant *status);
void gateway_memory_note_transport (
    GatewayMemory *memory, const GatewayMemoryKey *key, GVariant *status);
void gateway_memory_forget (GatewayMemory *memory, uid_t uid, const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatewayMemory, gateway_memory_free)
