/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/proxy-asker.h"
#include "site/site.h"
#include "tunnel/control.h"

typedef struct _ProxySecrets ProxySecrets;

ProxySecrets *proxy_secrets_new (const Site *site, Control *control);
void proxy_secrets_free (ProxySecrets *secrets);
ProxyAsker proxy_secrets_asker (ProxySecrets *secrets);
ProxyAsker proxy_secrets_quiet_asker (ProxySecrets *secrets);
void proxy_secrets_answered (ProxySecrets *secrets, GVariant *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProxySecrets, proxy_secrets_free)
