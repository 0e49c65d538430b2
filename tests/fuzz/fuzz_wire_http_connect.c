/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http_reply_parse () on any octets: the verdict holds for what follows, and for every way to cut. */
#include <glib.h>

#include "fuzz.h"
#include "wire/http-connect.h"

static void
check_within (Slice whole, Slice part)
{
  g_assert (
      part.len == 0 || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HttpReply reply = { 0 }, half = { 0 };
  const char *why = NULL;
  Slice all = SLICE (data, size);
  HttpVerdict verdict = http_reply_parse (all, &reply, &why);
  HttpVerdict before = http_reply_parse (SLICE (data, size / 2), &half, &why);
  g_assert (before != HTTP_REPLY_BAD || verdict == HTTP_REPLY_BAD);
  g_assert (before != HTTP_REPLY_DONE || (verdict == HTTP_REPLY_DONE && half.len == reply.len));
  if (verdict != HTTP_REPLY_DONE)
    return 0;
  g_assert (reply.len <= size && reply.len <= HTTP_REPLY_MAX);
  g_assert (reply.status >= 200 && reply.status <= 599);
  g_assert (!reply.keeps_open || reply.body_len <= HTTP_BODY_MAX);
  check_within (all, reply.reason);
  check_within (all, reply.location);
  for (size_t i = 0; i < reply.n_challenges; i++)
    check_within (all, reply.challenges[i]);
  return 0;
}
