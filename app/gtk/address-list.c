/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAddressList: the entry points of a site besides its address, a field each, in the order in which
 * they are tried. They are added, removed and moved; what is wrong with one is said under it. "edited" is
 * emitted when the list is another one. */
#include "config.h"

#include "gtk/address-list.h"

#include <glib/gi18n-lib.h>

#include "gtk/problem-row.h"

#define GROUP "site"
#define KEY "entry-points"

struct _VisitorAddressList {
  AdwPreferencesGroup parent_instance;

  /* owned */
  GPtrArray *fields; /* AdwEntryRow, borrowed: they are rows of ours */

  /* borrowed */
  VisitorSiteForm *form;

  /* state */
  gboolean is_changing; /* by us: the text is written once, at the end */
};

enum {
  EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorAddressList, visitor_address_list, ADW_TYPE_PREFERENCES_GROUP)

static const char *
text_at (VisitorAddressList *self, guint index)
{
  return gtk_editable_get_text (g_ptr_array_index (self->fields, index));
}

/* Each is an address like that of the site. Transfer: full. */
static char *
problem_at (VisitorAddressList *self, guint index)
{
  const char *text = text_at (self, index);
  return *text != '\0' ? visitor_site_form_check ("site", "address", text) : NULL;
}

static GtkWidget *
button_at (VisitorAddressList *self, guint index, const char *name)
{
  return g_object_get_data (g_ptr_array_index (self->fields, index), name);
}

/* What is written in the site, and what can be done to each. */
static void
write_all (VisitorAddressList *self)
{
  g_autoptr (GString) all = g_string_new (NULL);
  if (self->is_changing)
    return;
  for (guint i = 0; i < self->fields->len; i++) {
    g_autofree char *problem = problem_at (self, i);
    visitor_problem_row_show (g_ptr_array_index (self->fields, i), problem);
    gtk_widget_set_sensitive (button_at (self, i, "up"), i > 0);
    gtk_widget_set_sensitive (button_at (self, i, "down"), i + 1 < self->fields->len);
    g_string_append_printf (all, "%s%s", all->len > 0 ? ";" : "", text_at (self, i));
  }
  visitor_site_form_set (self->form, GROUP, KEY, all->str);
  g_signal_emit (self, signals[EDITED], 0);
}

static guint
index_of (VisitorAddressList *self, GtkWidget *button)
{
  guint index = 0;
  g_ptr_array_find (self->fields, gtk_widget_get_ancestor (button, ADW_TYPE_ENTRY_ROW), &index);
  return index;
}

/* The texts change places, and the focus goes with the one that was moved. */
static void
swap (VisitorAddressList *self, guint a, guint b, const char *button)
{
  g_autofree char *text = g_strdup (text_at (self, a));
  self->is_changing = TRUE;
  gtk_editable_set_text (g_ptr_array_index (self->fields, a), text_at (self, b));
  gtk_editable_set_text (g_ptr_array_index (self->fields, b), text);
  self->is_changing = FALSE;
  write_all (self);
  if (!gtk_widget_grab_focus (button_at (self, b, button)))
    gtk_widget_grab_focus (g_ptr_array_index (self->fields, b));
}

static void
on_up (GtkWidget *button, VisitorAddressList *self)
{
  guint index = index_of (self, button);
  if (index > 0)
    swap (self, index, index - 1, "up");
}

static void
on_down (GtkWidget *button, VisitorAddressList *self)
{
  guint index = index_of (self, button);
  if (index + 1 < self->fields->len)
    swap (self, index, index + 1, "down");
}

static void
on_remove (GtkWidget *button, VisitorAddressList *self)
{
  guint index = index_of (self, button);
  AdwEntryRow *field = g_ptr_array_index (self->fields, index);
  gtk_window_set_focus (GTK_WINDOW (gtk_widget_get_root (button)), NULL);
  visitor_problem_row_remove (field);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (field));
  g_ptr_array_remove_index (self->fields, index);
  write_all (self);
  if (self->fields->len > 0)
    gtk_widget_grab_focus (g_ptr_array_index (self->fields, MIN (index, self->fields->len - 1)));
}

static void
add_button (VisitorAddressList *self, AdwEntryRow *field, const char *name, const char *icon,
    const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", clicked, self);
  g_object_set_data (G_OBJECT (field), name, button);
  adw_entry_row_add_suffix (field, button);
}

static AdwEntryRow *
add_field (VisitorAddressList *self, const char *text)
{
  AdwEntryRow *field = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _ ("Another address"),
      "input-purpose", GTK_INPUT_PURPOSE_URL, "activates-default", TRUE, NULL);
  add_button (self, field, "up", "go-up-symbolic", _ ("Try it earlier"), G_CALLBACK (on_up));
  add_button (self, field, "down", "go-down-symbolic", _ ("Try it later"), G_CALLBACK (on_down));
  add_button (self, field, "remove", "edit-delete-symbolic", _ ("Remove this address"),
      G_CALLBACK (on_remove));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (field));
  visitor_problem_row_add (field);
  g_ptr_array_add (self->fields, field);
  gtk_editable_set_text (GTK_EDITABLE (field), text);
  g_signal_connect_swapped (field, "changed", G_CALLBACK (write_all), self);
  return field;
}

static void
on_add (VisitorAddressList *self)
{
  AdwEntryRow *field = add_field (self, "");
  write_all (self);
  gtk_widget_grab_focus (GTK_WIDGET (field));
}

static void
visitor_address_list_dispose (GObject *object)
{
  /* a field that goes is no change of the site */
  VISITOR_ADDRESS_LIST (object)->is_changing = TRUE;
  G_OBJECT_CLASS (visitor_address_list_parent_class)->dispose (object);
}

static void
visitor_address_list_finalize (GObject *object)
{
  g_ptr_array_unref (VISITOR_ADDRESS_LIST (object)->fields);
  G_OBJECT_CLASS (visitor_address_list_parent_class)->finalize (object);
}

static void
visitor_address_list_class_init (VisitorAddressListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = visitor_address_list_dispose;
  object_class->finalize = visitor_address_list_finalize;
  signals[EDITED] = g_signal_new (
      "edited", VISITOR_TYPE_ADDRESS_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
visitor_address_list_init (VisitorAddressList *self)
{
  GtkWidget *add = gtk_button_new_with_mnemonic (_ ("_Add an address"));
  self->fields = g_ptr_array_new ();
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_set_valign (add, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add), self);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), add);
}

/* Shows what stands in form, which has to outlive it, and writes there from now on. */
VisitorAddressList *
visitor_address_list_new (VisitorSiteForm *form)
{
  VisitorAddressList *self = g_object_new (VISITOR_TYPE_ADDRESS_LIST, "title", _ ("More addresses"),
      "description", _ ("Others of the same gateway, or of one like it."), NULL);
  g_autofree char *text = visitor_site_form_get (form, GROUP, KEY);
  g_auto (GStrv) items = g_strsplit_set (text, ";, \t\n", -1);
  self->form = form;
  self->is_changing = TRUE;
  for (guint i = 0; items[i] != NULL; i++) {
    if (*items[i] != '\0')
      add_field (self, items[i]);
  }
  self->is_changing = FALSE;
  write_all (self);
  return self;
}

static GtkWidget *
first_wrong (VisitorAddressList *self)
{
  for (guint i = 0; i < self->fields->len; i++) {
    g_autofree char *problem = problem_at (self, i);
    if (problem != NULL)
      return g_ptr_array_index (self->fields, i);
  }
  return NULL;
}

/* TRUE if one is wrong by itself; all together they may make a list that can be read, but another one. */
gboolean
visitor_address_list_has_problem (VisitorAddressList *self)
{
  return first_wrong (self) != NULL;
}

/* Sets the focus on the first field that is wrong, if there is one. */
void
visitor_address_list_focus_problem (VisitorAddressList *self)
{
  GtkWidget *field = first_wrong (self);
  if (field != NULL)
    gtk_widget_grab_focus (field);
}
