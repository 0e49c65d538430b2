/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What each target defines: one input, always 0. A bad input is an error of the parser's, never an
 * abort. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* libFuzzer's: once before the first input; always 0 (quiet.c). */
int LLVMFuzzerInitialize (int *argc, char ***argv);
