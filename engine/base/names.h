/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Names that more than one program must agree on. */
#define VISITOR_APP_ID "org.visitorvpn.Visitor"
#define VISITOR_ENGINE_BUS_NAME "org.visitorvpn.Engine"
#define VISITOR_ENGINE_PATH "/org/visitorvpn/Engine"
#define VISITOR_CONNECTION_PATH_PREFIX "/org/visitorvpn/Engine/connection/"
#define VISITOR_AGENT_PATH "/org/visitorvpn/Agent"
#define VISITOR_DBUS_ERROR_PREFIX "org.visitorvpn.Error."
#define VISITOR_SECRET_SCHEMA "org.visitorvpn.Site"
#define VISITOR_DEFAULT_PORT 443
#define VISITOR_IKE_PORT 500
#define VISITOR_IKE_NAT_PORT 4500

/* What the devices of tunnels are called, before a number: the engine's, and those of NetworkManager's service. */
#define VISITOR_DEVICE_PREFIX "visitor"
#define VISITOR_NM_DEVICE_PREFIX "nm-visitor"

/* Packets of the worker's own sockets carry this mark; the routing rule above `main` is for all
 * others. "VI" in ASCII. */
#define VISITOR_FWMARK 0x5649u
