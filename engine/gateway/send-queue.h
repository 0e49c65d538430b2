/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define SEND_QUEUE_MAX 65536
#define SEND_QUEUE_MAX_ESP 49152

/* Frames on their way into a stream. All zero is an empty queue, which holds no memory. */
typedef struct {
  uint8_t *data;
  size_t start;
  size_t end;
} SendQueue;

void send_queue_clear (SendQueue *queue);
size_t send_queue_len (const SendQueue *queue);
bool send_queue_push (SendQueue *queue, Slice datagram, bool is_ike);
Slice send_queue_peek (const SendQueue *queue);
void send_queue_consume (SendQueue *queue, size_t n);
