/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/trust.h"
#include "tunnel/control.h"
#include "tunnel/start.h"

typedef struct _Session Session;

typedef void (*SessionOverFunc) (void *user_data);

Session *session_new (Start *start, const CryptoTrust *system, Control *control,
    SessionOverFunc over, void *user_data, GError **error);
void session_free (Session *session);
void session_received (Session *session, Message *message);
void session_disconnect (Session *session, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)
