/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A worker that does what the site's name tells it, word by word, to see what the engine makes of it:
 *
 *   state=NAME  secret  trust  configure=N (10.98.N.2; waits for the TUN)  send=N (does not)  tun
 *   tell (what it was given)  rest=SECONDS  serve  hang
 *   fail=ERROR  close  crash  flood  rude=MESSAGE  unasked (a status)  lie (a false configuration)
 *
 * It speaks the real protocol over the real socketpair, and no network. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/protocol/message.h"
#include "host/spawn.h"

static void
say (MessageType type, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  if (!message_send (HOST_WORKER_FD, type, body, -1, &error))
    exit (3);
}

/* What follows in time: an answer to a poll or the order to end is obeyed on the way. */
static void
hear (MessageType wanted, Message *ret_message)
{
  for (;;) {
    g_autoptr (GError) error = NULL;
    Message message = { 0 };
    if (!message_receive (HOST_WORKER_FD, &message, &error))
      exit (4);
    if (message.type == wanted) {
      *ret_message = message;
      return;
    }
    if (message.type == MESSAGE_DISCONNECT) {
      say (MESSAGE_CLOSED, NULL);
      exit (0);
    }
    if (message.type == MESSAGE_POLL_STATUS) {
      GVariantDict status;
      g_variant_dict_init (&status, NULL);
      g_variant_dict_insert (&status, "transport", "s", "TLS");
      g_variant_dict_insert (&status, "gateway", "s", "192.0.2.77:443");
      g_variant_dict_insert (&status, "entry", "s", "vpn.example.test:443");
      say (MESSAGE_STATUS, g_variant_dict_end (&status));
    }
    message_clear (&message);
  }
}

static void
configure (const char *network, const char *route)
{
  const char *dns[] = { "10.98.0.53", NULL }, *domains[] = { "corp.example.test", NULL };
  const char *routes[] = { route, NULL };
  g_autofree char *address = g_strdup_printf ("10.98.%s.2/32", network);
  const char *addresses[] = { address, NULL };
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "addresses", "^as", addresses);
  g_variant_dict_insert (&dict, "routes", "^as", routes);
  g_variant_dict_insert (&dict, "dns", "^as", dns);
  g_variant_dict_insert (&dict, "domains", "^as", domains);
  g_variant_dict_insert (&dict, "mtu", "u", 1400);
  say (MESSAGE_CONFIGURE, g_variant_dict_end (&dict));
}

static void
wait_for_tun (void)
{
  g_auto (Message) tun = { 0 };
  hear (MESSAGE_TUN, &tun);
  g_message ("TUN %d", tun.fd >= 0);
}

static void
ask_secret (void)
{
  g_auto (Message) answer = { 0 };
  gboolean given;
  g_autoptr (GVariant) octets = NULL;
  say (MESSAGE_WANT_SECRET, g_variant_new ("(ssus)", "password", "alice", 1, ""));
  hear (MESSAGE_SECRET, &answer);
  g_variant_get (answer.body, "(b@ay)", &given, &octets);
  if (!given) {
    say (MESSAGE_FAILED, g_variant_new ("(ss)", "NoSecret", "nobody gave a password"));
    exit (0);
  }
  g_autofree char *line = g_strdup_printf ("a secret of %zu octets", g_variant_get_size (octets));
  say (MESSAGE_LOG, g_variant_new ("(us)", (guint32) G_LOG_LEVEL_INFO, line));
}

static void
ask_trust (void)
{
  g_auto (Message) answer = { 0 };
  gboolean trusted;
  say (MESSAGE_WANT_TRUST,
      g_variant_new_parsed (
          "{'part': <'tls'>, 'name': <'vpn.example.test'>, 'reason': <'unknown'>,"
          " 'certificate': <[byte 0x30, 0x00]>, 'subject': <'CN=a'>, 'issuer': <'CN=b'>,"
          " 'not-before': <int64 1>, 'not-after': <int64 2>}"));
  hear (MESSAGE_TRUST_ANSWER, &answer);
  g_variant_get (answer.body, "(b)", &trusted);
  if (!trusted) {
    say (MESSAGE_FAILED, g_variant_new ("(ss)", "TlsUntrusted", "it is not trusted"));
    exit (0);
  }
}

static void
tell_list (const char *key, char *const *addresses)
{
  g_autofree char *list = g_strjoinv (" ", (char **) addresses);
  g_autofree char *line = g_strdup_printf ("%s: %s.", key, list);
  say (MESSAGE_LOG, g_variant_new ("(us)", (guint32) G_LOG_LEVEL_INFO, line));
}

/* What is known of names, the addresses alone; "hosts" is there always, "last-good" where there is something. */
static void
tell_names (GVariant *start, const char *key, gboolean must_be)
{
  g_autoptr (GVariant) names = g_variant_lookup_value (start, key, G_VARIANT_TYPE ("a{sas}"));
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  if (names == NULL && must_be)
    exit (6);
  for (gsize i = 0; names != NULL && i < g_variant_n_children (names); i++) {
    g_auto (GStrv) addresses = NULL;
    g_variant_get_child (names, i, "{&s^as}", NULL, &addresses);
    g_strv_builder_addv (all, (const char **) addresses);
  }
  g_auto (GStrv) list = g_strv_builder_end (all);
  tell_list (key, list);
}

static void
tell (GVariant *start)
{
  g_autofree const char **nameservers = NULL;
  if (!g_variant_lookup (start, "nameservers", "^a&s", &nameservers))
    exit (6);
  tell_list ("nameservers", (char **) nameservers);
  tell_names (start, "hosts", TRUE);
  tell_names (start, "last-good", FALSE);
}

static MessageType
type_of (const char *name)
{
  for (int type = MESSAGE_NONE; type < MESSAGE_N_TYPES; type++) {
    if (g_strcmp0 (message_type_to_string ((MessageType) type), name) == 0)
      return (MessageType) type;
  }
  exit (6);
}

static void
do_word (const char *word, const char *value, GVariant *start)
{
  Message none = { 0 };
  if (g_str_equal (word, "state"))
    say (MESSAGE_STATE, g_variant_new ("(ss)", value, "as told"));
  else if (g_str_equal (word, "secret"))
    ask_secret ();
  else if (g_str_equal (word, "trust"))
    ask_trust ();
  else if (g_str_equal (word, "configure"))
    configure (value, "10.98.0.0/16"), wait_for_tun ();
  else if (g_str_equal (word, "send"))
    configure (value, "10.98.0.0/16");
  else if (g_str_equal (word, "tun"))
    wait_for_tun ();
  else if (g_str_equal (word, "lie"))
    configure ("0", "10.98.0.1/16; reboot"), wait_for_tun ();
  else if (g_str_equal (word, "tell"))
    tell (start);
  else if (g_str_equal (word, "serve"))
    hear (MESSAGE_NONE, &none);
  else if (g_str_equal (word, "rest"))
    sleep ((unsigned int) atoi (value));
  else if (g_str_equal (word, "hang"))
    pause ();
  else if (g_str_equal (word, "close"))
    say (MESSAGE_CLOSED, NULL), exit (0);
  else if (g_str_equal (word, "fail"))
    say (MESSAGE_FAILED, g_variant_new ("(ss)", value, "as told")), exit (0);
  else if (g_str_equal (word, "crash"))
    abort ();
  else if (g_str_equal (word, "rude"))
    say (type_of (value), NULL);
  else if (g_str_equal (word, "unasked"))
    say (MESSAGE_STATUS, g_variant_new ("a{sv}", NULL));
  else if (g_str_equal (word, "flood"))
    for (;;)
      say (MESSAGE_STATE, g_variant_new ("(ss)", "signing-in", "again"));
}

static void
play (const char *site, GVariant *start)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  if (!g_key_file_load_from_data (file, site, (gsize) -1, G_KEY_FILE_NONE, NULL))
    exit (5);
  g_autofree char *name = g_key_file_get_string (file, "site", "name", NULL);
  g_auto (GStrv) words = g_strsplit (name, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
    do_word (pair[0], pair[1], start);
  }
}

int
main (void)
{
  g_auto (Message) start = { 0 };
  const char *site;
  say (MESSAGE_READY, NULL);
  hear (MESSAGE_START, &start);
  if (!g_variant_lookup (start.body, "site", "&s", &site))
    return 2;
  play (site, start.body);
  return 0;
}
