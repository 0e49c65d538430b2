/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "base/slice.h"

/* A proxy's whole answer up to the tunnel: interim replies and the final one, without a body. */
#define HTTP_REPLY_MAX 16384
#define HTTP_MAX_LINES 100
#define HTTP_MAX_INTERIM 8
#define HTTP_MAX_CHALLENGE_LINES 8
/* A refusal's body that is worth reading past, to ask again on the same connection. */
#define HTTP_BODY_MAX 65536

typedef enum {
  HTTP_REPLY_MORE, /* the header is not whole yet */
  HTTP_REPLY_DONE,
  HTTP_REPLY_BAD, /* *ret_why says why */
} HttpVerdict;

/* All slices are borrowed from the octets that were read. */
typedef struct {
  unsigned int status;
  Slice reason; /* the proxy's own words */
  size_t len; /* of all that was read; behind it the tunnel begins, or the body */
  bool keeps_open; /* after body_len octets another request may be made */
  size_t body_len;
  Slice challenges[HTTP_MAX_CHALLENGE_LINES]; /* values of Proxy-Authenticate */
  size_t n_challenges;
  Slice location; /* value of the first Location */
  size_t n_locations;
} HttpReply;

Secret *http_connect_request (const char *authority, const Secret *authorization);
HttpVerdict http_reply_parse (Slice octets, HttpReply *ret_reply, const char **ret_why);
bool http_reply_is_tunnel (const HttpReply *reply);
