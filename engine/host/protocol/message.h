/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"

#define MESSAGE_MAX_LEN 65536

/* What the worker may ask in which phase, and how often, is the table in permit.c. */
typedef enum {
  MESSAGE_NONE,

  /* host to worker */
  MESSAGE_START, /* a{sv}: everything the worker needs to know, keys below */
  MESSAGE_SOCKET, /* (u request, s error, s why) + fd of a marked, non-blocking socket; no fd = refused */
  MESSAGE_SECRET, /* (bay): given?, octets */
  MESSAGE_TRUST_ANSWER, /* (b) */
  MESSAGE_CERTIFICATE, /* (aayas): chain in DER, our own first, and what its key can do; empty: none */
  MESSAGE_SIGNATURE, /* (uay): request number, signature; empty: none was made */
  MESSAGE_PROXIES, /* (as): URIs, in the order to try them; none: what was known stands */
  MESSAGE_PROXY_SECRET, /* (ubay): request number, given?, octets */
  MESSAGE_TUN, /* (s name) + fd: the configuration is in force, packets may flow */
  MESSAGE_DISCONNECT, /* () */
  MESSAGE_REKEY, /* (s): "child", "ike" or "sign-in" */
  MESSAGE_POLL_STATUS, /* () */
  MESSAGE_CONNECTIVITY, /* (u): Connectivity, whenever it changes */
  MESSAGE_NETWORK, /* (sas): what became of the machine's network, "same", "changed", "gone", "none" or "woke",
                    * and its name servers now, literals; none: those that were known stand */

  /* worker to host */
  MESSAGE_READY, /* (): sandboxed */
  MESSAGE_WANT_SOCKET, /* (uyy): request number, 4 or 6, SOCK_STREAM or SOCK_DGRAM */
  MESSAGE_WANT_SECRET, /* (ssus): kind "psk", "password", "ppk" or "code", user, attempt from 1, the
                        * gateway's own text or "" */
  MESSAGE_WANT_TRUST, /* a{sv}: a certificate and what it says, keys below */
  MESSAGE_WANT_CERTIFICATE, /* () */
  MESSAGE_WANT_SIGNATURE, /* (usay): request number, SignatureScheme's name, octets */
  MESSAGE_WANT_PROXIES, /* (): those of the user's session, as they are now */
  MESSAGE_WANT_PROXY_SECRET, /* (usssus): request number, kind "proxy-password", "proxy-password-clear" or
                              * "proxy-token", the proxy's URI, user or "", attempt from 1, realm or "" */
  MESSAGE_STATE, /* (ss): TunnelState's name, detail for the user's log */
  MESSAGE_PATH, /* (ss): the literals of a stream that stands, our end and the other */
  MESSAGE_CONFIGURE, /* a{sv}: what to apply, keys below */
  MESSAGE_STATUS, /* a{sv}: answer to POLL_STATUS, keys below */
  MESSAGE_ATTEMPT, /* a{sv}: one way that was tried and has ended, as base/attempt.c has it */
  MESSAGE_FINDING, /* a{sv}: of a diagnosis, keys in host/finding.c */
  MESSAGE_LOG, /* (us): GLogLevelFlags, one line */
  MESSAGE_FAILED, /* (ss): error name (base/error.h), detail; the worker exits after it */
  MESSAGE_CLOSED, /* (): orderly end; the worker exits after it */
  MESSAGE_KEY_CHANGED, /* a{sv}: the certificate that MESSAGE_FAILED, which follows, is about */
  MESSAGE_PORTAL, /* (s): where a person signs in to this network; before the state that waits for it */

  MESSAGE_N_TYPES,
} MessageType;

/* Keys of MESSAGE_START.
 *   site           s   site.conf text (site_parse () is pure)
 *   nameservers    as  address literals for the worker's own DNS queries
 *   hosts          a{sas}  addresses that /etc/hosts has for names of the site's
 *   last-good      a{sas}  addresses at which they answered last time
 *   last-transport s   "UDP" or "TLS": what led out of this network last time; absent: none is known
 *   proxies        as  URIs of the user's session, in the order to try them; absent: none is known
 *   waits-for-portal b behind a captive portal it waits; absent: it gives up as without one
 *   connectivity   u   Connectivity at the moment; absent: unknown
 *   log-level      u   GLogLevelFlags of the least important line wanted
 *   diagnose       b   find out what is in the way instead of connecting; absent: no
 * Keys of MESSAGE_WANT_TRUST, all there.
 *   part           s   "tls" or "gateway": the group of site.conf that names nobody to believe
 *   name           s   what the certificate must carry, and carries
 *   reason         s   why it is not believed
 *   certificate    ay  DER
 *   subject        s   of the certificate, as issuer
 *   issuer         s
 *   not-before     x   seconds since 1970, as not-after
 *   not-after      x
 * Keys of MESSAGE_KEY_CHANGED, all there: those of MESSAGE_WANT_TRUST, and
 *   acceptable     b   nothing but the key speaks against it: a person may pin this one instead
 * Keys of MESSAGE_CONFIGURE.
 *   addresses      as  "10.3.0.2/32", "fd03::1/128"
 *   routes         as  prefixes to send into the tunnel
 *   dns            as  address literals
 *   domains        as  DNS names; "~name" routes queries only, as resolved has it
 *   mtu            u   576 to 9000
 *   banner         s   a line of the gateway's for people; absent: none
 * Keys of MESSAGE_STATUS.
 *   transport      s   "TLS", "TCP", "UDP"
 *   stream         s   what TLS negotiated
 *   gateway        s   address:port in use; through a proxy, as the proxy was told
 *   entry          s   the entry point in use, host:port
 *   proxy          s   URI of the proxy in use
 *   sent-to        s   where another gateway has sent us, while we are there (RFC 5685)
 *   ike, child     s   algorithms
 *   counters       a{st} bytes-in, bytes-out, packets-in, packets-out, reconnects, rekeys,
 *                      ike-rekeys, sign-ins, and drops by reason under "drop-REASON"
 */

typedef struct {
  MessageType type;
  GVariant *body; /* owned, of the type's signature */
  int fd; /* owned, or -1 */
} Message;

const char *message_type_to_string (MessageType type);
const GVariantType *message_signature (MessageType type);

gboolean message_send (int socket, MessageType type, GVariant *body, int fd, GError **error);
gboolean message_receive (int socket, Message *ret_message, GError **error);
gboolean
message_parse (const guint8 *packet, gsize len, guint n_fds, Message *ret_message, GError **error);
void message_clear (Message *message);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Message, message_clear)
