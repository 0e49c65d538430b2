/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INFORMATIONAL exchanges that we begin (RFC 7296 section 1.4): are you there, DELETE, and where we
 * are now (RFC 4555 section 3.5). */
#include "ike/moves.h"
#include "ike/tasks.h"
#include "wire/delete.h"
#include "wire/describe.h"

typedef struct {
  IkeTask task;
  uint32_t spi_in; /* what is deleted */
} DeleteTask;

/* NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP for the current path. Over UDP the former
 * matches nothing, so that the gateway puts ESP into UDP whatever is between us: we have no other way to
 * send it. */
void
ike_write_nat_detection (const IkeSession *session, IkeChain *chain)
{
  const IkePath *path = &session->path;
  uint8_t hash[20];
  const Slice data = SLICE (hash, sizeof hash), none = SLICE (NULL, 0);
  if (path->has_datagrams)
    session->env.random (hash, sizeof hash);
  else
    ike_sa_nat_hash (session->sa, &path->local, path->local_port, hash);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, data);
  ike_sa_nat_hash (session->sa, &path->remote, path->remote_port, hash);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, data);
}

static bool
build_nothing (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  return true;
}

static IkeTaskResult
process_liveness (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  return IKE_TASK_DONE;
}

static const IkeTaskClass liveness_class = {
  .name = "liveness check",
  .exchange = IKE_EXCHANGE_INFORMATIONAL,
  .build = build_nothing,
  .process = process_liveness,
};

/* An empty request: whoever answers is alive. Transfer: full. */
IkeTask *
ike_task_liveness_new (void)
{
  IkeTask *task = g_new0 (IkeTask, 1);
  task->class = &liveness_class;
  return task;
}

static bool
build_update (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  if (!session->has_mobike)
    return true; /* any authentic request moves the path then (RFC 9329 section 6.5) */
  ike_chain_notify (
      chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_UPDATE_SA_ADDRESSES, SLICE (NULL, 0));
  ike_write_nat_detection (session, chain);
  return true;
}

static IkeTaskResult
process_update (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  ike_mobike_moved (session, response);
  return IKE_TASK_DONE;
}

static const IkeTaskClass update_class = {
  .name = "address update",
  .exchange = IKE_EXCHANGE_INFORMATIONAL,
  .build = build_update,
  .process = process_update,
};

/* Queues, before everything else, what tells the gateway of the new stream. */
void
ike_task_update_path (IkeSession *session)
{
  if (ike_session_has_queued (session, &update_class))
    return;
  IkeTask *task = g_new0 (IkeTask, 1);
  task->class = &update_class;
  ike_session_queue_urgent (session, task);
}

static bool
build_delete_ike (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  ike_delete_write (chain, &delete);
  return true;
}

static IkeTaskResult
process_delete_ike (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  ike_session_ended (session);
  return IKE_TASK_DONE;
}

static const IkeTaskClass delete_ike_class = {
  .name = "deletion of the IKE SA",
  .exchange = IKE_EXCHANGE_INFORMATIONAL,
  .build = build_delete_ike,
  .process = process_delete_ike,
};

/* Transfer: full. */
IkeTask *
ike_task_delete_ike_new (void)
{
  IkeTask *task = g_new0 (IkeTask, 1);
  task->class = &delete_ike_class;
  return task;
}

static bool
build_delete_child (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  const DeleteTask *self = (const DeleteTask *) task;
  IkeChild *child = ike_child_by_spi_in (session, self->spi_in);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_ESP, .n = 1, .spis = { self->spi_in } };
  if (child == NULL) /* the gateway was faster */
    return false;
  child->state = IKE_CHILD_DELETING;
  ike_delete_write (chain, &delete);
  return true;
}

static IkeTaskResult
process_delete_child (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  const DeleteTask *self = (const DeleteTask *) task;
  IkeChild *child = ike_child_by_spi_in (session, self->spi_in);
  if (child != NULL)
    ike_child_remove (session, child);
  ike_child_end_if_lost (session);
  return IKE_TASK_DONE;
}

static const IkeTaskClass delete_child_class = {
  .name = "deletion of a CHILD_SA",
  .exchange = IKE_EXCHANGE_INFORMATIONAL,
  .build = build_delete_child,
  .process = process_delete_child,
};

/* Deletes one CHILD_SA of ours. Transfer: full. */
IkeTask *
ike_task_delete_child_new (uint32_t spi_in)
{
  DeleteTask *self = g_new0 (DeleteTask, 1);
  self->task.class = &delete_child_class;
  self->spi_in = spi_in;
  return &self->task;
}
