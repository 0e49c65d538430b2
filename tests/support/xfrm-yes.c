/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XfrmYes: a kernel that takes every SA, for a daemon that leaves ESP to the kernel, on a machine whose kernel
 * has none. In LD_PRELOAD it turns the kernel's "no" to an SA (ENOSYS, as no algorithm is there) into "yes":
 * then the daemon's IKE goes on as with ESP, and no packet ever passes. All else comes from the kernel. */
#include <dlfcn.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

static int
is_xfrm (int fd)
{
  int domain = 0, protocol = 0;
  socklen_t len = sizeof domain;
  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 || domain != AF_NETLINK)
    return 0;
  len = sizeof protocol;
  return getsockopt (fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == 0 && protocol == NETLINK_XFRM;
}

/* NLMSG_ERROR holds a number and the header of what it answers. */
static void
say_yes (void *buf, size_t len)
{
  struct {
    struct nlmsghdr header;
    struct nlmsgerr body;
  } answer;
  if (len < sizeof answer)
    return;
  memcpy (&answer, buf, sizeof answer);
  int asked = answer.body.msg.nlmsg_type;
  if (answer.header.nlmsg_type != NLMSG_ERROR ||
      (asked != XFRM_MSG_NEWSA && asked != XFRM_MSG_UPDSA && asked != XFRM_MSG_DELSA))
    return;
  answer.body.error = 0;
  memcpy (buf, &answer, sizeof answer);
}

ssize_t
recvfrom (int fd, void *restrict buf, size_t size, int flags, struct sockaddr *restrict from,
    socklen_t *restrict from_len)
{
  ssize_t (*real) (int, void *, size_t, int, struct sockaddr *, socklen_t *);
  *(void **) &real = dlsym (RTLD_NEXT, "recvfrom");
  ssize_t n = real (fd, buf, size, flags, from, from_len);
  if (n > 0 && is_xfrm (fd))
    say_yes (buf, (size_t) n);
  return n;
}
