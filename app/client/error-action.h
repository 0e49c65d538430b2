/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/* The obvious next thing after a failure, for the one button beside its sentence. */
typedef enum {
  VISITOR_ERROR_ACTION_NONE,
  VISITOR_ERROR_ACTION_TRY_AGAIN,
  VISITOR_ERROR_ACTION_SIGN_IN_AGAIN,
  VISITOR_ERROR_ACTION_EDIT_SITE,
  VISITOR_ERROR_ACTION_SHOW_CERTIFICATE,
  VISITOR_ERROR_ACTION_OPEN_PORTAL,
  VISITOR_ERROR_ACTION_SHOW_DETAILS,
  VISITOR_ERROR_N_ACTIONS,
} VisitorErrorAction;

VisitorErrorAction visitor_error_action (VisitorError code, gboolean behind_portal);
const char *visitor_error_action_name (VisitorErrorAction action);
const char *visitor_error_action_label (VisitorErrorAction action);
