/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

const char *visitor_error_sentence (VisitorError code);
const char *visitor_error_advice (VisitorError code);
const char *visitor_error_advice_on_terminal (VisitorError code);
