// SPDX-License-Identifier: GPL-2.0-or-later
// Random JSON as a command of a group's history: read, shown in a line, and written again without loss.
#include <cstdint>
#include <cstring>

#include "base/json.h"
#include "message/commands.h"
#include "message/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    JsonObject *object = dim_json_parse(reinterpret_cast<const char *>(data),
                                        static_cast<gssize>(size), nullptr);

    if (object == nullptr)
        return 0;
    JsonObject *history = dim_json_copy(object);

    json_object_set_int_member(history, "type", DIM_CONTENT_HISTORY);
    char *text = dim_json_write(history);
    DimContent *content = dim_content_parse(text, -1, nullptr);

    json_object_unref(object);
    json_object_unref(history);
    if (content != nullptr) { // else its group is no ID
        char *line = dim_render(content);
        char *again = dim_content_to_text(content);
        DimId *group = dim_content_group(content);

        g_assert(dim_content_is_command(content));
        g_assert(group == nullptr || dim_id_is_user(group) != dim_id_is_group(group));
        g_assert(line[0] != '\0' && g_utf8_validate(line, -1, nullptr));
        g_assert(dim_content_group(content) == group);
        g_assert(strcmp(again, text) == 0 || strstr(text, "\"T\":") != nullptr
                 || strstr(text, "\"C\":") != nullptr || strstr(text, "\"G\":") != nullptr
                 || strstr(text, "\"N\":") != nullptr || strstr(text, "\"W\":") != nullptr);
        g_free(line);
        g_free(again);
    }
    dim_content_unref(content);
    g_free(text);
    return 0;
}
