/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/random.h"
#include "reach/connector.h"
#include "tunnel/start.h"

GArray *entries_new (const Start *start, CryptoRandomFunc random);
const GArray *entries_known (const Start *start);
EntryOrder entries_order (const Site *site);
