// SPDX-License-Identifier: GPL-2.0-or-later
// Random bytes at the JSON gate: what passes is UTF-8, and what is an object reads back as what it writes.
#include "base/json.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>

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
    if (object == nullptr)
        return 0;
    g_assert(good);
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
