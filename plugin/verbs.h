/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The /dim verbs: one table for hosts that read /commands and for those that send them as text. */
#pragma once

#include "plugin/views/bridge.h"

void dim_verbs_register(void);
void dim_verbs_unregister(void);
/* The answer to a line such as "/dim id" written to `peer`, or NULL if the line is no verb. Plain text, new string. */
char *dim_verbs_answer(DimLogin *login, const char *peer, const char *line);
