/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the text form of a site is made of, for whoever has to prove that nothing of it was forgotten. */

char **site_known_keys (void);
