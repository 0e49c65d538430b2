/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/agent.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "client/keyring.h"
#include "dbus/errors.h"
#include "site/store.h"

#define CONNECTION "/org/visitorvpn/Engine/connection/1"

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *user;
  GDBusConnection *engine;
  GDBusConnection *stranger;
  VisitorAgent *agent;

  /* what the person does */
  const char *types; /* NULL: nothing */
  gboolean remember;
  gboolean trusts, cancels, drops;
  VisitorTrustRequest *about;
  char *fingerprint;
  VisitorTrustPart part; /* that the last question was about */
  guint asked;
} Fixture;

static GDBusConnection *
join (GTestDBus *daemon)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
ask_person (
    VisitorAgent *agent, VisitorSecretRequest *request, const GError *problem, gpointer data)
{
  Fixture *f = data;
  f->asked++;
  g_assert_cmpstr (visitor_secret_request_get_site (request), ==, "work");
  g_assert_cmpstr (visitor_secret_request_get_user (request), ==, "anna");
  if (f->types == NULL) {
    visitor_secret_request_refuse (request, VISITOR_ERROR_CANCELLED);
    visitor_secret_request_free (request);
    return;
  }
  g_autoptr (Secret) secret = secret_new (f->types, strlen (f->types));
  visitor_agent_answer (agent, request, secret, f->remember);
}

/* A person needs a while. */
static gboolean
answer_trust (gpointer data)
{
  Fixture *f = data;
  g_assert_nonnull (f->about);
  visitor_agent_answer_trust (f->agent, g_steal_pointer (&f->about), f->trusts);
  return G_SOURCE_REMOVE;
}

static void
ask_trust (VisitorAgent *agent, VisitorTrustRequest *request, gpointer data)
{
  Fixture *f = data;
  const VisitorTrustQuestion *question = visitor_trust_request_get_question (request);
  f->asked++;
  f->part = question->part;
  g_assert_cmpstr (question->name, ==, "gw.example.com");
  g_assert_cmpstr (question->subject, ==, "CN=gw");
  g_assert_cmpint (question->not_after, ==, 2000000000);
  g_free (f->fingerprint);
  f->fingerprint = g_strdup (question->certificate_sha256);
  f->about = request;
  if (f->cancels) {
    visitor_trust_request_cancel (request);
    g_clear_pointer (&f->about, visitor_trust_request_free);
  } else if (f->drops)
    g_clear_pointer (&f->about, visitor_trust_request_free);
  else
    g_timeout_add (20, answer_trust, f);
}

static const VisitorAgentPrompts prompts = { ask_person, ask_trust };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->daemon);
  f->user = join (f->daemon);
  f->engine = join (f->daemon);
  f->stranger = join (f->daemon);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (f->engine, "org.freedesktop.DBus",
      "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", VISITOR_ENGINE_BUS_NAME, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL);
  g_assert_nonnull (reply);
  g_autoptr (GError) error = NULL;
  f->agent = visitor_agent_new (f->user, "work", &prompts, f, &error);
  g_assert_no_error (error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  visitor_keyring_forget_async ("work", NULL, on_done, &result);
  visitor_keyring_forget_finish (wait_for (&result), NULL);
  g_free (f->fingerprint);
  g_clear_object (&f->agent);
  g_clear_object (&f->user);
  g_clear_object (&f->engine);
  g_clear_object (&f->stranger);
  g_test_dbus_down (f->daemon);
  g_clear_object (&f->daemon);
}

static GVariant *
call (Fixture *f, GDBusConnection *from, const char *method, GVariant *request, GUnixFDList **fds,
    GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_dbus_connection_call_with_unix_fd_list (from, g_dbus_connection_get_unique_name (f->user),
      visitor_agent_get_path (f->agent), "org.visitorvpn.Agent1", method,
      g_variant_new ("(o@a{sv})", CONNECTION, request), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL, on_done, &result);
  return g_dbus_connection_call_with_unix_fd_list_finish (from, fds, wait_for (&result), error);
}

/* The secret as the engine reads it; NULL with an error. */
static char *
get_secret (Fixture *f, GDBusConnection *from, const char *kind, guint attempt, GError **error)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "kind", "s", kind);
  g_variant_dict_insert (&request, "user", "s", "anna");
  g_variant_dict_insert (&request, "attempt", "u", attempt);
  g_variant_dict_insert (&request, "site", "s", "Work");
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply =
      call (f, from, "GetSecret", g_variant_dict_end (&request), &fds, error);
  if (reply == NULL)
    return NULL;
  int fd = g_unix_fd_list_get (fds, 0, NULL);
  char buf[64];
  ssize_t n = read (fd, buf, sizeof buf);
  g_assert_cmpint (n, >=, 0);
  g_assert_cmpint (
      fcntl (fd, F_GET_SEALS), ==, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  close (fd);
  return g_strndup (buf, (gsize) n);
}

static void
test_person (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->types = "Wonderland1";
  g_autofree char *secret = get_secret (f, f->engine, "password", 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, "Wonderland1");
  g_assert_cmpuint (f->asked, ==, 1);
  g_assert_false (visitor_agent_has_pending (f->agent));

  f->types = NULL;
  g_assert_null (get_secret (f, f->engine, "password", 1, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
}

static void
test_stranger (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->types = "Wonderland1";
  f->trusts = TRUE;
  g_assert_null (get_secret (f, f->stranger, "password", 1, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
  g_clear_error (&error);
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_assert_null (call (f, f->stranger, "AskTrust", g_variant_dict_end (&request), NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
  g_assert_cmpuint (f->asked, ==, 0);
}

static void
test_nonsense (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (get_secret (f, f->engine, "shoe size", 1, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
  g_assert_cmpuint (f->asked, ==, 0);
}

static GVariant *
sign (Fixture *f, GDBusConnection *from, const void *octets, gsize len, GError **error)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "scheme", "s", "ecdsa-sha256");
  g_variant_dict_insert_value (
      &request, "octets", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, octets, len, 1));
  return call (f, from, "Sign", g_variant_dict_end (&request), NULL, error);
}

static GVariant *
get_certificate (Fixture *f, GDBusConnection *from, GError **error)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  return call (f, from, "GetCertificate", g_variant_dict_end (&request), NULL, error);
}

/* A key with its certificate, as openssl makes them. */
static Secret *
key_file (void)
{
  g_autofree char *data = NULL;
  gsize len = 0;
  g_autofree char *folder = g_dir_make_tmp ("visitor-agent-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *command = g_strdup_printf (
      "sh -c 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=anna "
      "-days 2 -keyout %s.0 -out %s.1 2> /dev/null && cat %s.0 %s.1 > %s && rm %s.0 %s.1'",
      file, file, file, file, file, file, file);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_get_contents (file, &data, &len, NULL));
  g_unlink (file);
  g_rmdir (folder);
  return secret_new (data, len);
}

static void
assert_refused (Fixture *f, const void *octets, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sign (f, f->engine, octets, len, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
}

static void
assert_signed (Fixture *f, const void *octets, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = sign (f, f->engine, octets, len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "(ay)");
}

static void
open_key (Fixture *f, VisitorCredential *credential, gboolean for_tls)
{
  g_autoptr (GError) error = NULL;
  visitor_agent_set_credential (f->agent, credential, for_tls);
  g_autoptr (GVariant) reply = get_certificate (f, f->engine, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "(aayas)");
}

/* The engine alone gets a signature, of an open key, and only over what has the form of a proof. */
static void
test_sign (Fixture *f, gconstpointer data)
{
  static const guint8 message[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0x20, 34, 8,
    0, 0, 0, 0, 0, 0, 0, 64, 34, 0, 0, 8, 0, 0, 0, 0, 40, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 20 };
  guint8 proof[64 + 64] = { 0 }, tls[64 + 34 + 32];
  memcpy (proof, message, sizeof message);
  memset (tls, ' ', sizeof tls);
  memcpy (tls + 64, "TLS 1.3, client CertificateVerify", 34);
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_new ();
  site->key = g_strdup ("work.key");
  g_autoptr (Secret) file = key_file ();
  g_autoptr (VisitorCredential) credential = visitor_credential_new (site, file);

  g_assert_null (get_certificate (f, f->engine, &error)); /* there is none */
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  visitor_agent_set_credential (f->agent, credential, FALSE);
  assert_refused (f, proof, sizeof proof); /* not open yet */
  open_key (f, credential, FALSE);
  assert_signed (f, proof, sizeof proof);
  assert_refused (f, tls, sizeof tls);
  g_assert_null (sign (f, f->stranger, proof, sizeof proof, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
  open_key (f, credential, TRUE);
  assert_signed (f, tls, sizeof tls);
  proof[17] = 0x10; /* of IKEv1 */
  assert_refused (f, proof, sizeof proof);
  g_assert_cmpuint (f->asked, ==, 0);
}

/* libsecret's file backend forgets to free the etag of each file that it writes: with LeakSanitizer in
 * the process, what is allocated meanwhile is not looked for. */
void __lsan_disable (void) __attribute__ ((weak));
void __lsan_enable (void) __attribute__ ((weak));

static GAsyncResult *
wait_for_store (GAsyncResult **result)
{
  if (__lsan_disable != NULL)
    __lsan_disable ();
  wait_for (result);
  if (__lsan_enable != NULL)
    __lsan_enable ();
  return *result;
}

static void
keep (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  visitor_agent_keep_async (f->agent, NULL, on_done, &result);
  g_assert_true (visitor_agent_keep_finish (f->agent, wait_for_store (&result), &error));
  g_assert_no_error (error);
}

/* Kept only when told so, asked from the keyring once, never replayed after a refusal, and a refusal
 * throws nothing away. */
static void
test_keyring (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->types = "first";
  f->remember = TRUE;
  g_free (get_secret (f, f->engine, "password", 1, &error));
  g_assert_true (visitor_agent_has_pending (f->agent));
  g_free (get_secret (f, f->engine, "password", 1, &error));
  g_assert_cmpuint (f->asked, ==, 2); /* pending is not kept yet */
  keep (f);
  g_assert_false (visitor_agent_has_pending (f->agent));

  f->types = "second";
  f->remember = FALSE;
  g_autofree char *kept = get_secret (f, f->engine, "password", 1, &error);
  g_assert_cmpstr (kept, ==, "first");
  g_assert_cmpuint (f->asked, ==, 2);
  g_autofree char *typed = get_secret (f, f->engine, "password", 2, &error);
  g_assert_cmpstr (typed, ==, "second");
  g_assert_cmpuint (f->asked, ==, 3);
  keep (f);
  g_autofree char *still = get_secret (f, f->engine, "password", 1, &error);
  g_assert_cmpstr (still, ==, "first");

  visitor_agent_set_use_keyring (f->agent, FALSE);
  g_autofree char *asked = get_secret (f, f->engine, "password", 1, &error);
  g_assert_cmpstr (asked, ==, "second");
}

/* A code is asked of the person each time, whatever the keyring has, and not kept whatever the person
 * wants; the password that was asked for before it still is. */
static void
test_code (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->remember = TRUE;
  f->types = "123456";
  for (guint i = 1; i <= 2; i++) {
    g_autofree char *code = get_secret (f, f->engine, "code", 1, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (code, ==, "123456");
    g_assert_cmpuint (f->asked, ==, i);
    g_assert_false (visitor_agent_has_pending (f->agent));
  }
  g_free (get_secret (f, f->engine, "password", 1, &error));
  g_free (get_secret (f, f->engine, "code", 1, &error));
  g_assert_true (visitor_agent_has_pending (f->agent));
}

/* The answer to a question about a certificate with this key: the least that has one. */
static gboolean
trust (Fixture *f, const char *part, guint8 key, GError **error)
{
  const guint8 der[] = { 0x30, 16, 0x30, 14, 0x02, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0, 0x30,
    1, key };
  GVariant *request =
      g_variant_new_parsed ("{'part': <%s>, 'name': <'gw.example.com'>, 'reason': <'unknown'>,"
                            " 'certificate': <%@ay>, 'subject': <'CN=gw'>, 'issuer': <'CN=ca'>,"
                            " 'not-before': <int64 1>, 'not-after': <int64 2000000000>}",
          part, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der, sizeof der, 1));
  g_autoptr (GVariant) reply = call (f, f->engine, "AskTrust", request, NULL, error);
  gboolean trusted = FALSE;
  if (reply != NULL)
    g_variant_get (reply, "(b)", &trusted);
  return trusted;
}

/* The person is asked about each key once, wherever it is shown; a no is not kept. */
static void
test_trust (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (trust (f, "tls", 1, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (f->fingerprint, ==,
      "D9:8C:ED:3A:18:56:7E:00:52:FE:76:37:8D:F2:02:80:"
      "3F:21:F3:F7:FD:86:4C:F2:F1:BC:BD:84:54:92:B3:0C");
  g_assert_false (visitor_agent_has_trusted (f->agent));
  f->trusts = TRUE;
  g_assert_true (trust (f, "tls", 1, &error));
  g_assert_cmpuint (f->asked, ==, 2);
  g_assert_true (trust (f, "gateway", 1, &error));
  g_assert_cmpuint (f->asked, ==, 2);
  g_assert_true (visitor_agent_has_trusted (f->agent));
  f->trusts = FALSE;
  g_assert_false (trust (f, "gateway", 2, &error));
  g_assert_cmpuint (f->asked, ==, 3);
  g_assert_cmpint (f->part, ==, VISITOR_TRUST_GATEWAY);
  g_assert_no_error (error);
}

/* What is dropped is a no, what is cancelled says so, and half a question is none. */
static void
test_trust_without_answer (Fixture *f, gconstpointer data)
{
  static const char *const halves[] = { "{'part': <'tls'>}",
    "{'part': <'tls'>, 'name': <'a'>, 'certificate': <[byte 1]>, 'subject': <'a'>, 'issuer': <'a'>,"
    " 'not-before': <int64 1>, 'not-after': <int64 2>}" };
  g_autoptr (GError) error = NULL;
  f->trusts = f->drops = TRUE;
  g_assert_false (trust (f, "tls", 1, &error));
  g_assert_no_error (error);
  f->drops = FALSE;
  f->cancels = TRUE;
  g_assert_false (trust (f, "tls", 1, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (trust (f, "elsewhere", 1, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++) {
    g_clear_error (&error);
    GVariant *half = g_variant_new_parsed (halves[i]);
    g_assert_null (call (f, f->engine, "AskTrust", half, NULL, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
  }
  g_assert_cmpuint (f->asked, ==, 2);
  g_assert_false (visitor_agent_has_trusted (f->agent));
}

/* What was accepted becomes pins of the stored site, once each, beside what was there. */
static void
test_remember (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->trusts = TRUE;
  g_assert_true (trust (f, "tls", 1, &error));
  g_assert_true (trust (f, "gateway", 1, &error));
  g_assert_true (trust (f, "gateway", 2, &error));
  g_assert_false (visitor_agent_remember_trusted (f->agent, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (SiteStore) store = site_store_open (NULL, &error);
  g_autoptr (Site) site =
      site_parse ("# mine\n[site]\naddress=gw.example.com\n[sign-in]\nmethod=psk\nuser=a\n", -1,
          NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (site_store_save (store, "work", site, &error));
  for (guint i = 0; i < 2; i++) {
    g_assert_true (visitor_agent_remember_trusted (f->agent, &error));
    g_assert_no_error (error);
    g_autoptr (SiteEntry) entry = site_store_load (store, "work");
    g_autofree char *text = site_to_text (entry->site);
    g_assert_nonnull (strstr (text, "# mine"));
    g_assert_nonnull (
        strstr (text, "[tls]\npins=sha256/nbCEfg++xGJt8cyFmiwGJhno5duPqxg8W/nZd5Va+00=\n"));
    g_assert_nonnull (strstr (text,
        "[gateway]\npins=sha256/nbCEfg++xGJt8cyFmiwGJhno5duPqxg8W/nZd5Va+00=;"
        "sha256/PL5kcM/4Xfrd6pmPhX+jh3Lb9G90sDn+8KdfabxKjH0=\n"));
  }
  g_assert_true (site_store_remove (store, "work", &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  visitor_dbus_register_errors ();
  g_autofree char *directory = g_dir_make_tmp ("visitor-agent-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "keyring", NULL);
  g_setenv ("XDG_CONFIG_HOME", directory, TRUE);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "pw", TRUE);
#define ADD(name, func) g_test_add ("/client/agent/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("person", test_person);
  ADD ("stranger", test_stranger);
  ADD ("nonsense", test_nonsense);
  ADD ("sign", test_sign);
  ADD ("keyring", test_keyring);
  ADD ("code", test_code);
  ADD ("trust", test_trust);
  ADD ("trust-without-answer", test_trust_without_answer);
  ADD ("remember", test_remember);
  int rc = g_test_run ();
  g_autofree char *backup = g_strconcat (file, "~", NULL);
  g_remove (backup);
  g_remove (file);
  static const char *const folders[] = { "visitor/sites", "visitor" };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *folder = g_build_filename (directory, folders[i], NULL);
    g_rmdir (folder);
  }
  g_rmdir (directory);
  return rc;
}
