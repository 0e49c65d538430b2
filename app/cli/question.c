/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Question: what a person is asked for on a terminal, in words. */
#include "config.h"

#include "cli/question.h"

#include <glib/gi18n-lib.h>

static gboolean
is (const VisitorSecretRequest *request, const char *kind)
{
  return g_str_equal (visitor_secret_request_get_kind (request), kind);
}

/* A proxy of the network, which is not the gateway, wants to know who it is that goes through. */
static char *
proxy_subject_of (const VisitorSecretRequest *request)
{
  const char *proxy = visitor_secret_request_get_proxy (request);
  const char *user = visitor_secret_request_get_user (request);
  if (user[0] != '\0')
    return g_strdup_printf (_ ("Password of %s for the proxy %s"), user, proxy);
  return g_strdup_printf (_ ("Password for the proxy %s"), proxy);
}

static char *
subject_of (const VisitorSecretRequest *request)
{
  const char *user = visitor_secret_request_get_user (request);
  if (is (request, VISITOR_SECRET_KEY_PASSPHRASE))
    return g_strdup_printf (_ ("Passphrase of the key %s"), user);
  if (is (request, VISITOR_SECRET_PIN))
    return g_strdup_printf (_ ("PIN of the token %s"), user);
  if (visitor_secret_request_get_proxy (request) != NULL)
    return proxy_subject_of (request);
  if (is (request, "psk"))
    return g_strdup_printf (_ ("Pre-shared key of %s"), user);
  if (is (request, "ppk")) /* Translators: a second secret, against quantum computers */
    return g_strdup_printf (_ ("Post-quantum key “%s”"), user);
  if (is (request, "code"))
    return g_strdup_printf (_ ("Code for %s"), user);
  return g_strdup_printf (_ ("Password of %s"), user);
}

/* What is asked, up to its colon. Transfer: full. */
char *
question_for (const VisitorSecretRequest *request)
{
  const char *message = visitor_secret_request_get_message (request);
  g_autofree char *subject = subject_of (request);
  if (message == NULL)
    return g_strdup_printf ("%s:", subject);
  if (visitor_secret_request_get_proxy (request) != NULL)
    /* Translators: what is asked for, then the words of whoever runs the proxy */
    return g_strdup_printf (_ ("%s (the proxy says: “%s”):"), subject, message);
  /* Translators: what is asked for, then the words of whoever runs the gateway */
  return g_strdup_printf (_ ("%s (the gateway says: “%s”):"), subject, message);
}

/* Who goes through the proxy, up to its colon. Transfer: full. */
char *
question_for_user (const VisitorSecretRequest *request)
{
  return g_strdup_printf (
      _ ("User name for the proxy %s:"), visitor_secret_request_get_proxy (request));
}

/* TRUE if it is the user's own key that asks, and not the gateway. */
gboolean
question_is_for_key (const VisitorSecretRequest *request)
{
  return is (request, VISITOR_SECRET_KEY_PASSPHRASE) || is (request, VISITOR_SECRET_PIN);
}

/* That the answer before was wrong. */
const char *
question_refusal (const VisitorSecretRequest *request)
{
  if (is (request, VISITOR_SECRET_PIN))
    return _ ("The PIN is wrong. Try once more, or press Ctrl-C.");
  if (is (request, VISITOR_SECRET_KEY_PASSPHRASE))
    return _ ("That does not open the key. Try once more, or press Ctrl-C.");
  if (visitor_secret_request_get_proxy (request) != NULL)
    return _ ("The proxy did not accept that. Try once more, or press Ctrl-C.");
  return _ ("The gateway did not accept that. Try once more, or press Ctrl-C.");
}
