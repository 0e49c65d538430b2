/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/proxy.h"
#include "reach/attempts.h"
#include "reach/entry-policy.h"
#include "reach/link.h"
#include "reach/proxy-asker.h"
#include "reach/socket-source.h"

/* A place where the gateway, or its like, is looked for. The lists are of InetAddr and may be NULL. */
typedef struct {
  char *host; /* address literal or ASCII name */
  uint16_t port;
  GArray *addresses; /* where it is: DNS is not asked, and a proxy is told these */
  GArray *hosts; /* what /etc/hosts has for it; goes before DNS */
  GArray *last_good; /* where it answered last time; goes before both */
} EntryPoint;

/* Everything here is borrowed for the connector's life. */
typedef struct {
  const EntryPoint *entries; /* at least one, in the order to try them */
  size_t n_entries;
  const EntryPolicy *policy; /* which of them; told by whoever uses the links. NULL: ENTRY_STICKY */
  const GArray *nameservers; /* InetAddr */
  bool udp; /* instead of streams: neither a proxy nor TLS */
  uint16_t udp_port; /* of all entry points; 0 = each has its own */
  bool tls;
  const char *tls_name; /* what the certificate must say */
  const CryptoTrust *trust;
  TlsSeenFunc tls_seen; /* told what the server showed; may be NULL */
  void *tls_seen_data;
  const CryptoTrust *proxy_trust; /* for proxies behind TLS; NULL only where there can be none */
  ProxyAsker asker; /* ask may be NULL: nobody answers */
  int64_t address_delay_us; /* between two addresses of one; 0 = RFC 8305's */
  CryptoRandomFunc
      shuffle; /* the addresses that DNS has for one are tried in a random order; or NULL */
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
bool connector_go_on (Connector *connector, const GError *error);
GBytes *connector_unvouched_certificate (const Connector *connector);
void connector_set_further (Connector *connector, const char *const *hosts, ConnectorOrder order);
void connector_set_only (Connector *connector, size_t entry);
void connector_set_udp (Connector *connector, bool udp);
void connector_note_silent (Connector *connector, const GError *error);
bool connector_has_udp (const Connector *connector);
bool connector_hurries (const Connector *connector);
bool connector_is_busy (const Connector *connector);
bool connector_set_proxies (Connector *connector, const Proxy *list, size_t n);
const Proxy *connector_proxy (const Connector *connector);
const EntryPoint *connector_entry (const Connector *connector);
AttemptRecord *connector_take_record (Connector *connector);
size_t connector_entry_index (const Connector *connector);
void connector_keep_session (Connector *connector, Link *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Connector, connector_free)
