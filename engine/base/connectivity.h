/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* How the machine's network manager sees the network, numbered as NMConnectivityState is. */
typedef enum {
  CONNECTIVITY_UNKNOWN, /* or there is none to ask */
  CONNECTIVITY_NONE,
  CONNECTIVITY_PORTAL,
  CONNECTIVITY_LIMITED,
  CONNECTIVITY_FULL,
} Connectivity;
