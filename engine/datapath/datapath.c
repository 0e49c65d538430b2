/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datapath: TUN -> ESP -> frames, and back.
 *
 * Out: a packet is read from the TUN to where it will be sent from, behind room for the frame's
 * length and the ESP header; it is sealed there, the next follows behind it, and a full batch leaves
 * as one TLS record. In: a frame is opened where it was read and written to the TUN. No packet is
 * copied, logged, locked or allocated for. When the stream takes no more, the TUN is not read: its
 * queue fills, the kernel drops, and inner TCP slows down, which is what RFC 9329 section 9.1 wants
 * of a tunnel over TCP. */
#include "datapath/datapath.h"

#include <unistd.h>

#include "esp/ecn.h"

typedef struct {
  EspSa *sa; /* owned */
  bool is_unused; /* the gateway is not known to have it: not sent with yet */
} Child;

struct _Datapath {
  int tun; /* owned, or -1 */
  unsigned int mtu;
  Child children[DATAPATH_MAX_CHILDREN]; /* the one that is sent with first */
  size_t n_children;
  DatapathCounters counters;
};

/* mtu: the largest inner packet, as the TUN has it. */
Datapath *
datapath_new (unsigned int mtu)
{
  Datapath *self = g_new0 (Datapath, 1);
  self->tun = -1;
  self->mtu = mtu;
  return self;
}

void
datapath_free (Datapath *datapath)
{
  if (datapath == NULL)
    return;
  datapath_set_tun (datapath, -1);
  datapath_clear_children (datapath);
  g_free (datapath);
}

/* Takes a non-blocking TUN descriptor without packet information (IFF_NO_PI) instead of the one it
 * has; -1 for none. */
void
datapath_set_tun (Datapath *datapath, int fd)
{
  if (datapath->tun >= 0)
    close (datapath->tun);
  datapath->tun = fd;
}

/* Borrowed; -1 for none. */
int
datapath_tun (const Datapath *datapath)
{
  return datapath->tun;
}

/* Puts it at `at`, which is no hole; the last goes if there are too many. */
static void
insert (Datapath *self, size_t at, Child child)
{
  size_t last = MIN (self->n_children, DATAPATH_MAX_CHILDREN - 1);
  if (self->n_children == DATAPATH_MAX_CHILDREN)
    esp_sa_free (self->children[last].sa);
  for (size_t i = last; i > at; i--)
    self->children[i] = self->children[i - 1];
  self->children[at] = child;
  self->n_children = last + 1;
}

/* Takes a CHILD_SA: from now on it is sent with, and received with beside the older ones. */
void
datapath_add_child (Datapath *datapath, EspSa *sa)
{
  insert (datapath, 0, (Child){ .sa = sa });
}

/* Takes a CHILD_SA that is only received with until datapath_use_child (), or until a packet comes
 * through it, which shows that the gateway has it (RFC 7296 section 2.8). Without another one it is
 * sent with at once. */
void
datapath_add_inbound (Datapath *datapath, EspSa *sa)
{
  bool is_first = datapath->n_children == 0;
  insert (datapath, is_first ? 0 : 1, (Child){ .sa = sa, .is_unused = !is_first });
}

static void
use (Datapath *self, size_t at)
{
  Child child = self->children[at];
  child.is_unused = false;
  for (size_t i = at; i > 0; i--)
    self->children[i] = self->children[i - 1];
  self->children[0] = child;
}

/* Sends with the CHILD_SA that the gateway sends to with this SPI, if it is there and was not in use
 * before. */
void
datapath_use_child (Datapath *datapath, uint32_t spi_in)
{
  for (size_t i = 0; i < datapath->n_children; i++) {
    if (datapath->children[i].is_unused && esp_sa_spi_in (datapath->children[i].sa) == spi_in)
      use (datapath, i);
  }
}

/* The SPIs that the gateway sends to; returns how many there are. */
size_t
datapath_list_children (
    const Datapath *datapath, uint32_t ret_spis_in[static DATAPATH_MAX_CHILDREN])
{
  for (size_t i = 0; i < datapath->n_children; i++)
    ret_spis_in[i] = esp_sa_spi_in (datapath->children[i].sa);
  return datapath->n_children;
}

/* Drops the CHILD_SA that the gateway sends to with this SPI, if it is there. */
void
datapath_remove_child (Datapath *datapath, uint32_t spi_in)
{
  size_t kept = 0;
  for (size_t i = 0; i < datapath->n_children; i++) {
    if (esp_sa_spi_in (datapath->children[i].sa) == spi_in)
      esp_sa_free (datapath->children[i].sa);
    else
      datapath->children[kept++] = datapath->children[i];
  }
  datapath->n_children = kept;
}

void
datapath_clear_children (Datapath *datapath)
{
  for (size_t i = 0; i < datapath->n_children; i++)
    esp_sa_free (datapath->children[i].sa);
  datapath->n_children = 0;
}

/* Sends with sequence numbers that are n higher, whatever CHILD_SA it is with. */
void
datapath_skip (Datapath *datapath, uint64_t n)
{
  for (size_t i = 0; i < datapath->n_children; i++)
    esp_sa_skip (datapath->children[i].sa, n);
}

/* True with a TUN to read and an SA to send with: without both the TUN is not to be watched, as what
 * stays in it would be told again and again. */
bool
datapath_can_send (const Datapath *datapath)
{
  return datapath->tun >= 0 && datapath->n_children > 0;
}

/* True when the SA in use nears the end of its sequence numbers. */
bool
datapath_wants_rekey (const Datapath *datapath)
{
  return datapath->n_children > 0 && esp_sa_wants_rekey (datapath->children[0].sa);
}

const DatapathCounters *
datapath_counters (const Datapath *datapath)
{
  return &datapath->counters;
}

/* Reads and seals one packet into the space; false if the TUN had none. */
static bool
seal_one (Datapath *self, FrameStream *frames, uint8_t *space, size_t size)
{
  EspSa *sa = self->children[0].sa;
  ssize_t n = read (self->tun, space + esp_sa_headroom (sa), self->mtu);
  if (n <= 0)
    return false;
  Slice packet;
  EspVerdict verdict = esp_seal (sa, space, size, (size_t) n, &packet);
  if (verdict != ESP_PASS) {
    self->counters.drops[verdict]++;
    return true;
  }
  frame_stream_esp_commit (frames, packet.len);
  self->counters.packets_out++;
  self->counters.bytes_out += (uint64_t) n;
  return true;
}

static DatapathStatus
flush (FrameStream *frames, DatapathStatus if_done, GError **error)
{
  switch (frame_stream_flush (frames, error)) {
  case LINK_DONE: return if_done;
  case LINK_AGAIN: return DATAPATH_STALLED;
  case LINK_CLOSED:
  case LINK_FAILED: break;
  }
  return DATAPATH_BROKEN;
}

/* Sends up to `budget` packets from the TUN, in batches. Without a TUN or an SA there is nothing to
 * send: what programs wrote stays queued in the TUN. */
DatapathStatus
datapath_send (Datapath *datapath, FrameStream *frames, unsigned int budget, GError **error)
{
  if (!datapath_can_send (datapath))
    return flush (frames, DATAPATH_IDLE, error);
  if (!frame_stream_can_take (frames))
    return flush (frames, DATAPATH_STALLED, error);

  const EspSa *sa = datapath->children[0].sa;
  size_t size = esp_sa_sealed_len (sa, datapath->mtu) + esp_sa_tailroom (sa);
  for (unsigned int i = 0; i < budget; i++) {
    uint8_t *space = frame_stream_esp_space (frames, size);
    if (space == NULL) {
      DatapathStatus status = flush (frames, DATAPATH_MORE, error);
      if (status != DATAPATH_MORE)
        return status;
      if (!frame_stream_can_take (frames))
        return DATAPATH_STALLED;
      space = frame_stream_esp_space (frames, size);
    }
    if (!seal_one (datapath, frames, space, size))
      return flush (frames, DATAPATH_IDLE, error);
  }
  return flush (frames, DATAPATH_MORE, error);
}

static EspVerdict
open_one (Datapath *self, uint8_t *packet, size_t len, Slice *ret_inner)
{
  uint32_t spi;
  if (!esp_spi_of (SLICE (packet, len), &spi))
    return ESP_DROP_SHORT;
  for (size_t i = 0; i < self->n_children; i++) {
    if (esp_sa_spi_in (self->children[i].sa) != spi)
      continue;
    EspVerdict verdict = esp_open (self->children[i].sa, packet, len, ret_inner);
    if (verdict == ESP_PASS && self->children[i].is_unused)
      use (self, i);
    return verdict;
  }
  return ESP_DROP_UNKNOWN_SPI;
}

/* Opens one ESP packet in place and writes what is in it to the TUN. was_congested: a router has marked the
 * datagram that it came in (CE); what is in it is marked, or dropped. ESP_PASS means that it was
 * authentic and passed on; a packet that the TUN does not take is dropped, as any link would. */
EspVerdict
datapath_receive (Datapath *datapath, uint8_t *packet, size_t len, bool was_congested)
{
  Slice inner = { 0 };
  EspVerdict verdict = open_one (datapath, packet, len, &inner);
  if (verdict == ESP_PASS && was_congested &&
      !ecn_carry_over (packet + (inner.data - packet), inner.len))
    verdict = ESP_DROP_CONGESTION;
  if (verdict == ESP_PASS && write (datapath->tun, inner.data, inner.len) != (ssize_t) inner.len)
    verdict = ESP_DROP_STREAM_FULL;
  if (verdict != ESP_PASS) {
    datapath->counters.drops[verdict]++;
    return verdict;
  }
  datapath->counters.packets_in++;
  datapath->counters.bytes_in += inner.len;
  return ESP_PASS;
}
