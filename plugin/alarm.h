/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failed logins and fallen lines where the host itself shows too little of them. */
#pragma once

#include "plugin/views/bridge.h"

/* The plugin's end. */
void dim_alarm_unregister(void);
/* This login failed, or ended, with this sentence: a window, if the host would not show it whole, or not at all. */
void dim_alarm_failed(DimLogin *login, PurpleConnectionError reason, const char *text);
/* It is online: the window goes, and the next failure is news again. */
void dim_alarm_online(const DimLogin *login);
