/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "crypto/tls.h"
#include "fault.h"
#include "wire/stream.h"

/* A gateway that does one fault at a time, behind real streams: one client, one stream at a time. */
typedef struct {
  int listener;
  TlsServerCredentials *credentials; /* NULL: plain TCP */
  FILE *record; /* every octet that came, in the clear and decrypted; or NULL */
  const GatewayKey *key, *misnamed, *stranger, *outdated;

  const Fault *fault; /* NULL: it behaves */
  Responder *responder;
  bool played; /* what a fault has to do once */
  unsigned int n_proofs; /* that were told */

  int fd; /* of the stream; -1 = none */
  TlsStream *tls;
  GByteArray *backlog; /* that came while something was written */
  StreamDecoder in;
  bool one_by_one; /* each octet in a record of its own */
  unsigned int n_messages; /* IKE messages that were sent on all streams */
  Slice frame; /* that a fault of framing stands before */
} Rogue;

extern const FaultTable faults_framing, faults_lost;

void rogue_write (Rogue *rogue, Slice octets);
void rogue_hang_up (Rogue *rogue);
void rogue_reset (Rogue *rogue);
bool rogue_accept (Rogue *rogue);
bool rogue_read (Rogue *rogue);

void rogue_echo (Rogue *rogue, Slice packet);
