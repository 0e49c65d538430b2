/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain. A code travels from the worker through the engine over D-Bus to the program
 * that the user sees, which alone turns it into a sentence; the GError's message carries detail for
 * the log, in English. */
#include "base/error.h"

static const char *const names[VISITOR_ERROR_N_CODES] = {
  [VISITOR_ERROR_FAILED] = "Failed",
  [VISITOR_ERROR_CANCELLED] = "Cancelled",
  [VISITOR_ERROR_SITE_INVALID] = "SiteInvalid",
  [VISITOR_ERROR_SITE_NOT_FOUND] = "SiteNotFound",
  [VISITOR_ERROR_SITE_EXISTS] = "SiteExists",
  [VISITOR_ERROR_STORAGE] = "Storage",
  [VISITOR_ERROR_NAME_NOT_FOUND] = "NameNotFound",
  [VISITOR_ERROR_UNREACHABLE] = "Unreachable",
  [VISITOR_ERROR_REFUSED] = "Refused",
  [VISITOR_ERROR_TIMED_OUT] = "TimedOut",
  [VISITOR_ERROR_TLS] = "Tls",
  [VISITOR_ERROR_TLS_UNTRUSTED] = "TlsUntrusted",
  [VISITOR_ERROR_TLS_WRONG_NAME] = "TlsWrongName",
  [VISITOR_ERROR_TLS_EXPIRED] = "TlsExpired",
  [VISITOR_ERROR_NOT_VISITOR_MODE] = "NotVisitorMode",
  [VISITOR_ERROR_STREAM_CLOSED] = "StreamClosed",
  [VISITOR_ERROR_PROTOCOL] = "Protocol",
  [VISITOR_ERROR_PROPOSAL_REFUSED] = "ProposalRefused",
  [VISITOR_ERROR_GATEWAY_UNTRUSTED] = "GatewayUntrusted",
  [VISITOR_ERROR_GATEWAY_WRONG_NAME] = "GatewayWrongName",
  [VISITOR_ERROR_GATEWAY_EXPIRED] = "GatewayExpired",
  [VISITOR_ERROR_GATEWAY_SIGNATURE] = "GatewaySignature",
  [VISITOR_ERROR_AUTH_REFUSED] = "AuthRefused",
  [VISITOR_ERROR_PASSWORD_REFUSED] = "PasswordRefused",
  [VISITOR_ERROR_METHOD_UNSUPPORTED] = "MethodUnsupported",
  [VISITOR_ERROR_NO_ADDRESS] = "NoAddress",
  [VISITOR_ERROR_CHILD_REFUSED] = "ChildRefused",
  [VISITOR_ERROR_TRAFFIC_REFUSED] = "TrafficRefused",
  [VISITOR_ERROR_PEER_SILENT] = "PeerSilent",
  [VISITOR_ERROR_DELETED_BY_GATEWAY] = "DeletedByGateway",
  [VISITOR_ERROR_NETWORK_SETUP] = "NetworkSetup",
  [VISITOR_ERROR_DNS_SETUP] = "DnsSetup",
  [VISITOR_ERROR_WORKER_DIED] = "WorkerDied",
  [VISITOR_ERROR_ENGINE_UNAVAILABLE] = "EngineUnavailable",
  [VISITOR_ERROR_NOT_AUTHORIZED] = "NotAuthorized",
  [VISITOR_ERROR_NO_SECRET] = "NoSecret",
  [VISITOR_ERROR_NOT_CONNECTED] = "NotConnected",
  [VISITOR_ERROR_BUSY] = "Busy",
  [VISITOR_ERROR_INVALID_REQUEST] = "InvalidRequest",
  [VISITOR_ERROR_CERTIFICATE_REVOKED] = "CertificateRevoked",
  [VISITOR_ERROR_REVOCATION_UNKNOWN] = "RevocationUnknown",
  [VISITOR_ERROR_CODE_REFUSED] = "CodeRefused",
  [VISITOR_ERROR_PASSWORD_EXPIRED] = "PasswordExpired",
  [VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED] = "SignInServerUntrusted",
  [VISITOR_ERROR_KEYS_EXPIRED] = "KeysExpired",
  [VISITOR_ERROR_SIGN_IN_EXPIRED] = "SignInExpired",
  [VISITOR_ERROR_CERTIFICATE_REFUSED] = "CertificateRefused",
  [VISITOR_ERROR_CERTIFICATE_EXPIRED] = "CertificateExpired",
  [VISITOR_ERROR_CERTIFICATE_UNUSABLE] = "CertificateUnusable",
  [VISITOR_ERROR_KEY_MISMATCH] = "KeyMismatch",
  [VISITOR_ERROR_PASSPHRASE_WRONG] = "PassphraseWrong",
  [VISITOR_ERROR_TOKEN_MISSING] = "TokenMissing",
  [VISITOR_ERROR_PIN_WRONG] = "PinWrong",
  [VISITOR_ERROR_PIN_LOCKED] = "PinLocked",
  [VISITOR_ERROR_NO_SIGNATURE] = "NoSignature",
  [VISITOR_ERROR_TRUST_DECLINED] = "TrustDeclined",
  [VISITOR_ERROR_PPK_UNUSED] = "PpkUnused",
  [VISITOR_ERROR_PPK_UNUSABLE] = "PpkUnusable",
  [VISITOR_ERROR_SA_LOST] = "SaLost",
  [VISITOR_ERROR_REDIRECT_LOOP] = "RedirectLoop",
  [VISITOR_ERROR_KEY_CHANGED] = "KeyChanged",
  [VISITOR_ERROR_PROXY_UNREACHABLE] = "ProxyUnreachable",
  [VISITOR_ERROR_PROXY_TLS] = "ProxyTls",
  [VISITOR_ERROR_PROXY_PROTOCOL] = "ProxyProtocol",
  [VISITOR_ERROR_PROXY_AUTH_REQUIRED] = "ProxyAuthRequired",
  [VISITOR_ERROR_PROXY_AUTH_REFUSED] = "ProxyAuthRefused",
  [VISITOR_ERROR_PROXY_REFUSED] = "ProxyRefused",
  [VISITOR_ERROR_PROXY_NO_WAY] = "ProxyNoWay",
  [VISITOR_ERROR_NO_INTERFACE] = "NoInterface",
  [VISITOR_ERROR_NO_SOURCE_ADDRESS] = "NoSourceAddress",
};

/* The domain of every GError of this project. */
GQuark
visitor_error_quark (void)
{
  return g_quark_from_static_string ("visitor-error-quark");
}

/* The stable name of a code, the last part of its D-Bus error name
 * org.visitorvpn.Error.NAME. Never NULL; an unknown number is "Failed". */
const char *
visitor_error_name (VisitorError code)
{
  if ((unsigned int) code >= VISITOR_ERROR_N_CODES)
    return names[VISITOR_ERROR_FAILED];
  return names[code];
}

/* The code of a stable name; FALSE if there is none, and then *ret_code is untouched. */
gboolean
visitor_error_from_name (const char *name, VisitorError *ret_code)
{
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    if (g_strcmp0 (names[i], name) == 0) {
      *ret_code = (VisitorError) i;
      return TRUE;
    }
  }
  return FALSE;
}
