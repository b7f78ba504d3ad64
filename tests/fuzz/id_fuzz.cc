// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as an ID: what is taken is cut into parts that make the same ID again.
#include "identity/id.h"

#include <cstdint>
#include <string>

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    DimId *id = dim_id_parse(text.c_str(), nullptr);

    if (id == nullptr)
        return 0;
    DimId *naked = dim_id_parse(dim_id_text(id), nullptr);
    char *number = dim_id_number_text(id);

    g_assert(dim_id_is_user(id) != dim_id_is_group(id));
    g_assert(!dim_id_is_broadcast(id) || dim_id_kind(id) == DIM_ADDRESS_BROADCAST);
    // "@word" alone has no naked form that is an ID
    g_assert(naked == nullptr
             || (dim_id_equal(id, naked) && dim_id_hash(id) == dim_id_hash(naked)));
    dim_id_unref(naked);
    dim_id_unref(id);
    g_free(number);
    return 0;
}
