/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AttemptList: the ways that a connection's worker has tried, the last ATTEMPTS_KEPT of them. */
#include "service/attempt-list.h"

struct _AttemptList {
  GQueue attempts; /* owned Attempt, in the order in which they ended */
};

AttemptList *
attempt_list_new (void)
{
  AttemptList *list = g_new0 (AttemptList, 1);
  g_queue_init (&list->attempts);
  return list;
}

void
attempt_list_free (AttemptList *list)
{
  g_queue_clear_full (&list->attempts, g_free);
  g_free (list);
}

/* One that has ended; it is copied. */
void
attempt_list_add (AttemptList *list, const Attempt *attempt)
{
  if (g_queue_get_length (&list->attempts) == ATTEMPTS_KEPT)
    g_free (g_queue_pop_head (&list->attempts));
  g_queue_push_tail (&list->attempts, g_memdup2 (attempt, sizeof *attempt));
}

/* aa{sv}, the one that ended first before the others. Floating. */
GVariant *
attempt_list_to_variant (const AttemptList *list)
{
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
  for (const GList *at = list->attempts.head; at != NULL; at = at->next)
    g_variant_builder_add_value (&b, attempt_to_variant (at->data));
  return g_variant_builder_end (&b);
}
