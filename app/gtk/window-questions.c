/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connection has to know from a person: a secret, or whether a gateway is to be trusted. A
 * question goes when the attempt that asked it does. */
#include "config.h"

#include "gtk/window-private.h"

#include "gtk/key-changed-dialog.h"
#include "gtk/sign-in-dialog.h"
#include "gtk/trust-dialog.h"

/* Lives as long as its dialog. */
typedef struct {
  VisitorWindow *window; /* borrowed: a dialog goes with its window */
  GtkWindow *dialog; /* borrowed */
  VisitorSiteItem *item; /* owned */
  VisitorState state; /* of the item when it was asked */
  VisitorSecretRequest *secret; /* owned; NULL: none, or answered */
  VisitorTrustRequest *trust; /* owned; NULL: none, or answered */
  VisitorTrustQuestion *changed_key; /* owned, or NULL */
} Question;

/* A request that is freed is refused. */
static void
question_free (gpointer data)
{
  Question *question = data;
  g_signal_handlers_disconnect_by_data (question->item, question);
  visitor_secret_request_free (question->secret);
  visitor_trust_request_free (question->trust);
  visitor_trust_question_free (question->changed_key);
  g_object_unref (question->item);
  g_free (question);
}

/* The dialog goes by itself; what the item does from now on is no matter of it. */
static void
be_answered (Question *question)
{
  g_signal_handlers_disconnect_by_data (question->item, question);
}

/* A warning of a key outlasts the attempt that was shown it, until there is another attempt. */
static void
close_when_moot (VisitorSiteItem *item, GParamSpec *pspec, Question *question)
{
  VisitorState state = visitor_site_item_get_state (item);
  gboolean moot =
      question->changed_key != NULL ? !visitor_state_is_over (state) : state != question->state;
  if (moot)
    gtk_window_destroy (question->dialog);
}

/* Shows the dialog, which the window owns. Borrowed. */
static Question *
pose (VisitorWindow *self, VisitorSiteItem *item, GtkWindow *dialog)
{
  Question *question = g_new0 (Question, 1);
  question->window = self;
  question->dialog = dialog;
  question->item = g_object_ref (item);
  question->state = visitor_site_item_get_state (item);
  g_object_set_data_full (G_OBJECT (dialog), "question", question, question_free);
  g_signal_connect (item, "notify::state", G_CALLBACK (close_when_moot), question);
  gtk_window_present (dialog);
  return question;
}

static void
on_secret_answered (GtkWindow *dialog, const Secret *secret, gboolean remember, Question *question)
{
  be_answered (question);
  visitor_live_answer_secret (question->window->live, question->item,
      g_steal_pointer (&question->secret), secret, remember);
}

static void
on_secret_cancelled (GtkWindow *dialog, Question *question)
{
  be_answered (question);
  visitor_live_answer_secret (
      question->window->live, question->item, g_steal_pointer (&question->secret), NULL, FALSE);
}

static void
on_trust_answered (GtkWindow *dialog, gboolean trusted, Question *question)
{
  be_answered (question);
  visitor_live_answer_trust (
      question->window->live, question->item, g_steal_pointer (&question->trust), trusted);
}

/* Asks for the secret, which site it is for stands in the dialog. Takes the request. */
void
visitor_window_ask_secret (VisitorWindow *self, VisitorSiteItem *item,
    VisitorSecretRequest *request, const GError *keyring_problem)
{
  GtkWindow *dialog = visitor_sign_in_dialog_new (
      GTK_WINDOW (self), visitor_site_item_get_name (item), request, keyring_problem);
  Question *question = pose (self, item, dialog);
  question->secret = request;
  g_signal_connect (dialog, "answered", G_CALLBACK (on_secret_answered), question);
  g_signal_connect (dialog, "cancelled", G_CALLBACK (on_secret_cancelled), question);
}

/* Asks about the gateway's key. Takes the request. */
void
visitor_window_ask_trust (VisitorWindow *self, VisitorSiteItem *item, VisitorTrustRequest *request)
{
  GtkWindow *dialog =
      visitor_trust_dialog_new (GTK_WINDOW (self), visitor_trust_request_get_question (request));
  Question *question = pose (self, item, dialog);
  question->trust = request;
  g_signal_connect (dialog, "answered", G_CALLBACK (on_trust_answered), question);
}

static void
on_key_answered (GtkWindow *dialog, gboolean accepted, Question *question)
{
  VisitorWindow *self = question->window;
  const Site *known = visitor_site_item_get_site (question->item);
  g_autoptr (GError) error = NULL;
  be_answered (question);
  if (!accepted || known == NULL)
    return;
  g_autoptr (Site) site = site_copy (known);
  visitor_trust_question_replace_pins (question->changed_key, site);
  if (visitor_site_model_save (self->model, question->item, site, &error))
    visitor_live_connect (self->live, question->item);
  else
    visitor_window_tell_error (self, error);
}

/* Warns of the key that the last attempt was shown. FALSE if there is none to show. */
gboolean
visitor_window_warn_of_key (VisitorWindow *self, VisitorSiteItem *item)
{
  const VisitorTrustQuestion *shown = visitor_site_item_get_changed_key (item);
  const Site *site = visitor_site_item_get_site (item);
  if (shown == NULL || site == NULL)
    return FALSE;
  GtkWindow *dialog = visitor_key_changed_dialog_new (GTK_WINDOW (self), shown, site);
  Question *question = pose (self, item, dialog);
  question->changed_key = visitor_trust_question_copy (shown);
  g_signal_connect (dialog, "answered", G_CALLBACK (on_key_answered), question);
  return TRUE;
}
