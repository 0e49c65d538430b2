/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prompt: questions on the user's terminal, without echo for secrets.
 *
 * The terminal is /dev/tty, whatever standard input is. The main loop goes on while a person types, so
 * that Ctrl-C and news from the engine are heard; the terminal is put back as it was in every case, also by the
 * signals that end or stop a program without a word to its main loop. */
#include "config.h"

#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/output.h"

#define ANSWER_MAX 1024

struct _Prompt {
  int fd;
  gboolean silent; /* echo is off, before is what to go back to */
  struct termios before;
  guint source;
  PromptFunc func;
  gpointer user_data;
};

/* For the handlers of signals: the terminal whose echo is off, how it is now, and how it was. */
static struct {
  int fd;
  struct termios silent, before;
} hushed;

static const int deadly[] = { SIGHUP, SIGQUIT, SIGTSTP };

static void
on_deadly (int number)
{
  (void) tcsetattr (hushed.fd, TCSANOW, &hushed.before);
  (void) raise (number == SIGTSTP ? SIGSTOP : number);
}

static void
on_continued (int number)
{
  (void) tcsetattr (hushed.fd, TCSANOW, &hushed.silent);
}

/* What ends us runs once and then as ever; a stop may come again. A signal that is ignored stays so. */
static void
watch_signals (gboolean watch)
{
  const struct sigaction as_ever = { .sa_handler = SIG_DFL };
  const struct sigaction once = { .sa_handler = on_deadly,
    .sa_flags = (int) SA_RESETHAND | SA_NODEFER };
  const struct sigaction stop = { .sa_handler = on_deadly, .sa_flags = SA_RESTART };
  const struct sigaction again = { .sa_handler = on_continued, .sa_flags = SA_RESTART };
  for (gsize i = 0; i < G_N_ELEMENTS (deadly); i++) {
    struct sigaction now;
    if (sigaction (deadly[i], NULL, &now) != 0 || now.sa_handler == SIG_IGN)
      continue;
    const struct sigaction *action = deadly[i] == SIGTSTP ? &stop : &once;
    (void) sigaction (deadly[i], watch ? action : &as_ever, NULL);
  }
  (void) sigaction (SIGCONT, watch ? &again : &as_ever, NULL);
}

static void
end_line (Prompt *prompt)
{
  if (write (prompt->fd, "\n", 1) < 0)
    errno = 0;
}

static void
put_back (Prompt *prompt)
{
  if (!prompt->silent)
    return;
  prompt->silent = FALSE;
  watch_signals (FALSE);
  (void) tcsetattr (prompt->fd, TCSAFLUSH, &prompt->before);
  end_line (prompt);
}

/* The terminal of this process; NULL if it has none. Transfer: full. */
Prompt *
prompt_open (void)
{
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return NULL;
  Prompt *prompt = g_new0 (Prompt, 1);
  prompt->fd = fd;
  return prompt;
}

/* Withdraws an open question. NULL is allowed. */
void
prompt_close (Prompt *prompt)
{
  if (prompt == NULL)
    return;
  if (prompt->source != 0 && !prompt->silent)
    end_line (prompt);
  g_clear_handle_id (&prompt->source, g_source_remove);
  put_back (prompt);
  close (prompt->fd);
  g_free (prompt);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Prompt *prompt = user_data;
  uint8_t *room;
  g_autoptr (Secret) line = secret_new_empty (ANSWER_MAX, &room);
  ssize_t n = read (fd, room, ANSWER_MAX);
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  prompt->source = 0;
  gboolean is_line = n > 0 && room[n - 1] == '\n';
  if (!is_line && !prompt->silent)
    end_line (prompt);
  put_back (prompt);
  g_autoptr (Secret) answer = NULL;
  if (is_line)
    answer = secret_new (room, (size_t) n - 1);
  prompt->func (answer, prompt->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
silence (Prompt *prompt)
{
  if (tcgetattr (prompt->fd, &prompt->before) != 0)
    return FALSE;
  struct termios silent = prompt->before;
  silent.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  silent.c_lflag |= ICANON | ISIG;
  hushed.fd = prompt->fd;
  hushed.before = prompt->before;
  hushed.silent = silent;
  watch_signals (TRUE);
  prompt->silent = TRUE;
  if (tcsetattr (prompt->fd, TCSAFLUSH, &silent) != 0) {
    put_back (prompt);
    return FALSE;
  }
  return TRUE;
}

static gboolean
put (Prompt *prompt, const char *text, const char *end)
{
  g_autofree char *safe = output_escape (text);
  g_autofree char *encoded = output_encode (safe);
  g_autofree char *whole = g_strconcat (encoded, end, NULL);
  return write (prompt->fd, whole, strlen (whole)) >= 0;
}

/* A line that belongs to the question that follows. */
void
prompt_show (Prompt *prompt, const char *line)
{
  (void) put (prompt, line, "\n");
}

/* Asks; func is called once with the answer, unless the prompt is closed before. One question at a
 * time. Where echo cannot be turned off nothing is asked, and func gets NULL at once. */
void
prompt_ask (
    Prompt *prompt, const char *question, gboolean echo, PromptFunc func, gpointer user_data)
{
  if ((!echo && !silence (prompt)) || !put (prompt, question, " ")) {
    put_back (prompt);
    func (NULL, user_data);
    return;
  }
  prompt->func = func;
  prompt->user_data = user_data;
  prompt->source = g_unix_fd_add (prompt->fd, G_IO_IN | G_IO_HUP, on_readable, prompt);
}

/* True if the answer begins as "yes" does, in English or in the user's language. */
gboolean
prompt_answer_is_yes (const Secret *answer)
{
  if (answer == NULL || secret_len (answer) == 0)
    return FALSE;
  Slice octets = secret_slice (answer);
  /* Translators: the first letter of “yes” in your language, in lower case */
  const char *yes = C_ ("letter", "y");
  char first = g_ascii_tolower ((char) octets.data[0]);
  return first == 'y' ||
      (yes[0] != '\0' && (octets.data[0] == (uint8_t) yes[0] || first == yes[0]));
}

static gboolean
has_more (int fd)
{
  struct pollfd p = { .fd = fd, .events = POLLIN };
  return poll (&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

/* Reads a secret up to the end of the file or the next line break, no octet more, so that another one may
 * stand in the next line. With wait it waits for it; else it is not there where nothing can be read
 * now. NO_SECRET if there is none or it is too long. Closes nothing. Transfer: full. */
Secret *
prompt_read_fd (int fd, gboolean wait, GError **error)
{
  uint8_t *room;
  size_t len = 0;
  g_autoptr (Secret) line = secret_new_empty (ANSWER_MAX, &room);
  ssize_t n = 1;
  while (n > 0 && len < ANSWER_MAX && (wait || len > 0 || has_more (fd))) {
    n = read (fd, room + len, 1);
    if (n < 0 && errno == EINTR)
      n = 1;
    else if (n > 0 && room[len] == '\n')
      break;
    else if (n > 0)
      len++;
  }
  if (n < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET,
        _ ("The password cannot be read from file descriptor %d: %s"), fd, g_strerror (errno));
    return NULL;
  }
  if (len == ANSWER_MAX) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET,
        _ ("The password is longer than any gateway takes."));
    return NULL;
  }
  if (len == 0) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET, _ ("The password is empty."));
    return NULL;
  }
  return secret_new (room, len);
}
