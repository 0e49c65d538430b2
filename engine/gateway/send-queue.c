/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SendQueue: what the IPsec gateway sent and the client's stream did not take yet, as RFC 9329
 * frames. It never grows over SEND_QUEUE_MAX: a client that does not read costs that much and no
 * more. ESP is dropped when the queue is three quarters full, so that the inner TCP sees loss
 * instead of seconds of delay; the last quarter is kept for IKE, without which the SA would die.
 * A quiet stream holds no buffer at all. */
#include "gateway/send-queue.h"

#include <glib.h>
#include <string.h>

#include "wire/stream.h"

void
send_queue_clear (SendQueue *queue)
{
  g_free (queue->data);
  *queue = (SendQueue){ 0 };
}

size_t
send_queue_len (const SendQueue *queue)
{
  return queue->end - queue->start;
}

static void
make_room (SendQueue *queue, size_t need)
{
  if (queue->data == NULL)
    queue->data = g_malloc (SEND_QUEUE_MAX);
  if (queue->start > 0 && queue->end + need > SEND_QUEUE_MAX) {
    memmove (queue->data, queue->data + queue->start, send_queue_len (queue));
    queue->end -= queue->start;
    queue->start = 0;
  }
}

/* Appends the frame of a datagram of UDP port 4500, whose payload is the body of the frame as it
 * is (RFC 3948, RFC 9329 section 3). False: dropped, the queue is too full for its kind. */
bool
send_queue_push (SendQueue *queue, Slice datagram, bool is_ike)
{
  size_t frame_len = STREAM_LENGTH_LEN + datagram.len;
  size_t waiting = send_queue_len (queue);
  size_t max = is_ike || waiting == 0 ? SEND_QUEUE_MAX : SEND_QUEUE_MAX_ESP;
  if (waiting + frame_len > max)
    return false;
  make_room (queue, frame_len);

  uint8_t *at = queue->data + queue->end;
  size_t room = SEND_QUEUE_MAX - queue->end;
  if (is_ike) {
    Slice message = SLICE (datagram.data + STREAM_MARKER_LEN, datagram.len - STREAM_MARKER_LEN);
    if (stream_write_ike (at, room, message) != frame_len)
      return false;
  } else {
    if (!stream_write_esp_header (at, datagram.len))
      return false;
    memcpy (at + STREAM_LENGTH_LEN, datagram.data, datagram.len);
  }
  queue->end += frame_len;
  return true;
}

/* What waits, first octet first; valid until the next push or consume. */
Slice
send_queue_peek (const SendQueue *queue)
{
  if (queue->data == NULL)
    return SLICE (NULL, 0);
  return SLICE (queue->data + queue->start, send_queue_len (queue));
}

/* Takes the first n octets out; an empty queue gives its memory back. */
void
send_queue_consume (SendQueue *queue, size_t n)
{
  queue->start += n;
  if (queue->start == queue->end)
    send_queue_clear (queue);
}
