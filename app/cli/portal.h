/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/connection.h"

void portal_tell (VisitorConnection *connection, const char *url);
