/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/agent.h"
#include "service/connection.h"

Agent *request_agent (const ServiceParts *parts, const ConnectionRequest *request);
