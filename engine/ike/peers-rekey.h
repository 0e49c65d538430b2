/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/tasks.h"

#define IKE_LINK_LEN 8

/* A rekey that the gateway began, from its CREATE_CHILD_SA on. */
struct _IkePeersRekey {
  IkeSa *sa; /* the new IKE SA, without keys as yet; NULL where it is a CHILD_SA's */
  uint32_t old_spi_in; /* of the CHILD_SA that is rekeyed */
  IkeChildParams child; /* of an IKE SA the nonces and shared secrets alone */

  /* while more key exchanges follow */
  size_t n; /* how many were done */
  uint8_t link[IKE_LINK_LEN];
  int64_t forget_at;
};

IkePeersRekey *ike_peers_rekey_new (void);
void ike_peers_rekey_go_on (IkeSession *session, IkePeersRekey *rekey, IkeReply *reply);
