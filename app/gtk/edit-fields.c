/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditFields: what stands under "Advanced" in the dialog of a site: one table of the keys of site.conf(5)
 * that few people need, and what they are called. */
#include "config.h"

#include "gtk/edit-fields.h"

#include <glib/gi18n-lib.h>

/* In each the first is what a site has that says nothing. */
const VisitorEditChoice visitor_edit_methods[] = {
  { "eap-mschapv2", N_ ("Password") },
  { "eap-gtc", N_ ("One-time code") },
  { "eap-ttls", N_ ("Password, in TLS") },
  { "eap", N_ ("As the gateway asks") },
  { "certificate", N_ ("Certificate") },
  { "eap-tls", N_ ("Certificate, in TLS") },
  { "certificate+eap", N_ ("Certificate and more") },
  { "psk", N_ ("Pre-shared key") },
  { NULL },
};

static const VisitorEditChoice revocations[] = {
  { "if-known", N_ ("If it is known") },
  { "required", N_ ("Proof is required") },
  { NULL },
};

static const VisitorEditChoice inners[] = {
  { "eap", N_ ("As the server asks") },
  { "pap", N_ ("PAP") },
  { "mschapv2", N_ ("MSCHAPv2") },
  { "eap-mschapv2", N_ ("EAP-MSCHAPv2") },
  { "eap-gtc", N_ ("EAP-GTC") },
  { "eap-md5", N_ ("EAP-MD5") },
  { NULL },
};

static const VisitorEditChoice no_yes[] = {
  { "no", N_ ("No") },
  { "yes", N_ ("Yes") },
  { NULL },
};

static const VisitorEditChoice yes_no[] = {
  { "yes", N_ ("Yes") },
  { "no", N_ ("No") },
  { NULL },
};

static const VisitorEditChoice paddings[] = {
  { "pss", N_ ("PSS") },
  { "pkcs1", N_ ("PKCS #1 v1.5") },
  { NULL },
};

static const VisitorEditChoice childless[] = {
  { "never", N_ ("With the sign-in") },
  { "prefer", N_ ("After the sign-in") },
  { NULL },
};

static const struct {
  const char *title; /* of the field, or with key NULL of those that follow */
  const char *group, *key;
  const VisitorEditChoice *choices; /* NULL: text, or certificates */
  const char *nothing; /* what there is where no certificates are chosen */
} fields[] = {
  { N_ ("What goes through the tunnel") },
  { N_ ("Networks"), "network", "routes" },
  { N_ ("Name servers"), "network", "dns" },
  { N_ ("Domains"), "network", "domains" },
  { N_ ("Domains that the gateway may name"), "network", "allowed-domains" },
  { N_ ("MTU"), "network", "mtu" },
  { N_ ("Who the gateway must prove to be") },
  { N_ ("Identity of the gateway"), "gateway", "identity" },
  { N_ ("Pinned keys of the gateway"), "gateway", "pins" },
  { N_ ("Gateway's certificate is not revoked"), "gateway", "revocation", revocations },
  { N_ ("Name in the TLS certificate"), "tls", "name" },
  { N_ ("Authority of the TLS certificate"), "tls", "ca", NULL, N_ ("As for the gateway") },
  { N_ ("Pinned keys of the TLS server"), "tls", "pins" },
  { N_ ("TLS certificate is not revoked"), "tls", "revocation", revocations },
  { N_ ("How you sign in") },
  { N_ ("Your identity, if not the user"), "sign-in", "local-identity" },
  { N_ ("User shown outside of TLS"), "sign-in", "anonymous-identity" },
  { N_ ("Inside TLS"), "sign-in", "inner", inners },
  { N_ ("Name of the server for sign-ins"), "sign-in", "aaa-identity" },
  { N_ ("Methods that the gateway may propose"), "sign-in", "eap-methods" },
  { N_ ("That server alone may vouch for the gateway"), "sign-in", "eap-only", no_yes },
  { N_ ("Signatures of an RSA key"), "sign-in", "rsa-padding", paddings },
  { N_ ("Name of a post-quantum key"), "sign-in", "ppk-identity" },
  { N_ ("Not without that key"), "sign-in", "ppk-required", yes_no },
  { N_ ("Sign in anew after, in minutes"), "sign-in", "lifetime" },
  { N_ ("Algorithms") },
  { N_ ("For IKE"), "algorithms", "ike" },
  { N_ ("For ESP"), "algorithms", "esp" },
  { N_ ("Ask for the tunnel"), "gateway", "childless", childless },
};

typedef struct {
  VisitorSiteForm *form; /* borrowed */
  const char *group, *key;
  const VisitorEditChoice *choices;
  VisitorEditFunc edited;
  gpointer user_data;
} Attached;

static void
on_selected (AdwComboRow *row, GParamSpec *pspec, Attached *attached)
{
  guint chosen = adw_combo_row_get_selected (row);
  if (chosen == GTK_INVALID_LIST_POSITION)
    return;
  gboolean implied = chosen == 0 && !g_str_equal (attached->key, "method");
  visitor_site_form_set (attached->form, attached->group, attached->key,
      implied ? NULL : attached->choices[chosen].word);
  attached->edited (attached->user_data);
}

static void
attached_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* Offers choices in row, shows the one that stands in form, and writes there from now on. form and
 * user_data have to outlive the row. */
void
visitor_edit_choice_attach (AdwComboRow *row, VisitorSiteForm *form, const char *group,
    const char *key, const VisitorEditChoice *choices, VisitorEditFunc edited, gpointer user_data)
{
  g_autofree char *word = visitor_site_form_get (form, group, key);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = 0;
  for (guint i = 0; choices[i].word != NULL; i++) {
    gtk_string_list_append (titles, _ (choices[i].title));
    if (g_str_equal (choices[i].word, word))
      chosen = i;
  }
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (row, chosen);
  Attached *attached = g_new (Attached, 1);
  *attached = (Attached){ form, group, key, choices, edited, user_data };
  g_signal_connect_data (row, "notify::selected", G_CALLBACK (on_selected), attached, attached_free,
      G_CONNECT_DEFAULT);
}

static GtkWidget *
heading_row (const char *title)
{
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *row = gtk_list_box_row_new ();
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "field-heading");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

/* Adds all of the table to expander; its VisitorFieldRows go to ret_rows too, its VisitorFileRows to
 * ret_files, borrowed, and are still to be attached. */
void
visitor_edit_fields_add_advanced (AdwExpanderRow *expander, VisitorSiteForm *form,
    GPtrArray *ret_rows, GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    const char *title = _ (fields[i].title);
    GtkWidget *row;
    if (fields[i].key == NULL) {
      row = heading_row (title);
    } else if (fields[i].choices != NULL) {
      row = g_object_new (ADW_TYPE_COMBO_ROW, "title", title, NULL);
      visitor_edit_choice_attach (ADW_COMBO_ROW (row), form, fields[i].group, fields[i].key,
          fields[i].choices, edited, user_data);
    } else if (fields[i].nothing != NULL) {
      row = GTK_WIDGET (
          visitor_file_row_new (title, fields[i].group, fields[i].key, _ (fields[i].nothing)));
      g_ptr_array_add (ret_files, row);
    } else {
      row = GTK_WIDGET (visitor_field_row_new (title, fields[i].group, fields[i].key));
      g_ptr_array_add (ret_rows, row);
    }
    adw_expander_row_add_row (expander, row);
  }
}
