/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "esp/esp.h"

static const char *const names[ESP_N_VERDICTS] = {
  [ESP_PASS] = "pass",
  [ESP_DROP_SHORT] = "short",
  [ESP_DROP_UNKNOWN_SPI] = "unknown-spi",
  [ESP_DROP_REPLAY] = "replay",
  [ESP_DROP_AUTH] = "authentication",
  [ESP_DROP_PADDING] = "padding",
  [ESP_DROP_NEXT_HEADER] = "next-header",
  [ESP_DROP_DUMMY] = "dummy",
  [ESP_DROP_INNER_MALFORMED] = "inner-malformed",
  [ESP_DROP_INNER_SELECTOR] = "inner-selector",
  [ESP_DROP_EXHAUSTED] = "sequence-exhausted",
  [ESP_DROP_NO_SA] = "no-sa",
  [ESP_DROP_TOO_LARGE] = "too-large",
  [ESP_DROP_STREAM_FULL] = "stream-full",
  [ESP_DROP_CONGESTION] = "congestion",
};

/* The verdict's stable name, as `visitor status` shows it. Never NULL. */
const char *
esp_verdict_to_string (EspVerdict verdict)
{
  return (unsigned int) verdict < ESP_N_VERDICTS ? names[verdict] : "unknown";
}
