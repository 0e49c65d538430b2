/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "site/store.h"

char *visitor_entry_address (const SiteEntry *entry);
char *visitor_entry_problem (const SiteEntry *entry);
