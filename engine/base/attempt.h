/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "base/inet.h"
#include "base/proxy.h"

#define ATTEMPT_HOST_MAX 253
#define ATTEMPT_DETAIL_MAX 512
#define ATTEMPTS_KEPT 32 /* of one connection */

/* What the stream is made of below the frames. */
typedef enum {
  ATTEMPT_OVER_TLS,
  ATTEMPT_OVER_TCP,
  ATTEMPT_OVER_UDP,
  ATTEMPT_N_TRANSPORTS,
} AttemptTransport;

/* In the order in which a way is gone; one that has nothing to do is left out. */
typedef enum {
  ATTEMPT_LOOKUP, /* the name of the gateway, or of the proxy */
  ATTEMPT_TCP,
  ATTEMPT_PROXY, /* until it has made the tunnel */
  ATTEMPT_TLS, /* with the gateway */
  ATTEMPT_IKE, /* until the gateway's first word */
  ATTEMPT_N_STAGES,
} AttemptStage;

/* One way to the gateway that was tried, from its first step to its end; a plain value. Attempts that ran
 * at the same time overlap; they stand in the order in which they ended. */
typedef struct {
  uint32_t number; /* of the connection's, from 1, in the order in which they began */
  Proxy proxy; /* PROXY_DIRECT: none */
  char host[ATTEMPT_HOST_MAX + 1]; /* of the entry point */
  uint16_t port;
  InetAddr address; /* whose connection stood: the gateway's, or the proxy's; INET_NONE: none did */
  AttemptTransport transport;
  AttemptStage stage; /* the last one that was begun */
  int64_t stage_ms[ATTEMPT_N_STAGES]; /* what each took; -1: it was not begun */
  uint32_t ms; /* all in all */
  bool worked;
  VisitorError code; /* why not; CANCELLED: another way was first */
  char detail[ATTEMPT_DETAIL_MAX + 1]; /* the same for a log, one line; "" where it worked */
} Attempt;

const char *attempt_transport_to_string (AttemptTransport transport);
const char *attempt_stage_to_string (AttemptStage stage);

void attempt_init (Attempt *attempt, const Proxy *proxy, const char *host, uint16_t port);
void attempt_set_detail (Attempt *attempt, const char *text);
GVariant *attempt_to_variant (const Attempt *attempt);
bool attempt_from_variant (GVariant *dictionary, Attempt *ret_attempt);
