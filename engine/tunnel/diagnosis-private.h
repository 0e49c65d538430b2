/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/alarm.h"
#include "reach/dns.h"
#include "reach/portal-probe.h"
#include "tunnel/diagnosis.h"
#include "tunnel/diagnosis-way.h"
#include "tunnel/proxy-secrets.h"

/* What the files called diagnosis share. */

/* A host name that is asked for. */
typedef struct {
  Diagnosis *diagnosis; /* borrowed */
  char *host;
  DnsLookup *lookup;
  gint64 began;
  guint waiting; /* families */
  GArray *addresses; /* InetAddr */
  guint32 ms; /* until the last answer */
} DiagnosisName;

/* A way that waits to be gone. */
typedef struct {
  Proxy proxy;
  const SiteAddress *entry; /* of the site */
  AttemptTransport transport;
  InetAddr address;
  guint32 looked_for_ms; /* where there is no address */
} Plan;

struct _Diagnosis {
  Start *start; /* owned */
  const CryptoTrust *system; /* borrowed */
  Control *control; /* borrowed */
  SessionOverFunc over;
  void *user_data;

  CryptoTrust *proxy_trust;
  ProxySecrets *proxy_secrets;
  Proxy proxies[PROXY_LIST_MAX];
  size_t n_proxies;
  PortalProbe *portal; /* while the network is asked for one */
  GPtrArray *names; /* DiagnosisName, owned */
  GArray *plans; /* Plan */
  GPtrArray *ways; /* DiagnosisWay, owned, those that were begun */
  guint next_plan, running;
  Alarm *alarm; /* the next step */
  bool planned, is_over;
};

/* diagnosis.c */
void diagnosis_tell (Diagnosis *diagnosis, GVariant *finding);
const SiteAddress *diagnosis_entry_at (const Diagnosis *diagnosis, guint i);
guint diagnosis_n_entries (const Diagnosis *diagnosis);

/* diagnosis-names.c */
void diagnosis_ask_for_names (Diagnosis *diagnosis);
void diagnosis_ask_for_portal (Diagnosis *diagnosis);
bool diagnosis_awaits_names (const Diagnosis *diagnosis);
const DiagnosisName *diagnosis_find_name (const Diagnosis *diagnosis, const char *host);
void diagnosis_name_free (gpointer name);
