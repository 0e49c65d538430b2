/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hostile worker can send: the first octet chooses the phase, the rest is a packet. Whatever
 * passes the permit table becomes a report, and a configuration that was accepted must be accepted
 * again when it is printed. */
#include <string.h>

#include "fuzz.h"
#include "host/protocol/permit.h"
#include "host/report.h"

static void
check_configuration (const HostConfiguration *configuration)
{
  g_autoptr (GVariant) printed = g_variant_ref_sink (host_configuration_to_variant (configuration));
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) again = host_configuration_parse (printed, &error);
  g_assert_no_error (error);
  g_assert_true (host_configuration_equal (configuration, again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1 || size > MESSAGE_MAX_LEN)
    return 0;
  g_auto (Message) message = { 0 };
  g_auto (HostReport) report = { 0 };
  Permit permit;
  permit_init (&permit, 0);
  permit.phase = (PermitPhase) (data[0] % (PERMIT_GONE + 1));
  permit_expect_status (&permit);
  if (!message_parse (data + 1, size - 1, 0, &message, NULL) ||
      !permit_check (&permit, &message, 0, NULL) || !host_report_parse (&message, &report, NULL))
    return 0;
  if (report.configuration != NULL)
    check_configuration (report.configuration);
  if (report.finding != NULL) {
    g_autofree char *printed = g_variant_print (report.finding, FALSE);
    g_assert_null (strpbrk (printed, "\n\r\033"));
  }
  if (report.tried != NULL)
    g_assert_null (strpbrk (report.tried->detail, "\n\r\033"));
  if (report.detail != NULL)
    g_assert_null (strpbrk (report.detail, "\n\r\033"));
  return 0;
}
