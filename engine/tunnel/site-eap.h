/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/eap.h"
#include "site/site.h"

EapOptions site_eap_options (const Site *site);
