/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/proxy-auth.h"

/* NULL: nobody gave anything. */
typedef void (*ProxyAnsweredFunc) (const Secret *answer_or_null, void *user_data);

/* Who answers for passwords and tokens: the worker has none itself. ask () returns a number that cancel ()
 * takes as long as there was no answer; that never comes from inside ask (). */
typedef struct {
  unsigned int (*ask) (
      void *user, const ProxyQuestion *question, ProxyAnsweredFunc answered, void *answered_data);
  void (*cancel) (void *user, unsigned int request);
  void *user;
} ProxyAsker;
