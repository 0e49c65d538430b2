/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/alarm.h"
#include "reach/fd-watch.h"
#include "reach/frame.h"
#include "tunnel/uplink.h"

/* What uplink.c (the stream, and how it is made again) and uplink-flow.c (what moves on it) share. */
struct _Uplink {
  Connector *connector;
  Datapath *datapath; /* borrowed */
  UplinkHandlers handlers;
  void *user_data;

  Alarm *connect_alarm;
  Alarm *keepalive_alarm; /* over UDP */
  Alarm *later_alarm; /* what must not happen inside a caller: a break, the rest of a burst */
  bool knows_peer;

  AttemptRecord *record; /* of the stream's way, until the gateway has said a word; or NULL */
  GError *doubt; /* whether that word is the gateway's; or NULL */
  FrameStream *frames; /* NULL: no stream */
  FdWatch *watch;
  unsigned int senseless; /* frames in a row */
  GError *broken; /* why `frames` is of no use any more */

  FdWatch *tun_watch;
  bool allow_esp;
  bool stalled; /* the stream takes no more, the TUN is not read */
};

/* uplink-flow.c */
void uplink_break (Uplink *self, GError *error);
bool uplink_has_datagrams (const Uplink *self);
void uplink_receive_frames (Uplink *self);
void uplink_stream_ready (GIOCondition condition, void *user_data);
