/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What an editor shows, for whatever toolkit: sections of fields, each one item of vpn.data (site/items.h). */

typedef enum {
  EDITOR_TEXT,
  EDITOR_CHOICE,
  EDITOR_CERTIFICATES, /* from a file, which is copied into the item */
  EDITOR_KEY, /* the path of a file, which stays where it is, or a pkcs11: URI */
  EDITOR_SECRET, /* no item, but a secret of NM's, kept as the user chooses */
} EditorKind;

typedef struct {
  const char *word; /* as site.conf(5) has it */
  const char *title;
} EditorChoice;

/* A field is there where an item has one of these words; where words is NULL, any. */
typedef struct {
  const char *item; /* NULL: always */
  const char *const *words;
} EditorCondition;

typedef struct {
  EditorKind kind;
  const char *item; /* "GROUP.KEY"; the name of a secret */
  const char *label; /* with a mnemonic, one of its own in the section */
  const char *help; /* a sentence below it; or NULL */
  const char *nothing; /* what there is where nothing is said; or NULL */
  const EditorChoice *choices; /* the first is what there is where nothing is said; up to a NULL */
  EditorCondition when;
} EditorField;

typedef struct {
  const char *title; /* NULL: what everybody needs */
  const EditorField *fields;
  gsize n_fields;
} EditorSection;

#define EDITOR_METHOD "sign-in.method" /* the one choice that is written down whatever it is */

extern const EditorSection editor_sections[];
extern const gsize editor_n_sections;

const EditorField *editor_field_of (const char *item);
char *editor_field_plain_label (const EditorField *field);
