/* SPDX-License-Identifier: GPL-2.0-or-later */
/* (type, name) -> handler, and (app, mod, act) -> handler, made from the rows of command.h. */
#include "base/json.h"
#include "command/command.h"

typedef struct {
    int type;
    const char *name;
    DimHandler *handler;
} DimCommandRow;

#define ENTRY(handler, type, name) { type, name, dim_handle_##handler },
static const DimCommandRow dim_command_table[] = { DIM_COMMANDS(ENTRY) };

/* Some clients say what happens in a group in plain commands. */
static gboolean
is_of_type(const DimCommandRow *row, const DimContent *content)
{
    int type = dim_content_type(content);

    return row->type == type
           || (row->type == DIM_CONTENT_HISTORY && type == DIM_CONTENT_COMMAND
               && dim_content_group(content) != NULL);
}

DimHandler *
dim_command_find(const DimContent *content)
{
    const char *name = dim_content_command(content);

    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(dim_command_table); i++) {
        const DimCommandRow *row = &dim_command_table[i];

        if (is_of_type(row, content) && g_str_equal(row->name, name))
            return row->handler;
    }
    return NULL;
}

typedef struct {
    const char *app;
    const char *mod;
    const char *act;
    DimHandler *handler;
} DimCustomizedRow;

#define CUSTOMIZED(handler, app, mod, act) { app, mod, act, dim_handle_##handler },
static const DimCustomizedRow dim_customized_table[] = { DIM_CUSTOMIZED(CUSTOMIZED) };

DimHandler *
dim_customized_find(const DimContent *content)
{
    JsonObject *object = dim_content_json(content);

    if (dim_content_type(content) != DIM_CONTENT_CUSTOMIZED)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(dim_customized_table); i++) {
        const DimCustomizedRow *row = &dim_customized_table[i];

        if (g_strcmp0(dim_json_text(object, "app"), row->app) == 0
            && g_strcmp0(dim_json_text(object, "mod"), row->mod) == 0
            && g_strcmp0(dim_json_text(object, "act"), row->act) == 0)
            return row->handler;
    }
    return NULL;
}
