/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "crypto/tls.h"
#include "responder.h"
#include "wire/stream.h"

/* What becomes of an IKE_SA_INIT that comes by UDP, or by a stream. */
typedef enum {
  MOOD_ANSWERS,
  MOOD_SILENT,
  MOOD_REFUSES, /* NO_PROPOSAL_CHOSEN */
  MOOD_REFUSES_ONCE, /* and answers the second */
  MOOD_SENDS_ON, /* REDIRECT, to GATEWAY_ELSEWHERE */
  MOOD_MUMBLES, /* IKE that makes no sense */
  MOOD_SHOUTS, /* it is no gateway: over a stream HTTP */
  MOOD_HANGS_UP, /* a reset, over a stream, whatever comes */
} Mood;

#define GATEWAY_ELSEWHERE "192.0.2.99"

typedef struct _Stream Stream;

/* The scripted gateway (Responder) behind real sockets on the loopback, all of one thread and main loop. */
typedef struct {
  Responder *responder;
  Mood udp, tcp; /* may be changed at any time */
  TlsServerCredentials *credentials; /* streams are of TLS; NULL = plain. Owned */
  unsigned int n_datagrams, n_streams; /* that have come, IKE_SA_INIT and all else */
  unsigned int n_inits;
  unsigned int n_goodbyes; /* DELETE of the IKE SA */
  GString *heard; /* "u" or "s" for each message behind IKE_SA_INIT */

  int listener;
  int sockets[2]; /* UDP: without markers, and with; or -1 */
  guint sources[3]; /* of these three */
  GPtrArray *streams; /* Stream */
  Stream *stream; /* that the last message came by; NULL = UDP, or it has ended */
  bool is_taking; /* that message */
  int from; /* or by which of the sockets */
  struct sockaddr_storage peer;
  socklen_t peer_len;
} Gateway;

void gateway_init (
    Gateway *gateway, const char *address, uint16_t udp_port, uint16_t nat_port, uint16_t tcp_port);
void gateway_clear (Gateway *gateway);
uint16_t gateway_port (const Gateway *gateway);
void gateway_stop_listening (Gateway *gateway, bool udp, bool tcp);
void gateway_reset_streams (Gateway *gateway);
void gateway_say (Gateway *gateway, Slice message);
void gateway_use_tls (Gateway *gateway, const char *name, CryptoTrust **ret_trust);
