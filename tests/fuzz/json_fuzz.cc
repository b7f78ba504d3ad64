// SPDX-License-Identifier: GPL-2.0-or-later
// Random bytes at the JSON gate: what passes is UTF-8; an object reads back as what it writes, and as its view says.
#include "base/json.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "base/json_view.h"

// Every member of the tree, seen in the view.
static void
compare(JsonObject *object, const DimJsonView *view)
{
    GList *names = json_object_get_members(object);

    for (GList *l = names; l != nullptr; l = l->next) {
        auto *name = static_cast<const char *>(l->data);
        GBytes *grown = dim_json_bytes(object, name, nullptr);
        GBytes *seen = dim_json_view_bytes(view, name, nullptr);
        const double time = dim_json_time(object, name);

        g_assert(dim_json_view_kind(view, name) >= 0);
        g_assert(g_strcmp0(dim_json_text(object, name), dim_json_view_text(view, name)) == 0);
        g_assert(dim_json_integer(object, name, -9) == dim_json_view_integer(view, name, -9));
        g_assert(dim_json_serial(object, name) == dim_json_view_serial(view, name));
        g_assert(!(time < dim_json_view_time(view, name))
                 && !(time > dim_json_view_time(view, name)));
        g_assert((grown == nullptr) == (seen == nullptr));
        g_assert(grown == nullptr || g_bytes_equal(grown, seen));
        g_bytes_unref(grown);
        g_bytes_unref(seen);
    }
    g_list_free(names);
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = reinterpret_cast<const char *>(data);
    GError *error = nullptr;
    const gboolean good = dim_json_check(text, size, &error);

    g_assert(good == (error == nullptr));
    g_clear_error(&error);
    if (good)
        g_assert(g_utf8_validate(text, static_cast<gssize>(size), nullptr));
    JsonObject *object = dim_json_parse(text, static_cast<gssize>(size), nullptr);
    DimJsonView *view = dim_json_view_new(text, static_cast<gssize>(size), nullptr);
    g_assert((object == nullptr) == (view == nullptr));
    if (object == nullptr)
        return 0;
    g_assert(good);
    compare(object, view);
    dim_json_view_free(view);
    char *written = dim_json_write(object);
    JsonObject *again = dim_json_parse(written, -1, nullptr);
    g_assert(again != nullptr);
    char *twice = dim_json_write(again);
    g_assert(strcmp(written, twice) == 0);
    for (const char *name : { "type", "sn", "time", "data" }) {
        g_bytes_unref(dim_json_bytes(object, name, nullptr));
        g_assert(dim_json_time(object, name) >= 0);
        g_assert(dim_json_serial(object, name) == dim_json_serial(again, name));
        dim_json_flag(object, name);
    }
    g_free(twice);
    g_free(written);
    json_object_unref(again);
    json_object_unref(object);
    return 0;
}
