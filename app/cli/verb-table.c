/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VerbTable: what visitor can be told to do. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/verb.h"

static const Verb verbs[] = {
  { "import", N_ ("FILE"), N_ ("Add a site from a site.conf"), verb_import },
  { "list", "", N_ ("List the sites"), verb_list },
  { "show", N_ ("SITE"), N_ ("Show what a site holds"), verb_show },
  { "connect", N_ ("SITE"), N_ ("Connect to a site"), verb_connect },
  { "disconnect", N_ ("[SITE]"), N_ ("End a connection"), verb_disconnect },
  { "rekey", N_ ("[SITE]"), N_ ("Ask the gateway for new keys"), verb_rekey },
  { "diagnose", N_ ("SITE|HOST[:PORT]"), N_ ("Find out what is in the way to a gateway"),
      verb_diagnose },
  { "portal", N_ ("[SITE]"), N_ ("Tell where to sign in to this network"), verb_portal },
  { "status", N_ ("[SITE]"), N_ ("Tell what is connected, and how"), verb_status },
  { "monitor", "", N_ ("Tell of every change until stopped"), verb_monitor },
  { "export", N_ ("SITE [FILE]"), N_ ("Write a site.conf, without secrets"), verb_export },
  { "remove", N_ ("SITE"), N_ ("Remove a site and its kept password"), verb_remove },
};

/* The verbs in the order in which people meet them; *ret_n of them. */
const Verb *
verb_table (gsize *ret_n)
{
  *ret_n = G_N_ELEMENTS (verbs);
  return verbs;
}

/* NULL if there is none of this name. */
const Verb *
verb_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (strcmp (verbs[i].name, name) == 0)
      return &verbs[i];
  }
  return NULL;
}
