/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent of whoever sent a request, within what a user may have of open questions. */
#include "service/request-agent.h"

static gboolean
take (gpointer quotas, uid_t uid, GError **error)
{
  return quotas_take (quotas, uid, QUOTA_QUESTIONS, error);
}

static void
give_back (gpointer quotas, uid_t uid)
{
  quotas_give_back (quotas, uid, QUOTA_QUESTIONS);
}

/* parts must outlive the answers to all of its questions. Transfer: full. */
Agent *
request_agent (const ServiceParts *parts, const ConnectionRequest *request)
{
  Agent *agent =
      agent_new (request->bus, request->sender, request->agent, request->path, request->site->name);
  const AgentLimit limit = { take, give_back, parts->quotas, request->uid };
  agent_set_limit (agent, &limit);
  return agent;
}
