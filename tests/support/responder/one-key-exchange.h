/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/algorithm-policy.h"

void one_key_exchange (AlgorithmPolicy *policy);
