/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of content types and the small words of writing that contents and envelopes share. */
#include "message/content_types.h"

#include "base/json.h"

static const struct {
    const char *word; /* (nullable) some are told by number alone */
    int type;
} dim_type_words[] = {
    { "*", DIM_CONTENT_ANY },
    { "text", DIM_CONTENT_TEXT },
    { "file", DIM_CONTENT_FILE },
    { "image", DIM_CONTENT_IMAGE },
    { "audio", DIM_CONTENT_AUDIO },
    { "video", DIM_CONTENT_VIDEO },
    { "page", DIM_CONTENT_PAGE },
    { "card", DIM_CONTENT_CARD },
    { "quote", DIM_CONTENT_QUOTE },
    { "money", DIM_CONTENT_MONEY },
    { "transfer", DIM_CONTENT_TRANSFER },
    { NULL, DIM_CONTENT_LUCKY_MONEY },
    { NULL, DIM_CONTENT_CLAIM },
    { NULL, DIM_CONTENT_SPLIT_BILL },
    { "command", DIM_CONTENT_COMMAND },
    { "history", DIM_CONTENT_HISTORY },
    { "application", DIM_CONTENT_APPLICATION },
    { "array", DIM_CONTENT_ARRAY },
    { "customized", DIM_CONTENT_CUSTOMIZED },
    { "combine", DIM_CONTENT_COMBINE },
    { "forward", DIM_CONTENT_FORWARD },
};

/* Some senders write the kind of quote or the currency where the type belongs: the members tell then. */
static int
guess_type(JsonObject *object)
{
    if (dim_json_text2(object, "command", "cmd") != NULL)
        return DIM_CONTENT_COMMAND;
    if (json_object_has_member(object, "amount"))
        return DIM_CONTENT_MONEY;
    if (dim_json_text(object, "text") != NULL)
        return dim_json_object(object, "origin") != NULL ? DIM_CONTENT_QUOTE : DIM_CONTENT_TEXT;
    return DIM_CONTENT_ANY;
}

static int
type_of(gint64 number, const char *word)
{
    if (number >= 0)
        return number <= G_MAXINT ? (int)number : -1;
    if (word == NULL || !g_ascii_isalpha(word[0]))
        return g_strcmp0(word, "*") == 0 ? DIM_CONTENT_ANY : -1;
    for (guint i = 0; i < G_N_ELEMENTS(dim_type_words); i++) {
        if (dim_type_words[i].word != NULL
            && g_ascii_strcasecmp(word, dim_type_words[i].word) == 0)
            return dim_type_words[i].type;
    }
    return DIM_CONTENT_STRANGE;
}

gboolean
dim_content_is_known(const DimContent *content)
{
    int type = dim_content_type(content);

    for (guint i = 0; i < G_N_ELEMENTS(dim_type_words); i++)
        if (dim_type_words[i].type == type && type != DIM_CONTENT_ANY)
            return TRUE;
    return FALSE;
}

int
dim_content_type_of(JsonObject *object)
{
    int type = type_of(dim_json_integer(object, "type", -1), dim_json_text(object, "type"));

    return type == DIM_CONTENT_STRANGE ? guess_type(object) : type;
}

int
dim_content_type_of_view(const DimJsonView *view)
{
    return type_of(dim_json_view_integer(view, "type", -1), dim_json_view_text(view, "type"));
}

void
dim_restore_names(JsonObject *object, const DimShortName *names, guint count)
{
    for (guint i = 0; i < count; i++) {
        JsonNode *node;

        if (json_object_has_member(object, names[i].name))
            continue;
        node = json_object_dup_member(object, names[i].brief);
        if (node == NULL)
            continue;
        json_object_remove_member(object, names[i].brief);
        json_object_set_member(object, names[i].name, node);
    }
}

void
dim_restore_view_names(DimJsonView *view, const DimShortName *names, guint count)
{
    for (guint i = 0; i < count; i++)
        dim_json_view_rename(view, names[i].brief, names[i].name);
}

void
dim_append_time(GString *out, double seconds)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!dim_json_append_decimal(out, seconds))
        g_string_append(out, g_ascii_dtostr(text, sizeof text, seconds));
}

void
dim_append_name(GString *out, const char *name)
{
    g_string_append(out, ",\"");
    g_string_append(out, name);
    g_string_append(out, "\":");
}
