/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ErrorAction: what a person would do next about each code of the one error domain. */
#include "config.h"

#include "client/error-action.h"

#include <glib/gi18n-lib.h>

typedef struct {
  VisitorErrorAction action;
  gboolean may_be_portal; /* a network that wants a sign-in on a web page looks like this */
} Row;

#define NOTHING \
  { \
    VISITOR_ERROR_ACTION_NONE, FALSE \
  }
#define TRY \
  { \
    VISITOR_ERROR_ACTION_TRY_AGAIN, FALSE \
  }
#define SIGN_IN \
  { \
    VISITOR_ERROR_ACTION_SIGN_IN_AGAIN, FALSE \
  }
#define EDIT \
  { \
    VISITOR_ERROR_ACTION_EDIT_SITE, FALSE \
  }
#define DETAILS \
  { \
    VISITOR_ERROR_ACTION_SHOW_DETAILS, FALSE \
  }
#define DETAILS_OR_PORTAL \
  { \
    VISITOR_ERROR_ACTION_SHOW_DETAILS, TRUE \
  }
#define SHOW \
  { \
    VISITOR_ERROR_ACTION_SHOW_CERTIFICATE, FALSE \
  }
#define TRY_OR_PORTAL \
  { \
    VISITOR_ERROR_ACTION_TRY_AGAIN, TRUE \
  }
#define EDIT_OR_PORTAL \
  { \
    VISITOR_ERROR_ACTION_EDIT_SITE, TRUE \
  }

static const Row rows[VISITOR_ERROR_N_CODES] = {
  [VISITOR_ERROR_FAILED] = DETAILS,
  [VISITOR_ERROR_CANCELLED] = TRY,
  [VISITOR_ERROR_SITE_INVALID] = EDIT,
  [VISITOR_ERROR_SITE_NOT_FOUND] = NOTHING,
  [VISITOR_ERROR_SITE_EXISTS] = NOTHING,
  [VISITOR_ERROR_STORAGE] = TRY,
  [VISITOR_ERROR_NAME_NOT_FOUND] = TRY_OR_PORTAL,
  [VISITOR_ERROR_UNREACHABLE] = TRY_OR_PORTAL,
  [VISITOR_ERROR_REFUSED] = TRY_OR_PORTAL,
  [VISITOR_ERROR_TIMED_OUT] = TRY_OR_PORTAL,
  [VISITOR_ERROR_TLS] = TRY_OR_PORTAL,
  [VISITOR_ERROR_TLS_UNTRUSTED] = DETAILS_OR_PORTAL,
  [VISITOR_ERROR_TLS_WRONG_NAME] = EDIT_OR_PORTAL,
  [VISITOR_ERROR_TLS_EXPIRED] = TRY,
  [VISITOR_ERROR_NOT_VISITOR_MODE] = EDIT_OR_PORTAL,
  [VISITOR_ERROR_STREAM_CLOSED] = TRY_OR_PORTAL,
  [VISITOR_ERROR_PROTOCOL] = DETAILS,
  [VISITOR_ERROR_PROPOSAL_REFUSED] = DETAILS,
  [VISITOR_ERROR_GATEWAY_UNTRUSTED] = DETAILS,
  [VISITOR_ERROR_GATEWAY_WRONG_NAME] = EDIT,
  [VISITOR_ERROR_GATEWAY_EXPIRED] = TRY,
  [VISITOR_ERROR_GATEWAY_SIGNATURE] = DETAILS,
  [VISITOR_ERROR_AUTH_REFUSED] = SIGN_IN,
  [VISITOR_ERROR_PASSWORD_REFUSED] = SIGN_IN,
  [VISITOR_ERROR_METHOD_UNSUPPORTED] = EDIT,
  [VISITOR_ERROR_NO_ADDRESS] = TRY,
  [VISITOR_ERROR_CHILD_REFUSED] = TRY,
  [VISITOR_ERROR_TRAFFIC_REFUSED] = EDIT,
  [VISITOR_ERROR_PEER_SILENT] = TRY,
  [VISITOR_ERROR_DELETED_BY_GATEWAY] = TRY,
  [VISITOR_ERROR_NETWORK_SETUP] = DETAILS,
  [VISITOR_ERROR_DNS_SETUP] = DETAILS,
  [VISITOR_ERROR_WORKER_DIED] = TRY,
  [VISITOR_ERROR_ENGINE_UNAVAILABLE] = TRY,
  [VISITOR_ERROR_NOT_AUTHORIZED] = TRY,
  [VISITOR_ERROR_NO_SECRET] = SIGN_IN,
  [VISITOR_ERROR_NOT_CONNECTED] = TRY,
  [VISITOR_ERROR_BUSY] = TRY,
  [VISITOR_ERROR_INVALID_REQUEST] = DETAILS,
  [VISITOR_ERROR_CERTIFICATE_REVOKED] = DETAILS,
  [VISITOR_ERROR_REVOCATION_UNKNOWN] = DETAILS,
  [VISITOR_ERROR_CODE_REFUSED] = SIGN_IN,
  [VISITOR_ERROR_PASSWORD_EXPIRED] = SIGN_IN,
  [VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED] = EDIT,
  [VISITOR_ERROR_KEYS_EXPIRED] = TRY,
  [VISITOR_ERROR_SIGN_IN_EXPIRED] = SIGN_IN,
  [VISITOR_ERROR_CERTIFICATE_REFUSED] = EDIT,
  [VISITOR_ERROR_CERTIFICATE_EXPIRED] = EDIT,
  [VISITOR_ERROR_CERTIFICATE_UNUSABLE] = EDIT,
  [VISITOR_ERROR_KEY_MISMATCH] = EDIT,
  [VISITOR_ERROR_PASSPHRASE_WRONG] = SIGN_IN,
  [VISITOR_ERROR_TOKEN_MISSING] = TRY,
  [VISITOR_ERROR_PIN_WRONG] = SIGN_IN,
  [VISITOR_ERROR_PIN_LOCKED] = DETAILS,
  [VISITOR_ERROR_NO_SIGNATURE] = TRY,
  [VISITOR_ERROR_TRUST_DECLINED] = TRY,
  [VISITOR_ERROR_PPK_UNUSED] = EDIT,
  [VISITOR_ERROR_PPK_UNUSABLE] = SIGN_IN,
  [VISITOR_ERROR_SA_LOST] = TRY,
  [VISITOR_ERROR_REDIRECT_LOOP] = TRY,
  [VISITOR_ERROR_KEY_CHANGED] = SHOW,
};

static const struct {
  const char *name, *label;
} actions[VISITOR_ERROR_N_ACTIONS] = {
  [VISITOR_ERROR_ACTION_NONE] = { "none", "" },
  [VISITOR_ERROR_ACTION_TRY_AGAIN] = { "try-again", N_ ("_Try again") },
  [VISITOR_ERROR_ACTION_SIGN_IN_AGAIN] = { "sign-in-again", N_ ("_Sign in again") },
  [VISITOR_ERROR_ACTION_EDIT_SITE] = { "edit-site", N_ ("_Edit site") },
  [VISITOR_ERROR_ACTION_SHOW_CERTIFICATE] = { "show-certificate", N_ ("Show _keys") },
  [VISITOR_ERROR_ACTION_OPEN_PORTAL] = { "open-portal", N_ ("_Open sign-in page") },
  [VISITOR_ERROR_ACTION_SHOW_DETAILS] = { "show-details", N_ ("Show _details") },
};

/* behind_portal: the desktop says that this network wants a sign-in on a web page first. */
VisitorErrorAction
visitor_error_action (VisitorError code, gboolean behind_portal)
{
  if ((unsigned int) code >= VISITOR_ERROR_N_CODES)
    return VISITOR_ERROR_ACTION_TRY_AGAIN;
  return behind_portal && rows[code].may_be_portal ? VISITOR_ERROR_ACTION_OPEN_PORTAL
                                                   : rows[code].action;
}

/* For a program: "none", "try-again", "sign-in-again", "edit-site", "show-certificate",
 * "open-portal", "show-details". */
const char *
visitor_error_action_name (VisitorErrorAction action)
{
  return actions[action].name;
}

/* What stands on the button, translated, with its mnemonic; "" for none. */
const char *
visitor_error_action_label (VisitorErrorAction action)
{
  return *actions[action].label != '\0' ? _ (actions[action].label) : "";
}
