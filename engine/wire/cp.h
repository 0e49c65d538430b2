/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wire/message.h"

#define IKE_MAX_ATTRIBUTES 128

typedef enum {
  IKE_CFG_REQUEST = 1,
  IKE_CFG_REPLY = 2,
} IkeCfgType;

typedef enum {
  IKE_ATTR_IP4_ADDRESS = 1,
  IKE_ATTR_IP4_NETMASK = 2,
  IKE_ATTR_IP4_DNS = 3,
  IKE_ATTR_IP6_ADDRESS = 8,
  IKE_ATTR_IP6_DNS = 10,
  IKE_ATTR_IP4_SUBNET = 13,
  IKE_ATTR_IP6_SUBNET = 15,
  IKE_ATTR_DNS_DOMAIN = 25,
  IKE_ATTR_UNITY_BANNER = 28672, /* Cisco's, of the range for private use; others took it over */
} IkeAttributeType;

typedef struct {
  uint16_t type;
  Slice value;
} IkeAttribute;

typedef struct {
  uint8_t cfg_type;
  size_t n;
  IkeAttribute attributes[IKE_MAX_ATTRIBUTES];
} IkeCpPayload;

bool ike_cp_payload_parse (Slice body, IkeCpPayload *ret_cp);
void ike_cp_payload_write (IkeChain *chain, const IkeCpPayload *cp);
