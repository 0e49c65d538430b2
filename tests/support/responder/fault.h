/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "responder.h"

/* Something that no honest gateway does. One table of them is played to a session in the same process
 * (tests/unit/ike/test-faults.c) and to the real client through a live stream (rogue-gateway). */
typedef struct _Fault Fault;

typedef enum {
  FAULT_FRAMING, /* the stream itself; through a live one alone */
  FAULT_INIT, /* IKE_SA_INIT: nobody is anybody yet */
  FAULT_AUTH, /* IKE_AUTH: the gateway's proof and what it gives */
  FAULT_EAP, /* the gateway has proved itself and asks for the user's proof */
  FAULT_UP, /* both have proved themselves: requests */
  FAULT_ESP, /* and packets */
} FaultPhase;

#define FAULT_LIVES (-1)

struct _Fault {
  const char *name;
  FaultPhase phase;
  IkeAuthMethod auth;

  /* how: knobs and scripts of the Responder, set before the first message */
  void (*prepare) (Responder *r, const Fault *fault);
  void (*init) (Responder *r, IkeChain *answer);
  ResponderScript script;
  void (*child) (Responder *r, IkeChain *answer);
  const char *const *eap;
  void (*play) (Responder *r, const Fault *fault); /* once the tunnel is up */
  uint8_t exchange, first; /* of the message that is made of data */
  const char *data; /* mostly hex */
  unsigned int number;

  /* what the client must do */
  int code; /* the VisitorError that it ends with; FAULT_LIVES: it goes on as if nothing was */
  const char *says; /* what the one line about it says; of ESP the name of the counter */
  uint16_t notify; /* the error in its answer to the last request; 0 = none */
  bool sends_proof; /* it has proved itself to the gateway, before or in spite of this */
};

typedef struct {
  const Fault *at;
  size_t n;
} FaultTable;

extern const FaultTable faults_init, faults_auth, faults_child, faults_eap, faults_fragment,
    faults_up, faults_esp;

const Fault *fault_at (size_t i);
const Fault *fault_find (const char *name);
const char *fault_phase_to_string (FaultPhase phase);
void fault_prepare (Responder *r, const Fault *fault);

/* for the tables */
const Fault *fault_of (const Responder *r);
void fault_append (IkeChain *chain, uint8_t first, Slice payloads);
void fault_append_hex (IkeChain *chain, uint8_t first, const char *payloads);
