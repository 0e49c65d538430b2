/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor diagnose: finds out what is in the way to a gateway and writes a report for whoever runs it, or the
 * network between. Nobody signs in. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli/engine-call.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/prompt.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "client/diagnosis-text.h"
#include "client/site-list.h"

typedef struct {
  int proxy_password_fd; /* -1: none */
  gboolean proxy_clear; /* the proxy's password may be read by others */
  gboolean as_json;
  Secret *proxy_password; /* owned; NULL: a proxy gets no answer */
} Diagnosing;

static void
answer (
    VisitorAgent *agent, VisitorSecretRequest *request, const GError *problem, gpointer user_data)
{
  const Diagnosing *self = user_data;
  gboolean for_proxy = visitor_secret_request_get_proxy (request) != NULL;
  gboolean clear =
      g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY_CLEAR);
  gboolean again = visitor_secret_request_get_attempt (request) > 1;
  if (for_proxy && self->proxy_password != NULL && !again && (!clear || self->proxy_clear)) {
    visitor_agent_answer (agent, request, self->proxy_password, FALSE);
    return;
  }
  visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  visitor_secret_request_free (request);
}

/* The engine asks for no trust here; one that does gets none. */
static void
decline (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data)
{
  visitor_agent_answer_trust (agent, request, FALSE);
}

static const VisitorAgentPrompts prompts = { .secret = answer, .trust = decline };

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

/* The user's site of this name, else what is at this address. Transfer: full. */
static Site *
find_site (const char *what, GError **error)
{
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (NULL);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find (list, what, NULL) : NULL;
  return entry != NULL ? site_copy (entry->site) : site_at (what, error);
}

static GVariant *
call (Diagnosing *self, const Site *site, GError **error)
{
  g_autoptr (VisitorClient) client = engine_open (error);
  if (client == NULL)
    return NULL;
  g_autoptr (VisitorAgent) agent =
      visitor_agent_new (visitor_client_get_bus (client), site->name, &prompts, self, error);
  if (agent == NULL)
    return NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = site_to_text (site);
  visitor_agent_set_use_keyring (agent, FALSE);
  if (isatty (STDERR_FILENO))
    output_complain (_ ("This may take a minute."));
  visitor_client_diagnose_async (client, text, agent, NULL, wait_callback, &result);
  return visitor_client_diagnose_finish (client, wait_for (&result), error);
}

static void
print_json (GVariant *report)
{
  g_autoptr (GString) json = g_string_new (NULL);
  json_append (json, report);
  g_print ("%s\n", json->str);
}

static void
print_text (const VisitorDiagnosis *diagnosis, const Site *site)
{
  g_autofree char *text =
      visitor_diagnosis_write (diagnosis, site, g_get_real_time () / G_USEC_PER_SEC);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    output_say ("%s", lines[i]);
}

static ExitCode
run (Diagnosing *self, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = find_site (what, &error);
  g_autoptr (GVariant) report = site != NULL ? call (self, site, &error) : NULL;
  if (report == NULL)
    return output_error (error);
  g_autoptr (VisitorDiagnosis) diagnosis = visitor_diagnosis_new (report);
  if (self->as_json)
    print_json (report);
  else
    print_text (diagnosis, site);
  gboolean works;
  VisitorError code = visitor_diagnosis_outcome (diagnosis, &works);
  return works ? EXIT_CODE_OK : exit_code_of (code);
}

int
verb_diagnose (int argc, char **argv)
{
  Diagnosing self = { .proxy_password_fd = -1 };
  const GOptionEntry entries[] = {
    { "proxy-password-fd", 0, 0, G_OPTION_ARG_INT, &self.proxy_password_fd,
        N_ ("Read what the proxy asks for, USER:PASSWORD, from file descriptor N"), N_ ("N") },
    { "proxy-in-clear", 0, 0, G_OPTION_ARG_NONE, &self.proxy_clear,
        N_ ("Send it also where others in this network can read it"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.as_json, N_ ("Write JSON, for scripts"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, _ ("SITE|HOST[:PORT]"), entries, 1, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  if (self.proxy_password_fd >= 0) {
    self.proxy_password = prompt_read_fd (self.proxy_password_fd, TRUE, &error);
    if (self.proxy_password == NULL)
      return output_error (error);
  }
  ExitCode code = run (&self, argv[1]);
  g_clear_pointer (&self.proxy_password, secret_unref);
  return code;
}
