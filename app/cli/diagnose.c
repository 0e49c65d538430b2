/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor diagnose: finds out what is in the way to a gateway and writes a report for whoever runs it, or the
 * network between, each finding as soon as it is known. Nobody signs in. */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diagnose-private.h"
#include "cli/engine-call.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "client/diagnosis-text.h"
#include "client/site-list.h"

/* A site that is nothing but an address: what is needed to go there, and nobody to sign in. */
static Site *
site_at (const char *place, GError **error)
{
  SiteAddress address = { 0 };
  if (!site_address_parse (place, &address, error))
    return NULL;
  g_autofree char *entry = host_port_format (address.host, address.port);
  site_address_clear (&address);
  g_autofree char *text = g_strdup_printf (
      "[site]\nname=%s\naddress=%s\n[sign-in]\nmethod=eap-mschapv2\nuser=nobody\n", entry, entry);
  return site_parse (text, -1, NULL, NULL, error);
}

/* The user's site of this name, else what is at this address: a word that may be a name with a letter missing is
 * told to be none. Transfer: full; NULL after telling what is wrong, *ret_code being the exit code. */
static Site *
find_site (const char *what, ExitCode *ret_code)
{
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (NULL);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find_any (list, what, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  if (entry != NULL && entry->site == NULL) {
    *ret_code = output_error (entry->problem);
    return NULL;
  }
  if (entry != NULL)
    return site_copy (entry->site);
  Site *site = site_at (what, &error);
  if (site == NULL) {
    output_complain (_ ("“%s” is none of your sites, and no address: %s"), what, error->message);
    *ret_code = verb_explain ("diagnose");
  } else if (strpbrk (what, ".:") == NULL) {
    output_complain (_ ("None of your sites is called “%s”; it is taken for an address."), what);
  }
  return site;
}

static void
print_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    output_say ("%s", lines[i]);
}

/* Shows what was found since, unless somebody is typing, whose line that would tear apart. */
void
diagnosing_show (Diagnosing *self)
{
  if (self->as_json || self->asking != NULL || !self->diagnosis->has_begun)
    return;
  if (!self->begin_shown) {
    g_autofree char *begin = visitor_diagnosis_write_begin (
        self->diagnosis, self->site, g_get_real_time () / G_USEC_PER_SEC);
    print_text (begin);
    self->begin_shown = TRUE;
  }
  while (self->n_shown < self->diagnosis->findings->len) {
    g_autofree char *finding =
        visitor_diagnosis_write_finding (self->diagnosis, self->site, self->n_shown++);
    print_text (finding);
  }
}

static void
on_found (VisitorClient *client, const char *agent, GVariant *part, gpointer user_data)
{
  Diagnosing *self = user_data;
  if (!g_str_equal (agent, visitor_agent_get_path (self->agent)))
    return;
  visitor_diagnosis_add (self->diagnosis, part);
  diagnosing_show (self);
}

/* Ctrl-C: the terminal is put back, and the engine ends it when we are gone. */
static gboolean
on_interrupt (gpointer user_data)
{
  Diagnosing *self = user_data;
  diagnosing_withdraw_questions (self, VISITOR_ERROR_CANCELLED);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

/* Nobody reads along any more. */
static gboolean
on_closed (int fd, GIOCondition condition, gpointer user_data)
{
  return on_interrupt (user_data);
}

/* The report, its parts in self->diagnosis as they come; NULL where it comes to none. */
static GVariant *
diagnose (Diagnosing *self, VisitorClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = site_to_text (self->site);
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, self);
  guint terminate = g_unix_signal_add (SIGTERM, on_interrupt, self);
  guint closed = output_on_closed (on_closed, self);
  gulong found = g_signal_connect (client, "found", G_CALLBACK (on_found), self);
  visitor_client_diagnose_async (
      client, text, self->agent, self->cancellable, wait_callback, &result);
  wait_for (&result);
  g_signal_handler_disconnect (client, found);
  g_source_remove (closed);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  diagnosing_withdraw_questions (self, VISITOR_ERROR_CANCELLED);
  return visitor_client_diagnose_finish (client, result, error);
}

/* Whoever wants JSON is a script, which nobody is asked by. */
static GVariant *
call (Diagnosing *self, GError **error)
{
  g_autoptr (VisitorClient) client = engine_open (error);
  if (client == NULL)
    return NULL;
  g_autoptr (VisitorAgent) agent = visitor_agent_new (
      visitor_client_get_bus (client), self->site->name, &diagnosing_prompts, self, error);
  if (agent == NULL)
    return NULL;
  visitor_agent_set_use_keyring (agent, FALSE);
  self->agent = agent;
  if (isatty (STDERR_FILENO))
    output_complain (_ ("This may take a minute; Ctrl-C ends it with what is known by then."));
  if (!self->as_json && self->proxy_password == NULL)
    self->prompt = prompt_open ();
  GVariant *report = diagnose (self, client, error);
  self->agent = NULL;
  return report;
}

static void
print_json (const VisitorDiagnosis *diagnosis)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GVariant) report = g_variant_ref_sink (visitor_diagnosis_to_report (diagnosis));
  json_append (json, report);
  g_string_append_c (json, '\n');
  output_text (json->str);
}

/* What is left to be told at the end, the verdict last. */
static void
conclude (Diagnosing *self)
{
  if (self->as_json) {
    print_json (self->diagnosis);
    return;
  }
  diagnosing_show (self);
  g_autofree char *verdict = visitor_diagnosis_write_verdict (self->diagnosis);
  print_text (verdict);
}

static ExitCode
run (Diagnosing *self, const char *what)
{
  g_autoptr (GError) error = NULL;
  ExitCode unusable = EXIT_CODE_USAGE;
  self->site = find_site (what, &unusable);
  if (self->site == NULL)
    return unusable;
  g_autoptr (GVariant) report = call (self, &error);
  if (g_cancellable_is_cancelled (self->cancellable)) {
    self->diagnosis->given_up = TRUE;
    if (self->as_json || self->diagnosis->has_begun)
      conclude (self);
    return EXIT_CODE_INTERRUPTED;
  }
  if (report == NULL)
    return output_error (error);
  visitor_diagnosis_end (self->diagnosis, report);
  conclude (self);
  gboolean works;
  VisitorError code = visitor_diagnosis_outcome (self->diagnosis, &works);
  return works ? EXIT_CODE_OK : exit_code_of (code);
}

static void
clear (Diagnosing *self)
{
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->site, site_free);
  g_clear_pointer (&self->diagnosis, visitor_diagnosis_free);
  g_clear_pointer (&self->proxy_password, secret_unref);
  g_clear_pointer (&self->typed, secret_unref);
  g_free (self->typed_for);
  g_free (self->typed_kind);
}

int
verb_diagnose (int argc, char **argv)
{
  Diagnosing self = { .proxy_password_fd = PROMPT_NO_FD };
  const GOptionEntry entries[] = {
    { "proxy-password-fd", 0, 0, G_OPTION_ARG_INT, &self.proxy_password_fd,
        N_ ("Read what the proxy asks for, USER:PASSWORD, from file descriptor N"), N_ ("N") },
    { "proxy-in-clear", 0, 0, G_OPTION_ARG_NONE, &self.proxy_clear,
        N_ ("Send it also where others in this network can read it"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.as_json, N_ ("Write JSON, for scripts"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 1, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  if (self.proxy_password_fd != PROMPT_NO_FD) {
    self.proxy_password = prompt_read_fd (self.proxy_password_fd, TRUE, &error);
    if (self.proxy_password == NULL)
      return output_error (error);
  }
  self.cancellable = g_cancellable_new ();
  self.diagnosis = visitor_diagnosis_new ();
  ExitCode code = run (&self, argv[1]);
  clear (&self);
  return code;
}
