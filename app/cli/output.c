/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output: what goes to the terminal.
 *
 * Names of sites and words of gateways are other people's: a line is one line whatever stands in it,
 * and what could move the cursor, change colours or turn the direction of text is shown as its code. */
#include "config.h"

#include "cli/output.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "client/error-text.h"

/* Control characters, separators of lines, invisible and direction-changing ones (UAX 9). */
static gboolean
is_unsafe (gunichar c)
{
  if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0x061c)
    return TRUE;
  return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
      (c >= 0x2060 && c <= 0x206f);
}

/* text with everything unsafe as \u{HEX}; what is no UTF-8 is replaced. Transfer: full. */
char *
output_escape (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *safe = g_string_new (NULL);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (is_unsafe (c))
      g_string_append_printf (safe, "\\u{%x}", c);
    else
      g_string_append_unichar (safe, c);
  }
  return g_string_free (safe, FALSE);
}

/* UTF-8 as the terminal has it: one of another encoding gets what it can show, quotation marks become
 * plain ones. Transfer: full. */
char *
output_encode (const char *text)
{
  if (g_get_charset (NULL))
    return g_strdup (text);
  char *converted = g_locale_from_utf8 (text, -1, NULL, NULL, NULL);
  return converted != NULL ? converted : g_str_to_ascii (text, NULL);
}

/* Why standard output did not take something; 0: it took all. */
static int lost;

static void
put (FILE *stream, const char *text)
{
  g_autofree char *encoded = output_encode (text);
  if ((fputs (encoded, stream) < 0 || fflush (stream) != 0) && stream == stdout)
    lost = errno;
}

/* Text of our own on standard output, as it is. */
void
output_text (const char *text)
{
  put (stdout, text);
}

G_GNUC_PRINTF (1, 0)
static char *
format_line (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  return output_escape (text);
}

/* One line on standard output. */
void
output_say (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *line = format_line (format, args);
  va_end (args);
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  put (stdout, text);
}

/* One line on standard error. */
void
output_complain (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *line = format_line (format, args);
  va_end (args);
  g_autofree char *text = g_strconcat ("visitor: ", line, "\n", NULL);
  put (stderr, text);
}

/* Tells the user of an error: what, what to do, and the detail. Returns its exit code. */
ExitCode
output_error (const GError *error)
{
  gboolean ours = error->domain == VISITOR_ERROR;
  VisitorError code = ours ? (VisitorError) error->code : VISITOR_ERROR_FAILED;
  output_complain ("%s %s", visitor_error_sentence (code), visitor_error_advice_on_terminal (code));
  if (error->message[0] != '\0')
    /* Translators: more about an error, for who wants to know */
    output_complain (_ ("Details: %s"), error->message);
  return exit_code_of (code);
}

/* Calls func when nobody reads standard output any more, as behind a pipe into head. The signal that would end
 * other programs then is ignored by GIO. Returns a source's id. */
guint
output_on_closed (GUnixFDSourceFunc func, gpointer user_data)
{
  return g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, func, user_data);
}

/* The exit code at the end of a verb that gave `code`: what standard output did not take is a failure, and told,
 * unless nobody wanted it. */
ExitCode
output_end (ExitCode code)
{
  if (fflush (stdout) != 0)
    lost = errno;
  if (lost == 0 || lost == EPIPE || code != EXIT_CODE_OK)
    return code;
  output_complain (_ ("Not all of this could be written: %s"), g_strerror (lost));
  return EXIT_CODE_STORAGE;
}
