/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"
#include "crypto/trust.h"
#include "reach/proxy-asker.h"
#include "reach/socket-source.h"
#include "site/site.h"

typedef struct _DiagnosisWay DiagnosisWay;

/* What is borrowed has to outlive the way. */
typedef struct {
  const Site *site; /* borrowed */
  const CryptoTrust *system; /* borrowed; the machine's CAs, or NULL */
  const CryptoTrust *proxy_trust; /* borrowed */
  const GArray *nameservers; /* borrowed; InetAddr, for a proxy's name */
  ProxyAsker asker;
  SocketSource sockets;
  uint32_t number;
  Proxy proxy; /* PROXY_DIRECT: none */
  const char *host; /* of the entry point; copied */
  uint16_t port;
  InetAddr address; /* of the entry point; through a proxy INET_NONE */
  AttemptTransport transport;
} DiagnosisWayConfig;

/* finding: as MESSAGE_FINDING has it, floating. The way may be freed later, not from inside. */
typedef void (*DiagnosisWayEndedFunc) (GVariant *finding, void *user_data);

DiagnosisWay *diagnosis_way_new (
    const DiagnosisWayConfig *config, DiagnosisWayEndedFunc ended, void *user_data, GError **error);
void diagnosis_way_free (DiagnosisWay *way);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiagnosisWay, diagnosis_way_free)
