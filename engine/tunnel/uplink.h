/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "datapath/datapath.h"
#include "ike/session.h"
#include "reach/connector.h"

typedef struct _Uplink Uplink;

/* All are called from the main loop; the uplink may be closed or told to connect from inside. */
typedef struct {
  void (*up) (void *user_data);
  /* It could not be reached (was_up false) or was lost; closed by now. */
  void (*down) (const GError *error, bool was_up, void *user_data);
  void (*ike) (Slice message, void *user_data);
  void (*esp) (void *user_data); /* authentic packets have come */
  void (*tun_lost) (void *user_data);
} UplinkHandlers;

Uplink *uplink_new (const ConnectorConfig *config, Datapath *datapath,
    const UplinkHandlers *handlers, void *user_data);
void uplink_free (Uplink *uplink);

void uplink_connect (Uplink *uplink, gint64 at, bool knows_peer);
void uplink_close (Uplink *uplink);
void uplink_blame (Uplink *uplink, const GError *error);
void uplink_set_further (Uplink *uplink, const char *const *hosts, ConnectorOrder order);
void uplink_set_only (Uplink *uplink, size_t entry);
void uplink_overtake (Uplink *uplink);
void uplink_doubt (Uplink *uplink, const GError *error);
void uplink_believe (Uplink *uplink);
void uplink_pass_over (Uplink *uplink, const GError *error);
bool uplink_has_udp (const Uplink *uplink);
void uplink_set_udp (Uplink *uplink, bool udp);
void uplink_give_up (Uplink *uplink, GError *error);
void uplink_set_proxies (Uplink *uplink, const Proxy *list, size_t n);
const Proxy *uplink_proxy (const Uplink *uplink);
const EntryPoint *uplink_entry (const Uplink *uplink);
bool uplink_go_on (Uplink *uplink, const GError *error);
size_t uplink_entry_index (const Uplink *uplink);
bool uplink_is_up (const Uplink *uplink);
GBytes *uplink_unvouched_certificate (const Uplink *uplink);
bool uplink_path (const Uplink *uplink, IkePath *ret_path);
char *uplink_describe (const Uplink *uplink);
const char *uplink_transport (const Uplink *uplink);

void uplink_send_ike (Uplink *uplink, Slice message);
void uplink_set_tun (Uplink *uplink, int fd);
void uplink_own_tun (Uplink *uplink, bool own);
void uplink_set_handlers (Uplink *uplink, const UplinkHandlers *handlers, void *user_data);
void uplink_allow_esp (Uplink *uplink, bool allow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Uplink, uplink_free)
