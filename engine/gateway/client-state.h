/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

typedef enum {
  CLIENT_GREETING, /* nothing came yet: TLS or plain? */
  CLIENT_HANDSHAKE,
  CLIENT_PREFIX, /* waits for IKETCP */
  CLIENT_OPEN,
  CLIENT_REFUSING, /* was answered that this is no web server; waits for its end */
  CLIENT_CLOSED,
} ClientState;

const char *client_state_to_string (ClientState state);
bool client_state_may_become (ClientState from, ClientState to);
