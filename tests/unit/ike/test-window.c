/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ike/window.h"

#include <glib.h>

static void
test_requests (void)
{
  IkeWindow w = { .next_request = 7 };
  g_autoptr (GPtrArray) message = ike_messages_of (g_bytes_new_static ("x", 1));
  g_assert_false (ike_window_awaits (&w, 7));
  ike_window_sent_request (&w, message);
  g_assert_true (ike_window_awaits (&w, 7));
  g_assert_false (ike_window_awaits (&w, 6));
  g_assert_false (ike_window_awaits (&w, 8));
  ike_window_got_response (&w);
  g_assert_false (ike_window_awaits (&w, 7));
  g_assert_cmpuint (ike_window_request_id (&w), ==, 8);
  ike_window_sent_request (&w, message);
  ike_window_withdraw_request (&w);
  g_assert_cmpuint (ike_window_request_id (&w), ==, 8);
  ike_window_clear (&w);
}

static void
test_responses (void)
{
  IkeWindow w = { .next_request = 0 };
  g_autoptr (GPtrArray) message = ike_messages_of (g_bytes_new_static ("x", 1));
  g_assert_cmpint (ike_window_check_request (&w, 0), ==, IKE_WINDOW_FRESH);
  g_assert_cmpint (ike_window_check_request (&w, 1), ==, IKE_WINDOW_OUTSIDE);
  g_assert_cmpint (ike_window_check_request (&w, UINT32_MAX), ==, IKE_WINDOW_OUTSIDE);
  ike_window_sent_response (&w, message);
  g_assert_cmpint (ike_window_check_request (&w, 0), ==, IKE_WINDOW_REPEATED);
  g_assert_cmpint (ike_window_check_request (&w, 1), ==, IKE_WINDOW_FRESH);
  ike_window_sent_response (&w, message);
  g_assert_cmpint (ike_window_check_request (&w, 0), ==, IKE_WINDOW_OUTSIDE);
  ike_window_clear (&w);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/window/requests", test_requests);
  g_test_add_func ("/ike/window/responses", test_responses);
  return g_test_run ();
}
