/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/proxy.h"
#include "reach/attempts.h"
#include "reach/link.h"
#include "reach/proxy-asker.h"
#include "reach/socket-source.h"

typedef struct {
  char *host; /* address literal or ASCII name */
  uint16_t port;
} EntryPoint;

/* Everything here is borrowed for the connector's life. */
typedef struct {
  const EntryPoint *entries; /* at least one, in the order to try them */
  size_t n_entries;
  const GArray *nameservers; /* InetAddr */
  const GArray
      *hosts; /* InetAddr: what /etc/hosts has for the first entry point; goes before DNS */
  const GArray *last_good; /* InetAddr: where the first entry point answered last time */
  bool udp; /* instead of streams: neither a proxy nor TLS */
  uint16_t udp_port; /* of all entry points; 0 = each has its own */
  bool tls;
  const char *tls_name; /* what the certificate must say */
  const CryptoTrust *trust;
  TlsSeenFunc tls_seen; /* told what the server showed; may be NULL */
  void *tls_seen_data;
  const CryptoTrust *proxy_trust; /* for proxies behind TLS; NULL only where there can be none */
  ProxyAsker asker; /* ask may be NULL: nobody answers */
  SocketSource sockets;
  Attempts *attempts; /* told of each way that was tried; NULL: nobody wants to know */
} ConnectorConfig;

typedef enum {
  CONNECTOR_BEHIND, /* all the others */
  CONNECTOR_FIRST, /* before all the others */
  CONNECTOR_ONLY, /* and nothing else, until a link stood */
} ConnectorOrder;

typedef struct _Connector Connector;

/* link: open, the receiver's; NULL when no entry point could be reached, and then error says why.
 * The connector may be started, stopped or freed from inside. */
typedef void (*ConnectorDoneFunc) (Link *link, const GError *error, void *user_data);

Connector *connector_new (const ConnectorConfig *config, ConnectorDoneFunc done, void *user_data);
void connector_free (Connector *connector);
void connector_start (Connector *connector);
void connector_stop (Connector *connector);
GBytes *connector_unvouched_certificate (const Connector *connector);
void connector_set_further (Connector *connector, const char *const *hosts, ConnectorOrder order);
void connector_set_udp (Connector *connector, bool udp);
void connector_note_silent (Connector *connector, const GError *error);
bool connector_is_busy (const Connector *connector);
bool connector_set_proxies (Connector *connector, const Proxy *list, size_t n);
const Proxy *connector_proxy (const Connector *connector);
const EntryPoint *connector_entry (const Connector *connector);
AttemptRecord *connector_take_record (Connector *connector);
void connector_keep_session (Connector *connector, Link *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Connector, connector_free)
