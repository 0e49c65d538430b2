/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/inet.h"
#include "crypto/tls.h"

typedef enum {
  LINK_DONE,
  LINK_AGAIN, /* it would block: wait for the socket */
  LINK_CLOSED, /* the peer ended the stream in order */
  LINK_FAILED, /* error says why */
} LinkStatus;

typedef struct _Link Link;

typedef struct {
  const char *transport; /* "TCP", "TLS", "UDP": as MESSAGE_STATUS reports it */
  bool has_datagrams; /* what is written may be lost, and what comes may be anybody's */
  LinkStatus (*open) (Link *link, GError **error);
  LinkStatus (*read) (Link *link, void *buf, size_t size, size_t *ret_len, GError **error);
  LinkStatus (*write) (Link *link, const void *data, size_t len, size_t *ret_len, GError **error);
  void (*close) (Link *link);
  bool (*wants_write) (const Link *link);
  char *(*describe) (const Link *link);
  GBytes *(*session) (Link *link);
  GBytes *(*unvouched_certificate) (const Link *link);
  void (*free) (Link *link);
} LinkClass;

/* What every link begins with. */
struct _Link {
  const LinkClass *class;
  Link *below; /* owned; NULL for the lowest, which has the socket */
  int fd; /* of the lowest link, borrowed by those above: for poll () */
  bool was_congested; /* a router has marked the datagram that was read last (CE, RFC 3168) */
};

LinkStatus link_open (Link *link, GError **error);
LinkStatus link_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error);
LinkStatus link_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error);
void link_close (Link *link);
bool link_wants_write (const Link *link);
char *link_describe (const Link *link);
GBytes *link_session (Link *link);
GBytes *link_unvouched_certificate (const Link *link);
const char *link_transport (const Link *link);
bool link_has_datagrams (const Link *link);
int link_fd (const Link *link);
void link_free (Link *link);

Link *link_tcp_new (int fd);
void link_tcp_tune (int fd);
Link *link_tls_new (Link *below, const TlsClientConfig *config, GError **error);

VisitorError link_error_of_errno (int number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Link, link_free)
