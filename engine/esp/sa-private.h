/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/cipher.h"
#include "esp/esp.h"
#include "esp/replay.h"

/* Open to the tests, which cannot wait for 2^32 packets. */
struct _EspSa {
  uint32_t spi_in, spi_out;
  CryptoCipher *in, *out;
  size_t iv_len, icv_len, alignment;
  bool has_esn;
  uint64_t sent; /* the last sequence number used on the way out */
  ReplayWindow window;
  GArray *local_ts, *remote_ts; /* TrafficSelector */
};
