/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "base/error.h"

NMVpnPluginFailure failure_of_error (const GError *error);
