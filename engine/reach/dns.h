/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "reach/dns-message.h"
#include "reach/socket-source.h"

typedef struct _DnsLookup DnsLookup;

/* Called once for each family. The lookup must not be freed from inside. */
typedef void (*DnsAnsweredFunc) (
    InetFamily family, DnsVerdict verdict, const InetAddr *addrs, size_t n, void *user_data);

DnsLookup *dns_lookup_new (const char *name, const GArray *nameservers, const SocketSource *sockets,
    DnsAnsweredFunc answered, void *user_data);
const InetAddr *dns_lookup_server (const DnsLookup *lookup, InetFamily family);
void dns_lookup_free (DnsLookup *lookup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DnsLookup, dns_lookup_free)
