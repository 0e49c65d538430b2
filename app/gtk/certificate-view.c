/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCertificateView: what a certificate says of itself, in rows.
 *
 * All of it is the word of whoever sent it. Names are cut, so that none can push what matters off the
 * screen. */
#include "config.h"

#include "gtk/certificate-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_MAX_SHOWN 160

struct _VisitorCertificateView {
  AdwPreferencesGroup parent_instance;

  /* template */
  AdwActionRow *gateway;
  AdwActionRow *subject;
  AdwActionRow *issuer;
  AdwActionRow *validity;
  AdwActionRow *sha256;
};

G_DEFINE_FINAL_TYPE (VisitorCertificateView, visitor_certificate_view, ADW_TYPE_PREFERENCES_GROUP)

static void
set_name (AdwActionRow *row, const char *name)
{
  if (g_utf8_strlen (name, -1) <= NAME_MAX_SHOWN) {
    adw_action_row_set_subtitle (row, name);
    return;
  }
  g_autofree char *start = g_utf8_substring (name, 0, NAME_MAX_SHOWN);
  g_autofree char *cut = g_strconcat (start, "…", NULL);
  adw_action_row_set_subtitle (row, cut);
}

static char *
date (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("?");
}

static char *
gateway_text (const VisitorTrustQuestion *question)
{
  switch (question->part) {
  case VISITOR_TRUST_TLS:
    /* Translators: a name, and that its TLS server has shown the certificate */
    return g_strdup_printf (_ ("%s, TLS"), question->name);
  case VISITOR_TRUST_GATEWAY:
    /* Translators: a name, and that its IPsec gateway has shown the certificate */
    return g_strdup_printf (_ ("%s, IKE"), question->name);
  }
  return g_strdup (question->name);
}

static void
visitor_certificate_view_class_init (VisitorCertificateViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/certificate-view.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorCertificateView, gateway);
  gtk_widget_class_bind_template_child (widget_class, VisitorCertificateView, subject);
  gtk_widget_class_bind_template_child (widget_class, VisitorCertificateView, issuer);
  gtk_widget_class_bind_template_child (widget_class, VisitorCertificateView, validity);
  gtk_widget_class_bind_template_child (widget_class, VisitorCertificateView, sha256);
}

static void
visitor_certificate_view_init (VisitorCertificateView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Shows it; nothing of question is kept. */
void
visitor_certificate_view_set_question (
    VisitorCertificateView *self, const VisitorTrustQuestion *question)
{
  g_autofree char *gateway = gateway_text (question);
  g_autofree char *from = date (question->not_before), *to = date (question->not_after);
  /* Translators: two dates */
  g_autofree char *valid = g_strdup_printf (_ ("%s to %s"), from, to);
  gboolean self_signed = strcmp (question->subject, question->issuer) == 0;
  adw_action_row_set_subtitle (self->gateway, gateway);
  set_name (self->subject, question->subject);
  set_name (self->issuer, self_signed ? _ ("itself") : question->issuer);
  adw_action_row_set_subtitle (self->validity, valid);
  adw_action_row_set_subtitle (self->sha256, question->certificate_sha256);
}
