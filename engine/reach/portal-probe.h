/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "reach/portal.h"
#include "reach/socket-source.h"

/* All is copied, but `sockets.user`, which is borrowed for the probe's life. */
typedef struct {
  PortalQuestion question;
  uint16_t port;
  const char *target; /* what is asked for; NULL: a page that no site has */
  const char *url; /* where a browser is to be sent if the portal does not say */
  const GArray *nameservers; /* InetAddr */
  const GArray *hosts; /* InetAddr: where the host is, as far as that is known; goes before DNS */
  SocketSource sockets;
} PortalProbeConfig;

typedef struct _PortalProbe PortalProbe;

/* url: where a browser is to be sent, with PORTAL_FOUND, else NULL. The probe may be freed from inside. */
typedef void (*PortalProbeDoneFunc) (PortalVerdict verdict, const char *url, void *user_data);

PortalProbe *
portal_probe_new (const PortalProbeConfig *config, PortalProbeDoneFunc done, void *user_data);
void portal_probe_free (PortalProbe *probe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PortalProbe, portal_probe_free)
