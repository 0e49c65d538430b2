/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rogue-gateway: an IKEv2 gateway behind an RFC 9329 stream, in TLS or plain, that misbehaves in one of
 * the ways that --list-faults lists; without --fault it is an honest one. Packets are echoed.
 *
 * Each line on standard input is the name of the next fault, or "none" or "none-eap" for an honest
 * gateway: the stream and all SAs are forgotten, and "ready: NAME" is said. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "rogue.h"

static char *opt_listen, *opt_cert, *opt_key, *opt_fault, *opt_ca, *opt_record;
static gboolean opt_list;

static const GOptionEntry options[] = {
  { "listen", 'l', 0, G_OPTION_ARG_STRING, &opt_listen, "IPv4 address and port", "ADDRESS:PORT" },
  { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &opt_cert, "TLS chain; none: plain TCP", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &opt_key, "Its key", "FILE" },
  { "fault", 'f', 0, G_OPTION_ARG_STRING, &opt_fault, "What to do wrong", "NAME" },
  { "list-faults", 0, 0, G_OPTION_ARG_NONE, &opt_list,
      "Name, phase, sign-in, error, whether the proof is sent, what is said", NULL },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &opt_ca, "Gets the CAs that a site is to trust", "FILE" },
  { "record", 0, 0, G_OPTION_ARG_FILENAME, &opt_record, "Gets all that the client says", "FILE" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static const Fault *
any_fault (size_t i)
{
  size_t n = faults_framing.n;
  if (i < n)
    return &faults_framing.at[i];
  return i - n < faults_lost.n ? &faults_lost.at[i - n] : fault_at (i - n - faults_lost.n);
}

static void
list_faults (void)
{
  const Fault *fault;
  for (size_t i = 0; (fault = any_fault (i)) != NULL; i++)
    g_print ("%s\t%s\t%s\t%s\t%d\t%s\n", fault->name, fault_phase_to_string (fault->phase),
        fault->auth == IKE_AUTH_METHOD_PSK ? "psk" : "eap-mschapv2",
        fault->code == FAULT_LIVES ? "-" : visitor_error_name ((VisitorError) fault->code),
        fault->sends_proof, fault->says != NULL ? fault->says : "");
}

/* NULL for "none"; what is no fault ends the program. */
static const Fault *
find (const char *name)
{
  static const Fault honest = { .name = "none-eap", .auth = IKE_AUTH_METHOD_EAP };
  const Fault *fault;
  if (strcmp (name, honest.name) == 0)
    return &honest;
  for (size_t i = 0; (fault = any_fault (i)) != NULL; i++) {
    if (strcmp (fault->name, name) == 0)
      return fault;
  }
  if (strcmp (name, "none") != 0) {
    g_printerr ("rogue-gateway: no such fault: %s\n", name);
    exit (2);
  }
  return NULL;
}

static void
send_ike (Responder *r, Slice message)
{
  Rogue *self = r->wire_data;
  g_autofree uint8_t *frame = g_malloc (STREAM_BUFFER_LEN);
  self->frame = SLICE (frame, stream_write_ike (frame, STREAM_BUFFER_LEN, message));
  g_assert_cmpuint (self->frame.len, >, 0);
  bool is_framing =
      self->fault != NULL && self->fault->phase == FAULT_FRAMING && self->fault->play != NULL;
  if (is_framing && !self->played && ++self->n_messages == self->fault->number) {
    self->played = true;
    self->fault->play (r, self->fault);
  }
  rogue_write (self, self->frame);
  self->frame = SLICE (NULL, 0);
}

static void
send_esp (Responder *r, Slice packet)
{
  g_autofree uint8_t *frame = g_malloc (STREAM_LENGTH_LEN + packet.len);
  g_assert_true (stream_write_esp_header (frame, packet.len));
  memcpy (frame + STREAM_LENGTH_LEN, packet.data, packet.len);
  rogue_write (r->wire_data, SLICE (frame, STREAM_LENGTH_LEN + packet.len));
}

static void
record (Responder *r, Slice chain)
{
  Rogue *self = r->wire_data;
  if (self->record != NULL)
    fwrite (chain.data, 1, chain.len, self->record);
}

static const ResponderWire wire = { .ike = send_ike, .esp = send_esp, .heard = record };

/* A gateway that knows nobody, for that fault. */
static void
begin (Rogue *self, const char *name)
{
  rogue_hang_up (self);
  g_clear_pointer (&self->responder, responder_free);
  self->fault = find (name);
  self->played = self->one_by_one = false;
  self->n_messages = self->n_proofs = 0;
  Responder *r = self->responder =
      responder_new (self->fault != NULL ? self->fault->auth : IKE_AUTH_METHOD_PSK);
  r->wire = &wire;
  r->wire_data = self;
  r->key = r->auth == IKE_AUTH_METHOD_EAP ? self->key : NULL;
  r->misnamed = self->misnamed;
  r->stranger = self->stranger;
  r->outdated = self->outdated;
  if (self->fault != NULL)
    fault_prepare (r, self->fault);
  g_print ("ready: %s\n", name);
}

static void
take_esp (Rogue *self, Slice packet)
{
  bool is_due = self->fault != NULL && self->fault->phase != FAULT_FRAMING &&
      self->fault->play != NULL && !self->played;
  if (is_due) {
    self->played = true;
    self->fault->play (self->responder, self->fault);
    g_print ("played\n");
  }
  rogue_echo (self, packet);
}

/* Hands out the whole frames of what came. */
static void
take_frames (Rogue *self)
{
  while (self->backlog->len > 0 && self->fd >= 0) {
    size_t size;
    uint8_t *space = stream_decoder_space (&self->in, &size);
    size_t n = MIN (size, self->backlog->len);
    memcpy (space, self->backlog->data, n);
    g_byte_array_remove_range (self->backlog, 0, (guint) n);
    stream_decoder_filled (&self->in, n);
    Slice body;
    StreamVerdict verdict;
    while ((verdict = stream_decoder_next (&self->in, &body)) != STREAM_MORE) {
      g_assert_true (verdict == STREAM_IKE || verdict == STREAM_ESP);
      if (verdict == STREAM_IKE)
        responder_receive (self->responder, body);
      else
        take_esp (self, body);
    }
  }
  for (; self->n_proofs < self->responder->n_proofs; self->n_proofs++)
    g_print ("a proof\n");
}

/* One line of standard input; false at its end. */
static bool
take_command (Rogue *self)
{
  char line[100];
  if (fgets (line, sizeof line, stdin) == NULL)
    return false;
  begin (self, g_strstrip (line));
  return true;
}

static void
serve (Rogue *self)
{
  for (;;) {
    struct pollfd p[] = {
      { .fd = self->listener, .events = POLLIN },
      { .fd = STDIN_FILENO, .events = POLLIN },
      { .fd = self->fd, .events = POLLIN },
    };
    if (poll (p, G_N_ELEMENTS (p), -1) < 0 && errno != EINTR)
      g_error ("poll: %s", g_strerror (errno));
    if (self->fd >= 0 && p[2].revents != 0) {
      rogue_read (self);
      take_frames (self);
    }
    if (p[1].revents != 0 && !take_command (self))
      return;
    if ((p[0].revents & POLLIN) != 0)
      rogue_accept (self);
  }
}

static int
listen_at (const char *where)
{
  g_auto (GStrv) words = g_strsplit (where, ":", 2);
  struct sockaddr_in at = { .sin_family = AF_INET };
  const int yes = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (g_strv_length (words) != 2 || inet_pton (AF_INET, words[0], &at.sin_addr) != 1)
    g_error ("not an address and port: %s", where);
  at.sin_port = htons ((uint16_t) atoi (words[1]));
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind (fd, (struct sockaddr *) &at, sizeof at) < 0 || listen (fd, 8) < 0)
    g_error ("%s: %s", where, g_strerror (errno));
  return fd;
}

static void
load_tls (Rogue *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cert = NULL, *key = NULL;
  if (opt_cert == NULL)
    return;
  if (g_file_get_contents (opt_cert, &cert, NULL, &error) &&
      g_file_get_contents (opt_key, &key, NULL, &error))
    self->credentials = tls_server_credentials_new (cert, key, &error);
  g_assert_no_error (error);
}

/* Whom it can be: itself, another of a good CA, itself a year ago, and somebody of no CA. */
static void
make_keys (Rogue *self)
{
  g_autoptr (GError) error = NULL;
  const time_t now = time (NULL), day = 24 * 60 * 60;
  self->key = gateway_key_new (RESPONDER_NAME, now - day, now + day);
  self->misnamed = gateway_key_new ("other.example.test", now - day, now + day);
  self->outdated = gateway_key_new (RESPONDER_NAME, now - 400 * day, now - day);
  self->stranger = gateway_key_new (RESPONDER_NAME, now - day, now + day);
  g_autofree char *pem = g_strconcat (gateway_key_ca_pem (self->key),
      gateway_key_ca_pem (self->misnamed), gateway_key_ca_pem (self->outdated), NULL);
  if (opt_ca != NULL)
    g_file_set_contents (opt_ca, pem, -1, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (!opt_list && !opt_listen)) {
    g_printerr ("rogue-gateway: %s\n", error != NULL ? error->message : "see --help");
    return 2;
  }
  if (opt_list) {
    list_faults ();
    return 0;
  }
  setlinebuf (stdout);
  setvbuf (stdin, NULL, _IONBF, 0); /* poll () is to see what is left */
  Rogue *self = g_new0 (Rogue, 1);
  self->fd = -1;
  self->backlog = g_byte_array_new ();
  self->record = opt_record != NULL ? fopen (opt_record, "wb") : NULL;
  if (self->record != NULL)
    setvbuf (self->record, NULL, _IONBF, 0);
  load_tls (self);
  make_keys (self);
  self->listener = listen_at (opt_listen);
  begin (self, opt_fault != NULL ? opt_fault : "none");
  serve (self);
  return 0;
}
