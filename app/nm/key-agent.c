/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KeyAgent: a user's key, which it opens and signs with as that user, for one connection of NM's.
 *
 * What it has to do comes as one order: path, site.conf, passphrase or PIN, the first two with a zero octet
 * behind them. An empty path: the site names a token. It signs what a gateway has to be shown and nothing
 * else, whoever asks. It asks nobody: a key that is locked is an error, and NM's agents ask. */
#include "nm/key-agent.h"

#include <fcntl.h>
#include <string.h>

#include "base/names.h"
#include "client/credential.h"
#include "client/sign-form.h"
#include "dbus/visitor-dbus.h"
#include "site/file.h"

#define KEY_FILE_MAX (32 * 1024)

struct _KeyAgent {
  VisitorDBusAgent1 *skeleton; /* owned */
  VisitorCredential *credential; /* owned */
  Secret *opens_it; /* owned, or NULL */
  GError *problem; /* owned: why there is no credential */
  gboolean is_open;
  gboolean for_tls; /* the site may sign in by EAP-TLS */
};

static gboolean
open_key (KeyAgent *self, GError **error)
{
  VisitorCredentialNeed need;
  if (self->is_open)
    return TRUE;
  if (self->credential == NULL) {
    g_propagate_error (error, g_error_copy (self->problem));
    return FALSE;
  }
  if (!visitor_credential_unlock (self->credential, self->opens_it, &need, error))
    return FALSE;
  self->is_open = need == VISITOR_CREDENTIAL_READY;
  if (!self->is_open)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET, "%s is locked",
        visitor_credential_get_label (self->credential));
  return self->is_open;
}

static gboolean
on_get_certificate (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, KeyAgent *self)
{
  g_autoptr (GError) error = NULL;
  if (open_key (self, &error))
    g_dbus_method_invocation_return_value (
        invocation, visitor_credential_to_variant (self->credential));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return TRUE;
}

static gboolean
may_sign (const KeyAgent *self, Slice octets)
{
  return visitor_sign_form_is_ike_auth (octets) ||
      (self->for_tls && visitor_sign_form_is_tls_client (octets));
}

static GBytes *
sign (KeyAgent *self, GVariant *details, GError **error)
{
  const char *name = NULL;
  g_autoptr (GVariant) octets =
      g_variant_lookup_value (details, "octets", G_VARIANT_TYPE_BYTESTRING);
  (void) g_variant_lookup (details, "scheme", "&s", &name);
  SignatureScheme scheme = signature_scheme_from_string (name);
  g_autoptr (GBytes) bytes = octets != NULL ? g_variant_get_data_as_bytes (octets) : NULL;
  if (self->is_open && bytes != NULL && scheme != SIGNATURE_NONE &&
      may_sign (self, slice_of_bytes (bytes)))
    return visitor_credential_sign (self->credential, scheme, slice_of_bytes (bytes), error);
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
      "That is nothing that a gateway has to be shown");
  return NULL;
}

static gboolean
on_sign (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation, const char *connection,
    GVariant *details, KeyAgent *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) signature = sign (self, details, &error);
  if (signature != NULL)
    g_dbus_method_invocation_return_value (invocation,
        g_variant_new (
            "(@ay)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, signature, TRUE)));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return TRUE;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (
      error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "The order makes no sense");
  return FALSE;
}

/* Cuts what a zero octet ends from the front of *order. */
static const char *
take_string (Slice *order)
{
  const uint8_t *end = memchr (order->data, '\0', order->len);
  if (end == NULL)
    return NULL;
  const char *text = (const char *) order->data;
  size_t taken = (size_t) (end - order->data) + 1;
  *order = SLICE (order->data + taken, order->len - taken);
  return text;
}

/* The file is opened as whoever we are; never through a symbolic link at its end, so that what was named is
 * what is read. */
static Secret *
read_key (const char *path, GError **error)
{
  gsize len;
  char *data = site_file_read (AT_FDCWD, path, O_NOFOLLOW, KEY_FILE_MAX, &len, error);
  if (data == NULL) {
    if (error != NULL && *error != NULL)
      (*error)->code = VISITOR_ERROR_CERTIFICATE_UNUSABLE;
    return NULL;
  }
  Secret *key = secret_new (data, len);
  bytes_wipe (data, len);
  g_free (data);
  return key;
}

static gboolean
take_order (KeyAgent *self, Slice order, GError **error)
{
  const char *path = take_string (&order);
  const char *text = path != NULL ? take_string (&order) : NULL;
  if (text == NULL)
    return refuse (error);
  g_autoptr (Site) site = site_parse (text, -1, NULL, NULL, error);
  if (site == NULL)
    return FALSE;
  if (site->key == NULL || (*path == '\0') != site_key_is_uri (site->key))
    return refuse (error);
  g_autoptr (Secret) file = *path != '\0' ? read_key (path, error) : NULL;
  if (*path != '\0' && file == NULL)
    return FALSE;
  self->credential = visitor_credential_new (site, file);
  self->for_tls = site_may_use_eap_tls (site);
  if (order.len > 0)
    self->opens_it = secret_new (order.data, order.len);
  return TRUE;
}

void
key_agent_free (KeyAgent *agent)
{
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
  g_object_unref (agent->skeleton);
  g_clear_pointer (&agent->credential, visitor_credential_unref);
  g_clear_pointer (&agent->opens_it, secret_unref);
  g_clear_error (&agent->problem);
  g_free (agent);
}

/* Reads the key that the order names; it is opened when it is asked for, and what is wrong is said then.
 * Transfer: full. */
KeyAgent *
key_agent_new (Slice order)
{
  KeyAgent *self = g_new0 (KeyAgent, 1);
  self->skeleton = visitor_dbus_agent1_skeleton_new ();
  g_signal_connect (
      self->skeleton, "handle-get-certificate", G_CALLBACK (on_get_certificate), self);
  g_signal_connect (self->skeleton, "handle-sign", G_CALLBACK (on_sign), self);
  (void) take_order (self, order, &self->problem);
  return self;
}

/* At VISITOR_AGENT_PATH. */
gboolean
key_agent_export (KeyAgent *agent, GDBusConnection *bus, GError **error)
{
  return g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (agent->skeleton), bus, VISITOR_AGENT_PATH, error);
}
