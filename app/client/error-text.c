/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors for people: each code of the one error domain as a sentence, and what the user can do.
 *
 * This table is the only place where a code becomes words; the message of a GError is detail for who
 * wants to know more. */
#include "config.h"

#include "client/error-text.h"

#include <glib/gi18n-lib.h>

static const struct {
  const char *sentence;
  const char *advice;
  const char *terminal; /* what a terminal says instead; NULL: the same */
} texts[VISITOR_ERROR_N_CODES] = {
  [VISITOR_ERROR_FAILED] = { N_ ("Something went wrong that Visitor has no name for."),
      N_ ("The details say more; please report it if it happens again.") },
  [VISITOR_ERROR_CANCELLED] = { N_ ("You cancelled."), N_ ("Connect again whenever you like.") },
  [VISITOR_ERROR_SITE_INVALID] = { N_ ("This site cannot be used."),
      N_ ("Correct what the details name, or ask your administrator for a new site.conf.") },
  [VISITOR_ERROR_SITE_NOT_FOUND] = { N_ ("There is no such site or file."),
      N_ ("It may have been removed meanwhile."), N_ ("“visitor list” shows the sites you have.") },
  [VISITOR_ERROR_SITE_EXISTS] = { N_ ("There is one of this name already."),
      N_ ("Choose another name."),
      N_ ("Choose another name, or replace the old one with --replace.") },
  [VISITOR_ERROR_STORAGE] = { N_ ("A site or another file could not be read or saved."),
      N_ ("Nothing was lost. Make sure that there is room on the disk and that you may read and "
          "write there.") },
  [VISITOR_ERROR_NAME_NOT_FOUND] = { N_ ("The gateway's name was not found."),
      N_ ("Check that you are online and that the address of the site is right.") },
  [VISITOR_ERROR_UNREACHABLE] = { N_ ("The gateway cannot be reached from this network."),
      N_ ("Check that you are online; where the network asks for a sign-in on a web page, do "
          "that first.") },
  [VISITOR_ERROR_REFUSED] = { N_ ("The gateway refused the connection."),
      N_ ("Check the port of the site's address, or try again later: the gateway may be down.") },
  [VISITOR_ERROR_TIMED_OUT] = { N_ ("The gateway did not answer in time."),
      N_ ("Try again; if it happens in this network only, something between may block it.") },
  [VISITOR_ERROR_TLS] = { N_ ("No TLS connection to the gateway could be made."),
      N_ ("Something between may interfere; try another network, or tell your administrator.") },
  [VISITOR_ERROR_TLS_UNTRUSTED] = { N_ ("The TLS certificate that was shown is not from anybody "
                                        "you trust."),
      N_ ("Do not sign in on this network: somebody may be listening. If your gateway has a "
          "certificate of its own, your administrator can put its CA or pin into the site.") },
  [VISITOR_ERROR_TLS_WRONG_NAME] = { N_ ("The TLS certificate is for another name."),
      N_ ("Check the site's address, and which name the site expects in the certificate."),
      N_ ("Check the site's address; the key name in [tls] says which name is expected.") },
  [VISITOR_ERROR_TLS_EXPIRED] = { N_ ("The TLS certificate is not valid at this time."),
      N_ ("Check the clock of this computer; if it is right, tell your administrator.") },
  [VISITOR_ERROR_NOT_VISITOR_MODE] = { N_ ("What answers at this address is not a gateway for "
                                           "Visitor."),
      N_ ("It may be a web server: check address and port of the site.") },
  [VISITOR_ERROR_STREAM_CLOSED] = { N_ ("The connection to the gateway broke off."),
      N_ ("Connect again; if it happens often, try another network.") },
  [VISITOR_ERROR_PROTOCOL] = { N_ ("The gateway said something that makes no sense."),
      N_ ("Tell your administrator; the details help.") },
  [VISITOR_ERROR_PROPOSAL_REFUSED] = { N_ ("The gateway accepts none of the algorithms that "
                                           "Visitor offers."),
      N_ ("Tell your administrator: gateway and Visitor have no algorithms in common."),
      N_ ("Tell your administrator; site.conf(5) lists what Visitor can do.") },
  [VISITOR_ERROR_GATEWAY_UNTRUSTED] = { N_ ("The gateway could not prove who it is: neither by a "
                                            "certificate you trust nor by a secret you share."),
      N_ ("Do not sign in on this network. If others can, ask your administrator for the right CA "
          "or key, and import the site again.") },
  [VISITOR_ERROR_GATEWAY_WRONG_NAME] = { N_ ("The gateway proved to be another one than you "
                                             "expect."),
      N_ ("Check the identity of the gateway in the site, or ask your administrator."),
      N_ ("Check the key identity in [gateway] of the site, or ask your administrator.") },
  [VISITOR_ERROR_GATEWAY_EXPIRED] = { N_ ("The gateway's certificate is not valid at this time."),
      N_ ("Check the clock of this computer; if it is right, tell your administrator.") },
  [VISITOR_ERROR_CERTIFICATE_REVOKED] = { N_ ("The certificate of the gateway was revoked."),
      N_ ("Do not sign in, and tell your administrator.") },
  [VISITOR_ERROR_REVOCATION_UNKNOWN] = { N_ ("The gateway does not prove that its certificate was "
                                             "not revoked."),
      N_ ("The site or the certificate asks for that proof: tell your administrator.") },
  [VISITOR_ERROR_GATEWAY_SIGNATURE] = { N_ ("The gateway's signature is wrong."),
      N_ ("Do not sign in on this network, and tell your administrator.") },
  [VISITOR_ERROR_AUTH_REFUSED] = { N_ ("The gateway does not let you in."),
      N_ ("Check user and method of the site, or ask your administrator.") },
  [VISITOR_ERROR_PASSWORD_REFUSED] = { N_ ("The gateway did not accept the password."),
      N_ ("Connect again and type it anew.") },
  [VISITOR_ERROR_METHOD_UNSUPPORTED] = { N_ ("The gateway asks for a kind of sign-in that Visitor "
                                             "cannot do."),
      N_ ("Check how the site signs in, or ask your administrator."),
      N_ ("Check the key method in [sign-in] of the site, or ask your administrator.") },
  [VISITOR_ERROR_PPK_UNUSED] = { N_ ("The gateway does not use the post-quantum key that the site "
                                     "requires."),
      N_ ("Tell your administrator: the gateway needs a key for the name that the site gives it."),
      N_ ("Tell your administrator: the gateway needs a key for the site's ppk-identity.") },
  [VISITOR_ERROR_PPK_UNUSABLE] = { N_ ("The post-quantum key is not written as such keys are."),
      N_ ("It is 0x and hexadecimal digits, 0s and base64, or plain text; look at it once more.") },
  [VISITOR_ERROR_NO_ADDRESS] = { N_ ("The gateway has no address left for you."),
      N_ ("Try again later, or tell your administrator.") },
  [VISITOR_ERROR_CHILD_REFUSED] = { N_ ("The gateway let you in but opens no tunnel for you."),
      N_ ("Ask your administrator what you may reach.") },
  [VISITOR_ERROR_TRAFFIC_REFUSED] = { N_ ("The gateway does not carry the networks that the site "
                                          "asks for."),
      N_ ("Check the routes of the site, or ask your administrator."),
      N_ ("Check the key routes in [network] of the site, or ask your administrator.") },
  [VISITOR_ERROR_PEER_SILENT] = { N_ ("The gateway has fallen silent."),
      N_ ("Connect again; if it stays silent, it may be down.") },
  [VISITOR_ERROR_DELETED_BY_GATEWAY] = { N_ ("The gateway ended the connection."),
      N_ ("Connect again, or ask your administrator why.") },
  [VISITOR_ERROR_KEYS_EXPIRED] = { N_ ("The gateway did not agree to new keys in time."),
      N_ ("Connect again; tell your administrator if it happens often.") },
  [VISITOR_ERROR_SIGN_IN_EXPIRED] = { N_ ("Your sign-in has run out."),
      N_ ("Connect again and sign in anew.") },
  [VISITOR_ERROR_SA_LOST] = { N_ ("The gateway has lost the connection."),
      N_ ("Connect again; it may have been restarted.") },
  [VISITOR_ERROR_REDIRECT_LOOP] = { N_ ("The gateways send you from one to the other."),
      N_ ("Try again in five minutes, and tell your administrator.") },
  [VISITOR_ERROR_PROXY_UNREACHABLE] = { N_ ("The proxy of this network does not answer."),
      N_ ("Check that you are online, and the proxy's name and port in the settings of this "
          "computer or of the site."),
      N_ ("Check that you are online, and the proxy's name and port in the settings of this "
          "computer or in [proxy] of the site.") },
  [VISITOR_ERROR_PROXY_TLS] = { N_ ("The proxy could not prove who it is."),
      N_ ("Nothing secret was sent to it. Check its name, or ask whoever runs the network who "
          "issued its certificate."),
      N_ ("Nothing secret was sent to it. Check its name; where it has a certificate of its own, "
          "ca in [proxy] of the site can name who issued it.") },
  [VISITOR_ERROR_PROXY_PROTOCOL] = { N_ ("What answers at the proxy's address is not a proxy of "
                                         "this kind."),
      N_ ("Check the proxy's address and whether it is one for HTTP or for SOCKS.") },
  [VISITOR_ERROR_PROXY_AUTH_REQUIRED] = { N_ ("The proxy asks who you are, and nobody has said "
                                              "it."),
      N_ ("Connect again and type what the proxy wants. A password that others could read on the "
          "way is sent only if you agree."),
      N_ ("Type it on a terminal, or pass it with --proxy-password-fd. A password that others "
          "could read on the way is sent only if you agree.") },
  [VISITOR_ERROR_PROXY_AUTH_REFUSED] = { N_ ("The proxy did not accept your name and password."),
      N_ ("Check them with whoever runs the network; they are not those of the gateway.") },
  [VISITOR_ERROR_PROXY_REFUSED] = { N_ ("The proxy does not let you through to the gateway's "
                                        "port."),
      N_ ("Most proxies allow port 443 and no other: ask for a gateway there, or for this one to "
          "be allowed. The details name both.") },
  [VISITOR_ERROR_PROXY_NO_WAY] = { N_ ("The proxy does not reach the gateway."),
      N_ ("Check the address of the site, or try again later: the gateway may be down.") },
  [VISITOR_ERROR_NO_INTERFACE] = { N_ ("This computer does not have the network interface that the "
                                       "site goes out by."),
      N_ ("Plug it in or switch it on, or let the site leave the interface open.") },
  [VISITOR_ERROR_NO_SOURCE_ADDRESS] = { N_ ("This computer does not have the address that the site "
                                            "goes out from."),
      N_ ("Join the network that has it, or let the site leave its own address open.") },
  [VISITOR_ERROR_NETWORK_SETUP] = { N_ ("The network of this computer could not be set up."),
      N_ ("Everything is as it was before. Your system's log says more.") },
  [VISITOR_ERROR_DNS_SETUP] = { N_ ("The name servers of the site could not be put in place."),
      N_ ("Everything is as it was before. Your system's log says more.") },
  [VISITOR_ERROR_WORKER_DIED] = { N_ ("The part of Visitor that speaks to the gateway stopped."),
      N_ ("Connect again; please report it if it happens twice.") },
  [VISITOR_ERROR_ENGINE_UNAVAILABLE] = { N_ ("Visitor's engine does not answer."),
      N_ ("Make sure that the service visitor-engine is installed and can start.") },
  [VISITOR_ERROR_NOT_AUTHORIZED] = { N_ ("You are not allowed to do this."),
      N_ ("Ask the administrator of this computer.") },
  [VISITOR_ERROR_NO_SECRET] = { N_ ("No password was given."), N_ ("Connect again and type it."),
      N_ ("Type it on a terminal, or pass it with --password-fd.") },
  [VISITOR_ERROR_NOT_CONNECTED] = { N_ ("There is no such connection."),
      N_ ("It may have ended already; connect again if you need it."),
      N_ ("“visitor status” shows what is connected.") },
  [VISITOR_ERROR_BUSY] = { N_ ("Too much is going on at once."),
      N_ ("This site may be connected already; end a connection first.") },
  [VISITOR_ERROR_INVALID_REQUEST] = { N_ ("Program and engine do not understand each other."),
      N_ ("Make sure that both are of the same version.") },
  [VISITOR_ERROR_CODE_REFUSED] = { N_ ("The gateway did not accept the code."),
      N_ ("Connect again and type the code that is shown then.") },
  [VISITOR_ERROR_PASSWORD_EXPIRED] = { N_ ("Your password has expired."),
      N_ ("Change it where your organisation lets you, then connect again.") },
  [VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED] = { N_ ("The server behind the gateway that checks the "
                                                   "sign-in could not prove who it is."),
      N_ ("Nothing secret was sent. Check the name of that server and the CA in the site, or ask "
          "your administrator."),
      N_ ("Nothing secret was sent. Check the key aaa-identity in [sign-in] of the site and ca in "
          "[gateway], or ask your administrator.") },
  [VISITOR_ERROR_CERTIFICATE_REFUSED] = { N_ ("The gateway did not accept your certificate."),
      N_ ("Check that the site names the certificate that this gateway gave you, or ask your "
          "administrator for a new one.") },
  [VISITOR_ERROR_CERTIFICATE_EXPIRED] = { N_ ("Your certificate is not valid at this time."),
      N_ ("Nothing was sent. Check the clock of this computer; if it is right, ask your "
          "administrator for a new certificate.") },
  [VISITOR_ERROR_CERTIFICATE_UNUSABLE] = { N_ ("Your certificate or its key cannot be used."),
      N_ ("Nothing was sent. Choose another certificate in the site, or ask your administrator."),
      N_ ("Nothing was sent. Check what the details name in [sign-in] of the site, and import the "
          "site again.") },
  [VISITOR_ERROR_KEY_MISMATCH] = { N_ ("The key does not belong to your certificate."),
      N_ ("Nothing was sent. Choose certificate and key in the site once more."),
      N_ ("Nothing was sent. Check certificate and key in [sign-in] of the site, and import the "
          "site again.") },
  [VISITOR_ERROR_PASSPHRASE_WRONG] = { N_ ("The passphrase does not open your key."),
      N_ ("Nothing was sent. Connect again and type it anew.") },
  [VISITOR_ERROR_TOKEN_MISSING] = { N_ ("The token with your key is not there."),
      N_ ("Nothing was sent. Plug it in; if it is there, check in the site which token is meant."),
      N_ ("Nothing was sent. Plug it in, and check key in [sign-in] of the site; “p11tool "
          "--list-tokens” shows what this computer sees.") },
  [VISITOR_ERROR_PIN_WRONG] = { N_ ("The PIN is wrong."),
      N_ ("It is not tried again by itself, for the token locks after a few wrong ones. Connect "
          "again when you know it.") },
  [VISITOR_ERROR_PIN_LOCKED] = { N_ ("Your token is locked after too many wrong PINs."),
      N_ ("Nothing was sent. Who gave you the token can unlock it.") },
  [VISITOR_ERROR_NO_SIGNATURE] = { N_ ("Nothing was signed with your key."),
      N_ ("Connect again; where the key is on a token, leave it plugged in.") },
  [VISITOR_ERROR_TRUST_DECLINED] = { N_ ("The gateway's key was not accepted."),
      N_ ("Nothing secret was sent. Ask your administrator for the fingerprint of the key, or for "
          "a site.conf with the gateway's CA or pin.") },
  [VISITOR_ERROR_KEY_CHANGED] = { N_ ("The gateway's key is not the one that this site knows."),
      N_ ("Nothing secret was sent. Somebody may be listening: do not sign in, and ask your "
          "administrator whether the gateway has a new key.") },
};

/* What went wrong, one sentence, translated. Never NULL. */
const char *
visitor_error_sentence (VisitorError code)
{
  if ((unsigned int) code >= VISITOR_ERROR_N_CODES || texts[code].sentence == NULL)
    code = VISITOR_ERROR_FAILED;
  return _ (texts[code].sentence);
}

/* What the user can do about it, translated; it speaks of no command and no key of a file. Never NULL. */
const char *
visitor_error_advice (VisitorError code)
{
  if ((unsigned int) code >= VISITOR_ERROR_N_CODES || texts[code].advice == NULL)
    code = VISITOR_ERROR_FAILED;
  return _ (texts[code].advice);
}

/* As visitor_error_advice (), for who has a terminal and may look into a site.conf. Never NULL. */
const char *
visitor_error_advice_on_terminal (VisitorError code)
{
  if ((unsigned int) code >= VISITOR_ERROR_N_CODES || texts[code].terminal == NULL)
    return visitor_error_advice (code);
  return _ (texts[code].terminal);
}
