/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches the frames of any GTK 4 program that it is preloaded into (LD_PRELOAD), and says on the file
 * descriptor $FRAME_WATCH_FD, a line each:
 *
 *     interactive MICROSECONDS     the first window has been painted and the main loop has nothing to do;
 *                                  the time is CLOCK_MONOTONIC
 *     frame MICROSECONDS           how long the program worked for one frame, from its first to its last phase
 *     stall MICROSECONDS           how late a timer was that should fire every 10 ms, where over 10 ms
 *
 * So the window and a bare one are measured alike, and neither knows. Main thread only. */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdlib.h>

#define TICK_MS 10

static int output = -1;
static gint64 frame_start;
static gint64 last_tick;

static void
say (const char *what, gint64 microseconds)
{
  dprintf (output, "%s %" G_GINT64_FORMAT "\n", what, microseconds);
}

static gboolean
on_tick (gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  gint64 late = now - last_tick - TICK_MS * 1000;
  if (late > TICK_MS * 1000)
    say ("stall", late);
  last_tick = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_idle (gpointer user_data)
{
  say ("interactive", g_get_monotonic_time ());
  last_tick = g_get_monotonic_time ();
  g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, on_tick, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
before_paint (GdkFrameClock *clock, gpointer user_data)
{
  frame_start = g_get_monotonic_time ();
}

static void
after_paint (GdkFrameClock *clock, gpointer user_data)
{
  static gboolean seen;
  say ("frame", g_get_monotonic_time () - frame_start);
  if (!seen)
    g_idle_add_full (G_PRIORITY_LOW, on_idle, NULL, NULL);
  seen = TRUE;
}

static void
on_map (GtkWidget *window, gpointer user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint), NULL);
}

/* Takes the place of GTK's own, which it calls. */
void
gtk_window_present (GtkWindow *window)
{
  static GtkWindow *watched;
  void (*present) (GtkWindow *) = NULL;
  *(void **) &present = dlsym (RTLD_NEXT, "gtk_window_present");
  if (watched == NULL && getenv ("FRAME_WATCH_FD") != NULL) {
    output = atoi (getenv ("FRAME_WATCH_FD"));
    watched = window;
    g_signal_connect (window, "map", G_CALLBACK (on_map), NULL);
  }
  present (window);
}
