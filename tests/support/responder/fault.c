/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault: the tables as one, and how one is set up. */
#include "fault.h"

#include <string.h>

#include "support/hex.h"

static const FaultTable *const tables[] = {
  &faults_init,
  &faults_auth,
  &faults_child,
  &faults_eap,
  &faults_fragment,
  &faults_up,
  &faults_esp,
};

/* The faults that a session in the same process can be played, one after the other; NULL behind the
 * last. */
const Fault *
fault_at (size_t i)
{
  for (size_t t = 0; t < G_N_ELEMENTS (tables); t++) {
    if (i < tables[t]->n)
      return &tables[t]->at[i];
    i -= tables[t]->n;
  }
  return NULL;
}

const Fault *
fault_find (const char *name)
{
  const Fault *fault;
  for (size_t i = 0; (fault = fault_at (i)) != NULL; i++) {
    if (strcmp (fault->name, name) == 0)
      return fault;
  }
  return NULL;
}

const char *
fault_phase_to_string (FaultPhase phase)
{
  switch (phase) {
  case FAULT_FRAMING: return "framing";
  case FAULT_INIT: return "init";
  case FAULT_AUTH: return "auth";
  case FAULT_EAP: return "eap";
  case FAULT_UP: return "up";
  case FAULT_ESP: return "esp";
  }
  return "?";
}

/* The gateway will do it; fault->play is the caller's, when the tunnel is up. */
void
fault_prepare (Responder *r, const Fault *fault)
{
  r->fault = fault;
  r->init_script = fault->init;
  r->script = fault->script;
  r->child_script = fault->child;
  r->eap_script = fault->eap;
  if (fault->prepare != NULL)
    fault->prepare (r, fault);
}

const Fault *
fault_of (const Responder *r)
{
  return r->fault;
}

/* Puts payloads behind those that stand in the chain already; nothing can follow them. */
void
fault_append (IkeChain *chain, uint8_t first, Slice payloads)
{
  if (chain->next_at == SIZE_MAX)
    chain->first = first;
  else
    builder_patch_u8 (&chain->b, chain->next_at, first);
  builder_slice (&chain->b, payloads);
}

void
fault_append_hex (IkeChain *chain, uint8_t first, const char *payloads)
{
  g_autoptr (GBytes) bytes = hex_to_bytes (payloads);
  fault_append (chain, first, slice_of_bytes (bytes));
}
