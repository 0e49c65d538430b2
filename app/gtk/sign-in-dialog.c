/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSignInDialog: one question for a secret, in the words of whoever asks.
 *
 * GTK shows the text of a password's field to assistive technologies, so the field lives for one question
 * and is emptied before the dialog goes. "answered" has the Secret, borrowed, and whether to remember
 * it; "cancelled" is emitted instead of it, once. */
#include "config.h"

#include "gtk/sign-in-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VisitorSignInDialog {
  AdwMessageDialog parent_instance;

  /* template */
  GtkLabel *message;
  GtkLabel *refusal;
  AdwEntryRow *user; /* hidden where it is known */
  AdwPasswordEntryRow *field;
  GtkLabel *warning;
  GtkCheckButton *remember;
};

enum {
  ANSWERED,
  CANCELLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorSignInDialog, visitor_sign_in_dialog, ADW_TYPE_MESSAGE_DIALOG)

static const struct {
  const char *kind;
  const char *field; /* the label of what is typed */
  const char *refusal; /* of the answer before */
} kinds[] = {
  { "password", N_ ("Password"),
      N_ ("The gateway did not accept the password. Type it once more.") },
  { "code", N_ ("Code"), N_ ("The gateway did not accept the code. Type a new one.") },
  { "psk", N_ ("Pre-shared key"), N_ ("The gateway did not accept the key. Type it once more.") },
  { "ppk", N_ ("Post-quantum key"),
      N_ ("That is not how such a key is written. Type it once more.") },
  { VISITOR_SECRET_PROXY, N_ ("Password"),
      N_ ("The proxy did not accept that. Type it once more.") },
  { VISITOR_SECRET_PROXY_CLEAR, N_ ("Password"),
      N_ ("The proxy did not accept that. Type it once more.") },
  { VISITOR_SECRET_KEY_PASSPHRASE, N_ ("Passphrase"),
      N_ ("That does not open the key. Type the passphrase once more.") },
  { VISITOR_SECRET_PIN, N_ ("PIN"), N_ ("The PIN is wrong. Type it once more.") },
};

static gsize
kind_of (const VisitorSecretRequest *request)
{
  const char *kind = visitor_secret_request_get_kind (request);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_equal (kinds[i].kind, kind))
      return i;
  }
  return 0;
}

static char *
body_of (const VisitorSecretRequest *request)
{
  const char *kind = visitor_secret_request_get_kind (request);
  const char *user = visitor_secret_request_get_user (request);
  const char *proxy = visitor_secret_request_get_proxy (request);
  if (proxy != NULL && *user != '\0')
    return g_strdup_printf (
        _ ("The proxy %s wants the password of %s. It is not that of the gateway."), proxy, user);
  if (proxy != NULL)
    return g_strdup_printf (
        _ ("The proxy %s asks who you are. It is not the gateway that asks."), proxy);
  if (g_str_equal (kind, VISITOR_SECRET_KEY_PASSPHRASE))
    return g_strdup_printf (_ ("Your key “%s” is locked."), user);
  if (g_str_equal (kind, VISITOR_SECRET_PIN))
    return g_strdup_printf (_ ("The token “%s” asks for its PIN."), user);
  if (g_str_equal (kind, "ppk")) /* Translators: a second secret, against quantum computers */
    return g_strdup_printf (_ ("The site uses the post-quantum key “%s”."), user);
  return g_strdup_printf (_ ("Signing in as %s."), user);
}

static void
show_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
}

static gboolean
is_filled (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row))[0] != '\0';
}

static void
on_changed (GtkEditable *field, VisitorSignInDialog *self)
{
  gboolean named = !gtk_widget_get_visible (GTK_WIDGET (self->user)) || is_filled (self->user);
  adw_message_dialog_set_response_enabled (
      ADW_MESSAGE_DIALOG (self), "sign-in", named && is_filled (self->field));
}

static Secret *
take_text (VisitorSignInDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->field));
  Secret *secret = secret_new (text, strlen (text));
  gtk_editable_set_text (GTK_EDITABLE (self->field), "");
  return secret;
}

/* What the request is answered with: with the user's name before it where that was asked for, too. */
static Secret *
take_answer (VisitorSignInDialog *self)
{
  g_autoptr (Secret) typed = take_text (self);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->user)) || secret_len (typed) == 0)
    return g_steal_pointer (&typed);
  return visitor_secret_request_join_user (
      gtk_editable_get_text (GTK_EDITABLE (self->user)), typed);
}

static void
visitor_sign_in_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  VisitorSignInDialog *self = VISITOR_SIGN_IN_DIALOG (dialog);
  g_autoptr (Secret) secret = take_answer (self);
  gboolean remember = gtk_widget_get_visible (GTK_WIDGET (self->remember)) &&
      gtk_check_button_get_active (self->remember);
  if (g_str_equal (response, "sign-in") && secret != NULL && secret_len (secret) > 0)
    g_signal_emit (self, signals[ANSWERED], 0, secret, remember);
  else
    g_signal_emit (self, signals[CANCELLED], 0);
}

static void
visitor_sign_in_dialog_dispose (GObject *object)
{
  VisitorSignInDialog *self = VISITOR_SIGN_IN_DIALOG (object);
  gtk_window_set_focus (GTK_WINDOW (self), NULL); /* or the field hears of it when it is gone */
  if (self->field != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->field), "");
  self->field = NULL; /* this may come twice */
  gtk_widget_dispose_template (GTK_WIDGET (self), VISITOR_TYPE_SIGN_IN_DIALOG);
  G_OBJECT_CLASS (visitor_sign_in_dialog_parent_class)->dispose (object);
}

static void
visitor_sign_in_dialog_class_init (VisitorSignInDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_sign_in_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = visitor_sign_in_dialog_response;
  signals[ANSWERED] = g_signal_new ("answered", VISITOR_TYPE_SIGN_IN_DIALOG, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
  signals[CANCELLED] = g_signal_new ("cancelled", VISITOR_TYPE_SIGN_IN_DIALOG, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/sign-in-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, message);
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, refusal);
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, user);
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, field);
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, warning);
  gtk_widget_class_bind_template_child (widget_class, VisitorSignInDialog, remember);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
visitor_sign_in_dialog_init (VisitorSignInDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What the person should know before the field: the gateway's own words, a refusal, a last try, and why
 * nothing can be remembered. */
static void
say (VisitorSignInDialog *self, const VisitorSecretRequest *request, const GError *problem)
{
  const char *message = visitor_secret_request_get_message (request);
  if (message != NULL && *message != '\0') {
    g_autofree char *quoted = visitor_secret_request_get_proxy (request) != NULL
        /* Translators: the words of whoever runs the proxy */
        ? g_strdup_printf (_ ("The proxy says: “%s”"), message)
        /* Translators: the words of whoever runs the gateway */
        : g_strdup_printf (_ ("The gateway says: “%s”"), message);
    show_label (self->message, quoted);
  }
  if (visitor_secret_request_get_attempt (request) > 1)
    show_label (self->refusal, _ (kinds[kind_of (request)].refusal));
  if (g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY_CLEAR))
    show_label (self->warning,
        _ ("What you type goes to the proxy unencrypted: others in this network can read it."));
  else if (visitor_secret_request_is_last_try (request))
    show_label (self->warning, _ ("One more wrong PIN locks the token."));
  else if (problem != NULL && visitor_secret_request_may_be_kept (request))
    show_label (self->warning, problem->message);
}

/* Asks for what request wants; nothing of it is kept, and it is answered by who hears the signals.
 * keyring_problem: why the keyring is of no use, or NULL. */
GtkWindow *
visitor_sign_in_dialog_new (GtkWindow *parent, const char *site_name,
    const VisitorSecretRequest *request, const GError *keyring_problem)
{
  VisitorSignInDialog *self =
      g_object_new (VISITOR_TYPE_SIGN_IN_DIALOG, "transient-for", parent, NULL);
  gsize kind = kind_of (request);
  /* Translators: the name of a site */
  g_autofree char *heading = g_strdup_printf (_ ("Sign in to %s"), site_name);
  g_autofree char *body = body_of (request);
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (self), heading);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), body);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->field), _ (kinds[kind].field));
  say (self, request, keyring_problem);
  gboolean wants_user = visitor_secret_request_wants_user (request);
  gtk_widget_set_visible (GTK_WIDGET (self->user), wants_user);
  gtk_widget_set_visible (GTK_WIDGET (self->remember),
      keyring_problem == NULL && visitor_secret_request_may_be_kept (request));
  gtk_window_set_focus (
      GTK_WINDOW (self), wants_user ? GTK_WIDGET (self->user) : GTK_WIDGET (self->field));
  return GTK_WINDOW (self);
}
