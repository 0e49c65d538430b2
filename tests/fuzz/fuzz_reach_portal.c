/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portal_judge () on any answer: a browser is sent to nothing but a URL that is whole and leads away. The
 * first octet says what is known of TLS. */
#include <glib.h>
#include <string.h>

#include "base/web-url.h"
#include "fuzz.h"
#include "reach/portal.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HttpReply reply;
  const char *why = NULL;
  if (size == 0 || http_reply_parse (SLICE (data + 1, size - 1), &reply, &why) != HTTP_REPLY_DONE)
    return 0;
  const PortalQuestion question = {
    .host = "vpn.example.com",
    .tls_name = "gw.example.org",
    .strange_tls = (data[0] & 1) != 0,
    .answers_204 = (data[0] & 2) != 0,
  };
  g_autofree char *url = NULL;
  PortalVerdict verdict = portal_judge (&question, &reply, &url);
  g_assert (url == NULL || verdict == PORTAL_FOUND);
  WebUrl parsed;
  if (url == NULL)
    return 0;
  g_assert (web_url_parse (url, &parsed) && strlen (url) <= WEB_URL_MAX);
  g_assert (g_ascii_strncasecmp (url, "http", strlen ("http")) == 0);
  g_assert (strpbrk (url, "\r\n\t \"<>\\") == NULL);
  return 0;
}
