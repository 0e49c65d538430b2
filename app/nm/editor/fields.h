/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-fields.h"

/* What the editors show; each field is one item of vpn.data (site/items.h). */

const VisitorFieldSection *editor_section (gsize i);
const char *editor_words (const char *text);
const VisitorField *editor_field_of (const char *item);
