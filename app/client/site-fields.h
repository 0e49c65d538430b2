/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What an editor of a site shows, for whatever toolkit: sections of fields. */

typedef enum {
  VISITOR_FIELD_TEXT,
  VISITOR_FIELD_CHOICE,
  VISITOR_FIELD_CERTIFICATES, /* from a file, which is copied into the item */
  VISITOR_FIELD_KEY, /* the path of a file, which stays where it is, or a pkcs11: URI */
  VISITOR_FIELD_SECRET, /* no item, but a secret of NM's, kept as the user chooses */
} VisitorFieldKind;

typedef struct {
  const char *word; /* as site.conf(5) has it */
  const char *title;
} VisitorFieldChoice;

/* A field is there where an item has one of these words; where words is NULL, any. */
typedef struct {
  const char *item; /* NULL: always */
  const char *const *words;
} VisitorFieldCondition;

typedef struct {
  VisitorFieldKind kind;
  const char *item; /* "GROUP.KEY"; the name of a secret */
  const char *label; /* with a mnemonic, one of its own in the section */
  const char *help; /* a sentence below it; or NULL */
  const char *nothing; /* what there is where nothing is said; or NULL */
  const VisitorFieldChoice
      *choices; /* the first is what there is where nothing is said; up to a NULL */
  VisitorFieldCondition when;
} VisitorField;

typedef struct {
  const char *title; /* NULL: what everybody needs */
  const VisitorField *fields;
  gsize n_fields;
} VisitorFieldSection;

#define VISITOR_FIELD_METHOD \
  "sign-in.method" /* the one choice that is written down whatever it is */
extern const VisitorFieldChoice visitor_field_methods[];
extern const VisitorFieldSection visitor_field_sections[];
extern const gsize visitor_n_field_sections;

const char *visitor_field_words (const char *text);
char *visitor_field_plain (const char *label);
