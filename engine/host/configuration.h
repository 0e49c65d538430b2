/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "base/inet.h"

#define HOST_MIN_MTU 576
#define HOST_MIN_MTU_V6 1280 /* RFC 8200 section 5 */
#define HOST_MAX_MTU 9000

#define HOST_MAX_ADDRESSES 16
#define HOST_MAX_ROUTES 512
#define HOST_MAX_DNS 8
#define HOST_MAX_DOMAINS 64
#define HOST_MAX_BANNER_LEN 1000

/* What a gateway gave us, after every value of it was checked. */
typedef struct {
  GArray *addresses; /* InetPrefix, at least one; the length is the gateway's netmask */
  GArray *routes; /* InetPrefix, canonical, no two the same */
  GArray *dns; /* InetAddr, unicast */
  GPtrArray *domains; /* char *, lower case; "~name" routes queries only, "~." routes all */
  guint mtu;
  char *banner; /* a line of the gateway's for people, harmless to show; or NULL */
} HostConfiguration;

HostConfiguration *host_configuration_parse (GVariant *body, GError **error);
HostConfiguration *host_configuration_copy (const HostConfiguration *configuration);
void host_configuration_free (HostConfiguration *configuration);

gboolean host_configuration_equal (const HostConfiguration *a, const HostConfiguration *b);
gboolean host_configuration_has_family (const HostConfiguration *configuration, InetFamily family);
gboolean host_configuration_takes_all (const HostConfiguration *configuration);
GVariant *host_configuration_to_variant (const HostConfiguration *configuration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostConfiguration, host_configuration_free)
