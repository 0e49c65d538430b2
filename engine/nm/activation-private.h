/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/connectivity.h"
#include "host/network-monitor.h"
#include "host/sleep-watch.h"
#include "nm/activation.h"
#include "nm/key-holder.h"

#define ACTIVATION_DEVICE_SIZE 16 /* IF_NAMESIZE */

/* What activation.c and activation-secrets.c share. */
struct _Activation {
  /* what was asked for */
  Profile *profile; /* owned */
  uid_t uid; /* for whom things are remembered */
  const char *key_program; /* borrowed */
  GatewayMemory *memory; /* borrowed */
  gboolean can_ask; /* as long as NM is not told that the tunnel is up */
  ActivationCallbacks callbacks;
  gpointer user_data;

  /* owned */
  HostWorker *worker; /* NULL once it has ended */
  KeyHolder *key;
  GVariant *certificate; /* that the key has, once it is open */
  Secret *secrets[SITE_N_SECRETS]; /* that NM gave, by bit */
  HostConfiguration *configuration; /* that NM has */
  HostConfiguration *wanted; /* that waits for a stream to tell NM of */
  GError *refusal; /* why an answer was not given */
  NetworkMonitor *network; /* NULL where the kernel tells nothing */
  SleepWatch *sleep;
  ConnectivityWatch *connectivity;

  /* the device */
  char device[ACTIVATION_DEVICE_SIZE];
  int tun; /* -1 = there is none */
  InetAddr remote; /* of the stream: the gateway's address that NM was told, or a proxy's */
  guint uplink; /* index of the device that leads there */
  gboolean resolver_is_local, resolver_is_only_local; /* queries go to this machine itself */

  /* state */
  SiteSecret asked; /* a person is being asked for; 0 = none */
  gboolean stopping;
  gboolean awaits_portal, awaits_network; /* before anything can be tried */
  guint failed_attempts; /* to reach the gateway */
  guint late_timer;
};

void activation_refuse (Activation *self, VisitorError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void activation_want_secret (HostWorker *worker, const HostQuestion *question, gpointer user_data);
void activation_want_trust (HostWorker *worker, GVariant *question, gpointer user_data);
void activation_want_certificate (HostWorker *worker, gpointer user_data);
void activation_want_signature (
    HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data);
void activation_take_secrets (Activation *self, NMConnection *connection);

/* activation-attempts.c */
void activation_note_attempt (HostWorker *worker, const Attempt *attempt, gpointer user_data);
void activation_note_state (Activation *self, const char *state);
void activation_say_given_up (const Activation *self);
void activation_say_failed (const Activation *self, const GError *error);

/* activation-network.c */
char **activation_nameservers (Activation *self);
void activation_end_network (Activation *self);
