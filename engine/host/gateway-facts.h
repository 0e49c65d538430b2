/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define GATEWAY_FACTS_WAYS 64
#define GATEWAY_FACTS_WAY_AGE (90 * 24 * 60 * 60) /* seconds */
#define GATEWAY_FACTS_ADDRESSES 256
#define GATEWAY_FACTS_ADDRESSES_OF_ONE 4
#define GATEWAY_FACTS_ADDRESS_AGE (24 * 60 * 60)
/* A time of note that is to come was made by a clock that was wrong, or is read by one: so much is borne with. */
#define GATEWAY_FACTS_CLOCK_ERROR (24 * 60 * 60)

typedef struct _GatewayFacts GatewayFacts;

GatewayFacts *gateway_facts_new (const char *text_or_null, gint64 now);
void gateway_facts_free (GatewayFacts *facts);
char *gateway_facts_to_text (const GatewayFacts *facts);

gboolean gateway_facts_note_address (
    GatewayFacts *facts, uid_t uid, const char *host, const char *address, gint64 now);
char **gateway_facts_addresses (const GatewayFacts *facts, uid_t uid, const char *host, gint64 now);
GVariant *gateway_facts_all_addresses (
    const GatewayFacts *facts, uid_t uid, const GPtrArray *hosts, gint64 now);

gboolean gateway_facts_note_way (GatewayFacts *facts, uid_t uid, const char *host,
    const char *network, const char *transport, gint64 now);
const char *gateway_facts_way (
    const GatewayFacts *facts, uid_t uid, const char *host, const char *network, gint64 now);

gboolean gateway_facts_forget (GatewayFacts *facts, uid_t uid, const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatewayFacts, gateway_facts_free)
