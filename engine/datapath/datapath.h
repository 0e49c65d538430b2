/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "esp/esp.h"
#include "reach/frame.h"

/* SAs held at once: during a rekey the old ones live on for a moment. */
#define DATAPATH_MAX_CHILDREN 8

typedef struct _Datapath Datapath;

typedef struct {
  uint64_t bytes_in, bytes_out; /* inner */
  uint64_t packets_in, packets_out;
  uint64_t drops[ESP_N_VERDICTS]; /* both directions */
} DatapathCounters;

typedef enum {
  DATAPATH_IDLE, /* the TUN has nothing more */
  DATAPATH_MORE, /* the budget is used up, the TUN is not */
  DATAPATH_STALLED, /* the stream takes nothing more: wait until it is writable */
  DATAPATH_BROKEN, /* the stream is over; error says why */
} DatapathStatus;

Datapath *datapath_new (unsigned int mtu);
void datapath_free (Datapath *datapath);

void datapath_set_tun (Datapath *datapath, int fd);
int datapath_tun (const Datapath *datapath);
void datapath_add_child (Datapath *datapath, EspSa *sa);
void datapath_add_inbound (Datapath *datapath, EspSa *sa);
size_t datapath_list_children (
    const Datapath *datapath, uint32_t ret_spis_in[static DATAPATH_MAX_CHILDREN]);
void datapath_use_child (Datapath *datapath, uint32_t spi_in);
void datapath_remove_child (Datapath *datapath, uint32_t spi_in);
void datapath_clear_children (Datapath *datapath);
void datapath_skip (Datapath *datapath, uint64_t n);
bool datapath_can_send (const Datapath *datapath);
bool datapath_wants_rekey (const Datapath *datapath);

DatapathStatus
datapath_send (Datapath *datapath, FrameStream *frames, unsigned int budget, GError **error);
EspVerdict datapath_receive (Datapath *datapath, uint8_t *packet, size_t len, bool was_congested);

const DatapathCounters *datapath_counters (const Datapath *datapath);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Datapath, datapath_free)
