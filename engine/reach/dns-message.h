/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/inet.h"

#define DNS_PORT 53
#define DNS_UDP_MAX 512
#define DNS_MESSAGE_MAX 65535
#define DNS_MAX_ADDRESSES 16

typedef enum {
  DNS_ANSWER, /* at least one address */
  DNS_NO_NAME, /* NXDOMAIN: the name does not exist */
  DNS_NO_DATA, /* the name exists, without addresses of this family */
  DNS_TRUNCATED, /* ask again over TCP */
  DNS_SERVER_FAILED, /* SERVFAIL, REFUSED and the like: ask another server */
  DNS_MALFORMED, /* claims to be our answer, cannot be read */
  DNS_NOT_OURS, /* other id or question: ignore it and go on waiting */
} DnsVerdict;

typedef struct {
  uint16_t id;
  const char *name; /* ASCII, without the final dot */
  InetFamily family; /* A or AAAA */
} DnsQuestion;

const char *dns_verdict_to_string (DnsVerdict verdict);

size_t dns_question_write (const DnsQuestion *question, uint8_t *buf, size_t size);
DnsVerdict dns_answer_parse (const DnsQuestion *question, Slice message,
    InetAddr ret_addresses[static DNS_MAX_ADDRESSES], size_t *ret_n);
