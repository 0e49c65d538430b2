/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeWindow: which message IDs may come and go (RFC 7296 sections 2.2 and 2.3).
 *
 * One request is outstanding in each direction. Our request is kept as the octets that were sent,
 * because on a new stream exactly these are sent again (RFC 9329 section 6.2); our last response is
 * kept because a repeated request is answered with it and never processed twice. */
#include "ike/window.h"

/* A message that goes out as a whole; takes it. NULL of NULL. Transfer: full. */
GPtrArray *
ike_messages_of (GBytes *message)
{
  if (message == NULL)
    return NULL;
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (messages, message);
  return messages;
}

void
ike_window_clear (IkeWindow *window)
{
  g_clear_pointer (&window->request, g_ptr_array_unref);
  g_clear_pointer (&window->response, g_ptr_array_unref);
}

/* The message ID that the next request has to carry. */
uint32_t
ike_window_request_id (const IkeWindow *window)
{
  return window->next_request;
}

/* Keeps what went out with ike_window_request_id (). */
void
ike_window_sent_request (IkeWindow *window, GPtrArray *messages)
{
  g_return_if_fail (window->request == NULL);
  window->request = g_ptr_array_ref (messages);
}

/* True if a response with that message ID is the one we wait for. */
bool
ike_window_awaits (const IkeWindow *window, uint32_t message_id)
{
  return window->request != NULL && window->next_request == message_id;
}

/* Our request was answered: the next one may go. */
void
ike_window_got_response (IkeWindow *window)
{
  g_clear_pointer (&window->request, g_ptr_array_unref);
  window->next_request++;
}

IkeWindowVerdict
ike_window_check_request (const IkeWindow *window, uint32_t message_id)
{
  if (message_id == window->expected_request)
    return IKE_WINDOW_FRESH;
  if (window->response != NULL && message_id == window->expected_request - 1)
    return IKE_WINDOW_REPEATED;
  return IKE_WINDOW_OUTSIDE;
}

/* The request with ID expected_request was answered with messages. */
void
ike_window_sent_response (IkeWindow *window, GPtrArray *messages)
{
  g_clear_pointer (&window->response, g_ptr_array_unref);
  window->response = g_ptr_array_ref (messages);
  window->expected_request++;
}

/* Our request is to be sent anew with other contents under the same ID: IKE_SA_INIT alone. */
void
ike_window_withdraw_request (IkeWindow *window)
{
  g_clear_pointer (&window->request, g_ptr_array_unref);
}

/* Goes on with other IDs, which the peer has named (RFC 6311): what is out is to be sent anew, and what
 * was answered will not be asked for again. */
void
ike_window_move (IkeWindow *window, uint32_t next_request, uint32_t expected_request)
{
  ike_window_clear (window);
  window->next_request = next_request;
  window->expected_request = expected_request;
}
