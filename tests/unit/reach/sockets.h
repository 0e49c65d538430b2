/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/socket-source.h"

extern const SocketSource test_sockets;
