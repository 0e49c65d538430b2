/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/live.h"
#include "dbus/visitor-dbus.h"

typedef struct {
  GTestDBus *daemon;
  char *directory; /* of the sites */
  VisitorSiteModel *model;
  VisitorLive *live;

  /* the engine */
  GDBusConnection *engine; /* NULL: there is none */
  VisitorDBusEngine1 *object;
  GHashTable *connections; /* path to VisitorDBusConnection1 */
  guint number;
  char *agent, *client; /* of the last Connect */
  GDBusMethodInvocation *connecting; /* Connect, held back */
  gboolean holds; /* it holds the next Connect back */
  gboolean refuses; /* it refuses it */
  guint connects, disconnects, looks;

  /* the person */
  VisitorSecretRequest *secret;
  VisitorTrustRequest *trust;
  char *told; /* the signals of live, as letters */
} Fixture;

#define WAIT_SECONDS 60

/* What is waited for ends the test when it does not come. */
#define wait_until(condition) \
  G_STMT_START \
  { \
    guint late = g_timeout_add_seconds (WAIT_SECONDS, on_late, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (late); \
  } \
  G_STMT_END

#define wait_for_state(f, expected) wait_until (state (f) == (expected))

/* live-engine.c */
void set_state (Fixture *f, const char *path, const char *state, const char *error);
void set_connected (Fixture *f, const char *path, gint64 when);
void set_portal (Fixture *f, const char *path, const char *url);
void end_connection (Fixture *f, const char *path);
void answer_connect (Fixture *f, GDBusMethodInvocation *invocation);
void start_engine (Fixture *f);
void take_name (Fixture *f);
void stop_engine (Fixture *f);
void ask_agent (
    Fixture *f, const char *path, const char *method, GVariant *details, GAsyncResult **result);
void ask_for_password (Fixture *f, const char *path, guint attempt, GAsyncResult **result);
char *make_connection (Fixture *f, const char *site, const char *state);
char *password_of (Fixture *f, GAsyncResult **result, GError **error);
void on_called (GObject *source, GAsyncResult *result, gpointer user_data);

/* live-fixture.c */
gboolean on_late (gpointer what);
void write_site (Fixture *f, const char *id);
void begin_live (Fixture *f);
void end_live (Fixture *f, gboolean with_engine);
void set_up (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);
VisitorState state (Fixture *f);
VisitorSiteItem *office (Fixture *f);
const char *last_path (Fixture *f);
const char *connect_office (Fixture *f);
int live_run_tests (int argc, char **argv, void (*add) (void));
