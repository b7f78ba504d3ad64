/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the dial hook of core with libpurple's connect, so that the account's proxy is obeyed. */
#pragma once

#include <purple.h>

#include "dim.h"

/* A dial hook for this connection; valid as long as gc is. */
DimDial dim_proxy_dial(PurpleConnection *gc);
