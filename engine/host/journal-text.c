/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's text: one change a line, each behind a checksum over the slot, the number of the line
 * and its words, so that a line that was torn, moved or copied does not count. Pure.
 *
 *     3fb2a1c0de000001 visitor-journal-1
 *     6b1f...          device
 *     0c9e...          address 10.3.0.2/32
 *     ...              route 10.0.0.0/8
 *     ...              source 10.3.0.2/32
 *     ...              reverse-path wlan0 1
 *     ...              rule 4
 *     ...              block 6
 *     ...              resolv-conf
 */
#include "host/journal.h"

#include <string.h>

#define CHECKSUM_LEN 16
#define MAX_CHANGES 2048

static const char *const words[] = {
  [NETCFG_STEP_JOURNAL] = "visitor-journal-1",
  [NETCFG_STEP_DEVICE] = "device",
  [NETCFG_STEP_ADDRESS] = "address",
  [NETCFG_STEP_ROUTE] = "route",
  [NETCFG_STEP_SOURCE] = "source",
  [NETCFG_STEP_REVERSE_PATH] = "reverse-path",
  [NETCFG_STEP_RULE] = "rule",
  [NETCFG_STEP_BLOCK] = "block",
  [NETCFG_STEP_RESOLVED] = "resolved",
  [NETCFG_STEP_RESOLV_CONF] = "resolv-conf",
};

static char *
checksum_of (guint slot, guint line, const char *text)
{
  g_autofree char *all = g_strdup_printf ("%u %u %s", slot, line, text);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
  return g_strndup (sum, CHECKSUM_LEN);
}

/* The change as line number `line` of the slot's journal, newline included; line 0 is the heading,
 * which is the change NETCFG_STEP_JOURNAL. Transfer: full. */
char *
journal_format (guint slot, guint line, const JournalChange *change)
{
  char prefix[INET_PREFIX_STRLEN];
  g_autofree char *text = NULL;
  switch (change->step) {
  case NETCFG_STEP_ADDRESS:
  case NETCFG_STEP_ROUTE:
  case NETCFG_STEP_SOURCE:
    text =
        g_strconcat (words[change->step], " ", inet_prefix_format (&change->prefix, prefix), NULL);
    break;
  case NETCFG_STEP_REVERSE_PATH:
    text = g_strdup_printf (
        "%s %s %u", words[change->step], change->path.device, (guint) change->path.filter);
    break;
  case NETCFG_STEP_RULE:
  case NETCFG_STEP_BLOCK:
    text = g_strdup_printf ("%s %u", words[change->step], (guint) change->family);
    break;
  case NETCFG_STEP_JOURNAL:
  case NETCFG_STEP_DEVICE:
  case NETCFG_STEP_RESOLVED:
  case NETCFG_STEP_RESOLV_CONF: text = g_strdup (words[change->step]); break;
  }
  g_autofree char *sum = checksum_of (slot, line, text);
  return g_strdup_printf ("%s %s\n", sum, text);
}

/* DEVICE NUMBER; what may be in a device's name is what the kernel allows. */
static gboolean
parse_reverse_path (const char *operand, ReversePath *path)
{
  gsize len = strcspn (operand, " /:\t\n\v\f\r");
  const char *number = operand + len + 1;
  if (len == 0 || len >= sizeof path->device || operand[len] != ' ' || number[0] < '0' ||
      number[0] > '2' || number[1] != '\0')
    return FALSE;
  g_strlcpy (path->device, operand, len + 1);
  path->filter = (guint8) (number[0] - '0');
  return TRUE;
}

static gboolean
parse_operand (const char *operand, JournalChange *change)
{
  switch (change->step) {
  case NETCFG_STEP_ADDRESS:
  case NETCFG_STEP_ROUTE:
  case NETCFG_STEP_SOURCE:
    return operand != NULL && inet_prefix_parse (operand, &change->prefix) &&
        inet_prefix_is_canonical (&change->prefix);
  case NETCFG_STEP_REVERSE_PATH:
    return operand != NULL && parse_reverse_path (operand, &change->path);
  case NETCFG_STEP_RULE:
  case NETCFG_STEP_BLOCK:
    if (operand == NULL || operand[0] == '\0' || operand[1] != '\0')
      return FALSE;
    change->family = (InetFamily) (operand[0] - '0');
    return change->family == INET_V4 || change->family == INET_V6;
  case NETCFG_STEP_JOURNAL:
  case NETCFG_STEP_DEVICE:
  case NETCFG_STEP_RESOLVED:
  case NETCFG_STEP_RESOLV_CONF: break;
  }
  return operand == NULL;
}

static gboolean
parse_line (guint slot, guint line, const char *text, JournalChange *ret_change)
{
  gsize len = strlen (text);
  if (len <= CHECKSUM_LEN + 1 || text[CHECKSUM_LEN] != ' ')
    return FALSE;
  g_autofree char *sum = checksum_of (slot, line, text + CHECKSUM_LEN + 1);
  if (strncmp (sum, text, CHECKSUM_LEN) != 0)
    return FALSE;

  g_auto (GStrv) parts = g_strsplit (text + CHECKSUM_LEN + 1, " ", 2);
  for (guint step = 0; step < G_N_ELEMENTS (words); step++) {
    if (strcmp (parts[0], words[step]) == 0 && (step == NETCFG_STEP_JOURNAL) == (line == 0)) {
      *ret_change = (JournalChange){ .step = (NetcfgStep) step };
      return parse_operand (parts[1], ret_change);
    }
  }
  return FALSE;
}

/* The changes in a journal's text, oldest first, without its heading. What is torn off at the end
 * was never acted upon, as each line is on the disk before its change is made, and is passed over;
 * a bad line before the last is an error (VISITOR_ERROR_STORAGE). Transfer: full. */
GArray *
journal_parse (guint slot, const char *text, gsize len, GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  const char *end = text + len;
  const char *newline;
  for (guint line = 0; (newline = memchr (text, '\n', (gsize) (end - text))) != NULL; line++) {
    g_autofree char *copy = g_strndup (text, (gsize) (newline - text));
    JournalChange change;
    text = newline + 1;
    if (!parse_line (slot, line, copy, &change) || line > MAX_CHANGES) {
      if (text == end)
        break;
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE,
          "Line %u of the journal of slot %u is damaged", line + 1, slot);
      return NULL;
    }
    if (line > 0)
      g_array_append_val (changes, change);
  }
  return g_steal_pointer (&changes);
}
