/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "base/slice.h"

/* One case of a file in vectors/. */
typedef struct {
  const char *file;
  gint64 id;
  const char *result; /* valid, invalid or acceptable */
  JsonObject *head; /* what the cases of a group share */
  JsonObject *body;
} Vector;

Slice vector_octets (const Vector *vector, const char *field);
const char *vector_text (const Vector *vector, const char *field);
gint64 vector_number (const Vector *vector, const char *field);
bool vector_has_flag (const Vector *vector, const char *flag);

/* How a case is judged where that is not what its file says. */
typedef enum {
  VECTOR_AS_THE_FILE_SAYS,
  VECTOR_MUST_BE_ACCEPTED,
  VECTOR_MUST_BE_REFUSED,
  VECTOR_EITHER,
} VectorVerdict;

/* True if the case was accepted, and what was computed is what it says. */
typedef bool (*VectorFunc) (const Vector *vector);
typedef VectorVerdict (*VectorExceptionFunc) (const Vector *vector);

bool vectors_run (const char *file, VectorFunc accepts, VectorExceptionFunc exception);
void vectors_run_foreign (const char *file, VectorFunc accepts, VectorExceptionFunc exception);
