/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What visitor-gateway reads of IKE messages and concludes about its sessions. The input is a row of
 * messages: an octet that says who speaks (two bits: one of three streams, or the IPsec gateway), an
 * octet of length, the message. Whatever is said, a session sends to one of its own streams. */
#include "gateway/session.h"

#include "base/cursor.h"
#include "fuzz.h"

#include <stdlib.h>

#define N_STREAMS 3

static char streams[N_STREAMS];

static void
check (const Session *session, const SessionRoute *route)
{
  for (size_t i = 0; i < route->n_to; i++) {
    bool own = false;
    for (size_t k = 0; k < session->n_streams; k++)
      own |= session->streams[k].client == route->to[i];
    if (!own)
      abort ();
  }
  if (route->n_to > N_STREAMS || session->n_sas > SESSION_MAX_KEYS)
    abort ();
}

static void
from_stream (Session *session, Client *client, const IkePeek *peek, Slice message)
{
  SessionKey key = session_key_of (peek, message), forgotten;
  if (!session_knows (session, &key))
    session_learn (session, &key, &forgotten);
  session_from_client (session, client, peek);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Session session = { 0 };
  for (size_t i = 0; i < N_STREAMS; i++)
    session_add_stream (&session, (Client *) &streams[i]);

  Cursor c = cursor_init (data, size);
  while (cursor_left (&c) > 0) {
    size_t who = cursor_u8 (&c) & 3;
    Slice message = cursor_slice (&c, cursor_u8 (&c));
    IkePeek peek;
    if (c.failed)
      break;
    if (!ike_peek (message, &peek))
      continue;
    if (who < N_STREAMS) {
      from_stream (&session, (Client *) &streams[who], &peek, message);
      continue;
    }
    SessionRoute route;
    session_from_gateway (&session, &peek, &route);
    check (&session, &route);
  }
  return 0;
}
