/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "ike/session.h"

bool ike_state_may_become (IkeState from, IkeState to);
