/* SPDX-License-Identifier: GPL-2.0-or-later */
/* (type, name) -> handler, made from the rows of command.h. */
#include "command/command.h"

typedef struct {
    int type;
    const char *name;
    DimHandler *handler;
} DimCommandRow;

#define ENTRY(handler, type, name) { type, name, dim_handle_##handler },
static const DimCommandRow dim_command_table[] = { DIM_COMMANDS(ENTRY) };

DimHandler *
dim_command_find(const DimContent *content)
{
    const char *name = dim_content_command(content);

    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(dim_command_table); i++) {
        const DimCommandRow *row = &dim_command_table[i];

        if (row->type == dim_content_type(content) && g_str_equal(row->name, name))
            return row->handler;
    }
    return NULL;
}
