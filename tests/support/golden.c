/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the recorded sessions. What is wrong with a file ends the test: a test must not pass because
 * its known answers are missing. */
#include "support/golden.h"

#include <string.h>

#include "support/hex.h"

#define MARKER_LEN 4
#define IKE_EXCHANGE_AT 18
#define IKE_MESSAGE_ID_AT 20

typedef struct {
  bool from_initiator, is_ike;
  GBytes *frame;
} Message;

typedef struct {
  char *kind;
  GBytes *value;
} KnownSecret;

struct _Golden {
  GArray *messages; /* Message */
  GArray *secrets; /* KnownSecret */
};

static void
message_clear (void *data)
{
  Message *message = data;
  g_bytes_unref (message->frame);
}

static void
secret_clear (void *data)
{
  KnownSecret *secret = data;
  g_free (secret->kind);
  g_bytes_unref (secret->value);
}

static void
read_line (Golden *golden, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 0);
  guint n = g_strv_length (words);
  if (n == 4 && strcmp (words[0], "message") == 0) {
    Message message = { .from_initiator = strcmp (words[1], "i2r") == 0,
      .is_ike = strcmp (words[2], "ike") == 0,
      .frame = hex_to_bytes (words[3]) };
    g_array_append_val (golden->messages, message);
  } else if (n == 3 && strcmp (words[0], "secret") == 0) {
    KnownSecret secret = { .kind = g_strdup (words[1]), .value = hex_to_bytes (words[2]) };
    g_array_append_val (golden->secrets, secret);
  } else if (line[0] != '#' && line[0] != '\0') {
    g_error ("A golden session cannot have this line: %.40s", line);
  }
}

static char *
read_file (const char *name, const char *suffix)
{
  g_autofree char *path = g_strconcat (GOLDEN_DIR, "/", name, suffix, NULL);
  g_autoptr (GError) error = NULL;
  char *text;
  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  return text;
}

/* The session "psk", "cert" or "eap". Transfer: full. */
Golden *
golden_open (const char *name)
{
  g_autofree char *text = read_file (name, ".session");
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  Golden *golden = g_new0 (Golden, 1);
  golden->messages = g_array_new (FALSE, FALSE, sizeof (Message));
  golden->secrets = g_array_new (FALSE, FALSE, sizeof (KnownSecret));
  g_array_set_clear_func (golden->messages, message_clear);
  g_array_set_clear_func (golden->secrets, secret_clear);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (golden, lines[i]);
  return golden;
}

void
golden_free (Golden *golden)
{
  g_array_unref (golden->messages);
  g_array_unref (golden->secrets);
  g_free (golden);
}

size_t
golden_n_messages (const Golden *golden)
{
  return golden->messages->len;
}

/* The nth message, from 0, in the order of the wire; borrowed. */
GoldenMessage
golden_message (const Golden *golden, size_t nth)
{
  g_assert_cmpuint (nth, <, golden->messages->len);
  const Message *message = &g_array_index (golden->messages, Message, nth);
  Slice frame = slice_of_bytes (message->frame);
  size_t marker = message->is_ike ? MARKER_LEN : 0;
  return (GoldenMessage){ .from_initiator = message->from_initiator,
    .is_ike = message->is_ike,
    .body = SLICE (frame.data + marker, frame.len - marker) };
}

static uint32_t
message_id (Slice body)
{
  const uint8_t *at = body.data + IKE_MESSAGE_ID_AT;
  return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

/* The first IKE message of that direction, exchange type and message ID; borrowed. */
GoldenMessage
golden_ike (const Golden *golden, bool from_initiator, uint8_t exchange, uint32_t id)
{
  for (size_t i = 0; i < golden->messages->len; i++) {
    GoldenMessage message = golden_message (golden, i);
    if (message.is_ike && message.from_initiator == from_initiator &&
        message.body.data[IKE_EXCHANGE_AT] == exchange && message_id (message.body) == id)
      return message;
  }
  g_error ("No message %u of exchange %u in this session", id, exchange);
}

size_t
golden_n_secrets (const Golden *golden, const char *kind)
{
  size_t n = 0;
  for (guint i = 0; i < golden->secrets->len; i++)
    n += strcmp (g_array_index (golden->secrets, KnownSecret, i).kind, kind) == 0;
  return n;
}

/* The nth secret of a kind, from 0; borrowed. */
Slice
golden_secret (const Golden *golden, const char *kind, size_t nth)
{
  for (guint i = 0; i < golden->secrets->len; i++) {
    const KnownSecret *secret = &g_array_index (golden->secrets, KnownSecret, i);
    if (strcmp (secret->kind, kind) == 0 && nth-- == 0)
      return slice_of_bytes (secret->value);
  }
  g_error ("This session does not have that many secrets %s", kind);
}

/* The CA certificate of a session, PEM. Transfer: full. */
char *
golden_ca_pem (const char *name)
{
  return read_file (name, ".ca.pem");
}
