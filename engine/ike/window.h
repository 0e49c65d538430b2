/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Message IDs of one IKE SA, a window of one in each direction (RFC 7296 sections 2.2, 2.3). What went
 * out is an array of GBytes: the message, or its fragments. */
typedef struct {
  uint32_t next_request; /* the ID of the next request we send */
  GPtrArray *request; /* our request that has no answer yet, or NULL */
  uint32_t expected_request; /* the ID of the next request of the peer */
  GPtrArray *response; /* what we answered to expected_request - 1, or NULL */
} IkeWindow;

typedef enum {
  IKE_WINDOW_FRESH, /* the next request of the peer */
  IKE_WINDOW_REPEATED, /* the one before: answer with the cached response */
  IKE_WINDOW_OUTSIDE,
} IkeWindowVerdict;

GPtrArray *ike_messages_of (GBytes *message);

void ike_window_clear (IkeWindow *window);

uint32_t ike_window_request_id (const IkeWindow *window);
void ike_window_sent_request (IkeWindow *window, GPtrArray *messages);
bool ike_window_awaits (const IkeWindow *window, uint32_t message_id);
void ike_window_got_response (IkeWindow *window);
void ike_window_withdraw_request (IkeWindow *window);

IkeWindowVerdict ike_window_check_request (const IkeWindow *window, uint32_t message_id);
void ike_window_sent_response (IkeWindow *window, GPtrArray *messages);
void ike_window_move (IkeWindow *window, uint32_t next_request, uint32_t expected_request);
