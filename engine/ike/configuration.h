/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session.h"
#include "wire/cp.h"

void ike_configuration_init (IkeConfiguration *configuration);
void ike_configuration_clear (IkeConfiguration *configuration);
IkeConfiguration ike_configuration_ref (const IkeConfiguration *configuration);
void ike_configuration_request (IkeChain *chain, const GArray *addresses);
void ike_configuration_take (IkeConfiguration *configuration, const IkeCpPayload *reply);
