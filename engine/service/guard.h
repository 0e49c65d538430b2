/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "service/bouncer.h"

void guard_method_call (Bouncer *bouncer, GDBusInterfaceSkeleton *skeleton,
    const GDBusInterfaceVTable *guarded, const BouncerSubject *subject,
    GDBusMethodInvocation *invocation);
uid_t guard_caller (GDBusMethodInvocation *invocation);
