/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

void notify_service_manager (const char *state);
