/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/eap.h"

typedef enum {
  EAP_CODE_REQUEST = 1,
  EAP_CODE_RESPONSE = 2,
  EAP_CODE_SUCCESS = 3,
  EAP_CODE_FAILURE = 4,
} EapCode;

#define EAP_HEADER_LEN 4
#define EAP_MAX_REPLY 2048
#define EAP_MAX_TEXT 256

typedef struct _EapMethod EapMethod;

/* One method. It gets what stands behind the type octet of a request, and never an EAP-Success or a
 * Failure: these are judged in eap.c, by what the method has said of itself. */
typedef struct {
  EapType type;
  const char *name;
  bool
      may_stand_alone; /* mutual and makes a key: the gateway need not prove itself before (RFC 5998) */
  bool only_inside; /* shows the password to whoever listens: in a tunnel alone */
  size_t size; /* of its own struct */
  void (*init) (EapMethod *method); /* NULL = all zeros will do */
  EapResult (*receive) (
      EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error);
  EapResult (*provide) (
      EapMethod *method, const Secret *secret, GBytes **ret_reply, GError **error);
  GError *(*refusal) (
      const EapMethod *method); /* what an EAP-Failure means now; NULL = the usual */
  void (*clear) (EapMethod *method); /* what it owns; NULL = nothing */
} EapMethodClass;

/* What all methods have, first in their own struct. */
struct _EapMethod {
  const EapMethodClass *class;
  const EapConfig *config;
  bool answered; /* a secret went out */
  bool accepted; /* and the peer has shown that it took it */
  bool agreed; /* EAP-Success may count now (CVE-2021-45079) */
  IkeQuestion question;
  char *question_text; /* owned */
  Secret *msk; /* owned; NULL with a method that makes none */
};

/* A response that is being written: header and type. */
typedef struct {
  Builder b;
  Reserved length;
} EapReply;

EapReply eap_reply_begin (void *buf, size_t size, uint8_t id, EapType type);
GBytes *eap_reply_end (EapReply *reply);

EapResult eap_fail (GError **error, int code, const char *method, const char *what);
EapResult eap_ask (EapMethod *method, IkeSecretKind kind, Slice text, bool refused);
GError *eap_refusal (const Eap *eap);
bool eap_has_agreed (const Eap *eap);

extern const EapMethodClass eap_mschapv2_class, eap_gtc_class, eap_md5_class, eap_tls_class,
    eap_ttls_class;
