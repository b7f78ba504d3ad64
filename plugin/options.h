/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account's options: one table of names and defaults, for the dialog and for those who read them. */
#pragma once

#include <purple.h>

typedef enum {
    DIM_OPTION_STATION,
    DIM_OPTION_PORT,
    DIM_OPTION_STATION_ID,
    DIM_OPTION_TRANSPORT,
    DIM_OPTION_KEY_BITS,
    DIM_OPTION_IDENTITY,
} DimOption;

/* What the account dialog shows. New list of PurpleAccountOption, for protocol_options. */
GList *dim_options_new(void);
/* The value, or the table's default. Borrowed. */
const char *dim_options_text(const PurpleAccount *account, DimOption option);
int dim_options_number(const PurpleAccount *account, DimOption option);
