// SPDX-License-Identifier: GPL-2.0-or-later
// Random JSON as a meta: one that is taken proves its own ID, and is read again from what it writes.
#include "identity/meta.h"

#include <cstdint>

#include "base/json.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    JsonObject *object = dim_json_parse(reinterpret_cast<const char *>(data),
                                        static_cast<gssize>(size), nullptr);

    if (object == nullptr)
        return 0;
    DimMeta *meta = dim_meta_from_json(object, nullptr);

    json_object_unref(object);
    if (meta == nullptr)
        return 0;
    JsonObject *written = dim_meta_to_json(meta);
    DimMeta *again = dim_meta_from_json(written, nullptr);
    DimId *id = dim_meta_make_id(meta, 0, nullptr);

    g_assert(again != nullptr && dim_meta_kind(again) == dim_meta_kind(meta));
    g_assert(id == nullptr || dim_meta_matches(again, id));
    dim_id_unref(id);
    dim_meta_unref(again);
    dim_meta_unref(meta);
    json_object_unref(written);
    return 0;
}
