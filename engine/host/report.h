/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"
#include "base/proxy.h"
#include "base/signature-scheme.h"
#include "host/configuration.h"
#include "host/protocol/message.h"

/* One message of a worker as a checked value; which fields are set depends on the type. */
typedef struct {
  MessageType type;
  guint32
      number; /* WANT_SOCKET, WANT_SIGNATURE, WANT_PROXY_SECRET: request; WANT_SECRET: attempt */
  guint32 attempt; /* WANT_PROXY_SECRET */
  Proxy proxy; /* WANT_PROXY_SECRET */
  InetFamily family; /* WANT_SOCKET */
  int socket_type; /* WANT_SOCKET */
  InetAddr local, remote; /* PATH */
  char *kind; /* WANT_SECRET, WANT_PROXY_SECRET: kind; STATE: state */
  char *text; /* WANT_SECRET: the gateway's own, or ""; WANT_PROXY_SECRET: realm, escaped */
  char *detail; /* WANT_SECRET, WANT_PROXY_SECRET: user; STATE, LOG and FAILED: text; PORTAL: URL */
  GVariant *question; /* WANT_TRUST and KEY_CHANGED: its keys alone, text escaped */
  SignatureScheme scheme; /* WANT_SIGNATURE */
  GBytes *octets; /* WANT_SIGNATURE: what to sign */
  HostConfiguration *configuration; /* CONFIGURE */
  GVariant *status; /* STATUS: known keys alone */
  Attempt *tried; /* ATTEMPT */
  GVariant *finding; /* FINDING: known keys alone, text escaped */
  GLogLevelFlags level; /* LOG */
  VisitorError code; /* FAILED */
} HostReport;

gboolean host_report_parse (const Message *message, HostReport *ret_report, GError **error);
void host_report_clear (HostReport *report);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HostReport, host_report_clear)
