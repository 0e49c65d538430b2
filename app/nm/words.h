/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* A plugin lives in somebody else's program, whose domain is not ours. */
#define NM_GETTEXT_DOMAIN "NetworkManager-visitor"

#define _(text) g_dgettext (NM_GETTEXT_DOMAIN, text)
#define N_(text) (text)
