/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

char *host_domain_parse (const char *text);
