/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REDIRECTS_MAX 5
#define REDIRECTS_PERIOD_US (INT64_C (300) * 1000000)

typedef struct {
  int64_t at[REDIRECTS_MAX]; /* a ring */
  size_t n; /* ever */
} Redirects;

bool redirects_take (Redirects *redirects, int64_t now);
