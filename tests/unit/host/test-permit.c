/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The permit table, row by row: every message in every phase, and the limits. */
#include "host/protocol/permit.h"

#include <string.h>

/* One letter a phase in which the message is permitted: Starting, cOnnecting, Applying, Up,
 * cLosing; nothing is permitted when gone. */
static const struct {
  MessageType type;
  const char *phases;
} expected[] = {
  { MESSAGE_START, "" },
  { MESSAGE_SOCKET, "" },
  { MESSAGE_SECRET, "" },
  { MESSAGE_TRUST_ANSWER, "" },
  { MESSAGE_CERTIFICATE, "" },
  { MESSAGE_SIGNATURE, "" },
  { MESSAGE_PROXIES, "" },
  { MESSAGE_PROXY_SECRET, "" },
  { MESSAGE_TUN, "" },
  { MESSAGE_DISCONNECT, "" },
  { MESSAGE_REKEY, "" },
  { MESSAGE_POLL_STATUS, "" },
  { MESSAGE_CONNECTIVITY, "" },
  { MESSAGE_NETWORK, "" },
  { MESSAGE_READY, "S" },
  { MESSAGE_WANT_SOCKET, "OAUL" },
  { MESSAGE_WANT_SECRET, "OAUL" },
  { MESSAGE_WANT_TRUST, "OAUL" },
  { MESSAGE_WANT_CERTIFICATE, "OAUL" },
  { MESSAGE_WANT_SIGNATURE, "OAUL" },
  { MESSAGE_WANT_PROXIES, "OAUL" },
  { MESSAGE_WANT_PROXY_SECRET, "OAUL" },
  { MESSAGE_STATE, "OAUL" },
  { MESSAGE_PATH, "OAUL" },
  { MESSAGE_CONFIGURE, "OUL" },
  { MESSAGE_STATUS, "OAUL" },
  { MESSAGE_ATTEMPT, "OAUL" },
  { MESSAGE_FINDING, "OL" },
  { MESSAGE_LOG, "SOAUL" },
  { MESSAGE_FAILED, "SOAUL" },
  { MESSAGE_CLOSED, "OAUL" },
  { MESSAGE_KEY_CHANGED, "OAUL" },
  { MESSAGE_PORTAL, "OAUL" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (expected) == MESSAGE_N_TYPES - 1);

static void
table (void)
{
  static const char letters[] = "SOAUL-";
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    for (int phase = PERMIT_STARTING; phase <= PERMIT_GONE; phase++) {
      Permit permit;
      permit_init (&permit, 0);
      permit_expect_status (&permit);
      permit.phase = (PermitPhase) phase;
      Message message = { .type = expected[i].type, .fd = -1 };
      gboolean permitted = strchr (expected[i].phases, letters[phase]) != NULL;
      g_autoptr (GError) error = NULL;
      g_test_message ("%s while %s", message_type_to_string (message.type),
          permit_phase_to_string (permit.phase));
      g_assert_cmpint (permit_check (&permit, &message, 0, &error), ==, permitted);
      if (!permitted)
        g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    }
  }
}

static guint
how_many_at_once (PermitPhase phase, MessageType type)
{
  Permit permit;
  permit_init (&permit, 1000);
  permit.phase = phase;
  Message message = { .type = type, .fd = -1 };
  guint n = 0;
  while (n < 100000 && permit_check (&permit, &message, 1000, NULL))
    n++;
  return n;
}

static void
limits (void)
{
  g_assert_cmpuint (how_many_at_once (PERMIT_STARTING, MESSAGE_READY), ==, 1);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_FAILED), ==, 1);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_CLOSED), ==, 1);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_KEY_CHANGED), ==, 1);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_WANT_SOCKET), ==, 600);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_WANT_SECRET), ==, 20);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_WANT_TRUST), ==, 20);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_CONFIGURE), ==, 20);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_STATE), ==, 600);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_ATTEMPT), ==, 600);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_PATH), ==, 600);
  g_assert_cmpuint (how_many_at_once (PERMIT_CONNECTING, MESSAGE_FINDING), ==, 256);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_LOG), ==, 20000);
  g_assert_cmpuint (how_many_at_once (PERMIT_UP, MESSAGE_STATUS), ==, 0);
}

/* A bucket that is empty fills again, and never beyond its size. */
static void
refills (void)
{
  Permit permit;
  permit_init (&permit, 0);
  permit.phase = PERMIT_CONNECTING;
  Message message = { .type = MESSAGE_WANT_SECRET, .fd = -1 };
  for (guint i = 0; i < 20; i++)
    g_assert_true (permit_check (&permit, &message, 0, NULL));
  g_assert_false (permit_check (&permit, &message, 2 * G_USEC_PER_SEC, NULL));
  g_assert_true (permit_check (&permit, &message, 3 * G_USEC_PER_SEC, NULL));
  g_assert_false (permit_check (&permit, &message, 3 * G_USEC_PER_SEC, NULL));
  guint n = 0;
  while (permit_check (&permit, &message, 86400 * (gint64) G_USEC_PER_SEC, NULL))
    n++;
  g_assert_cmpuint (n, ==, 20);
}

/* As many answers as questions. */
static void
status_is_an_answer (void)
{
  Permit permit;
  permit_init (&permit, 0);
  permit.phase = PERMIT_UP;
  Message message = { .type = MESSAGE_STATUS, .fd = -1 };
  permit_expect_status (&permit);
  permit_expect_status (&permit);
  g_assert_true (permit_check (&permit, &message, 0, NULL));
  g_assert_true (permit_check (&permit, &message, 0, NULL));
  g_assert_false (permit_check (&permit, &message, 0, NULL));
}

static void
no_descriptor (void)
{
  Permit permit;
  permit_init (&permit, 0);
  Message message = { .type = MESSAGE_READY, .fd = 5 };
  g_assert_false (permit_check (&permit, &message, 0, NULL));
}

static void
edges (void)
{
  static const char *next[] = { "OL-", "AL-", "UL-", "AL-", "-", "" };
  static const char letters[] = "SOAUL-";
  for (int from = PERMIT_STARTING; from <= PERMIT_GONE; from++) {
    for (int to = PERMIT_STARTING; to <= PERMIT_GONE; to++) {
      Permit permit;
      permit_init (&permit, 0);
      permit.phase = (PermitPhase) from;
      gboolean edge = strchr (next[from], letters[to]) != NULL;
      g_assert_cmpint (permit_set_phase (&permit, (PermitPhase) to, "test"), ==, edge);
      g_assert_cmpint (permit.phase, ==, edge ? to : from);
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/permit/table", table);
  g_test_add_func ("/host/permit/limits", limits);
  g_test_add_func ("/host/permit/refills", refills);
  g_test_add_func ("/host/permit/status-is-an-answer", status_is_an_answer);
  g_test_add_func ("/host/permit/no-descriptor", no_descriptor);
  g_test_add_func ("/host/permit/edges", edges);
  return g_test_run ();
}
