/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What core tells us, and which view shows it. */
#pragma once

#include "plugin/views/bridge.h"

/* Static; its data is a DimLogin. */
const DimEvents *dim_listener_events(void);
