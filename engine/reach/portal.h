/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wire/http-connect.h"

#define PORTAL_PORT 80

typedef enum {
  PORTAL_UNKNOWN, /* nobody has answered, or not so that it says anything */
  PORTAL_NONE, /* the answer is that of a web server, or of the gateway's */
  PORTAL_FOUND, /* this network wants a sign-in on a web page first */
} PortalVerdict;

/* Whom we wanted to reach; borrowed. */
typedef struct {
  const char *host; /* that is asked at PORTAL_PORT */
  const char *tls_name; /* another name of the same owner */
  bool strange_tls; /* who answers there in TLS has shown a certificate for somebody else */
  bool answers_204; /* nothing but "204 No Content" is what `host` itself says */
} PortalQuestion;

const char *portal_verdict_to_string (PortalVerdict verdict);
char *portal_own_url (const char *host);
char *portal_request (const char *host, const char *target_or_null);
PortalVerdict portal_judge (const PortalQuestion *question, const HttpReply *reply, char **ret_url);
