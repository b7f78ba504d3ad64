// SPDX-License-Identifier: GPL-2.0-or-later
// Random JSON as a document: what is taken is read again from what it writes, with the same signed text.
#include "identity/document.h"

#include <cstdint>

#include "base/json.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    JsonObject *object = dim_json_parse(reinterpret_cast<const char *>(data),
                                        static_cast<gssize>(size), nullptr);

    if (object == nullptr)
        return 0;
    DimDocument *document = dim_document_from_json(object, nullptr, nullptr);

    json_object_unref(object);
    if (document == nullptr)
        return 0;
    JsonObject *written = dim_document_to_json(document);
    DimDocument *again = dim_document_from_json(written, dim_document_owner(document), nullptr);

    g_assert(again != nullptr);
    g_assert(dim_document_time(again) == dim_document_time(document));
    g_assert(g_strcmp0(dim_document_name(again), dim_document_name(document)) == 0);
    g_assert(g_strcmp0(dim_document_terminal(again), dim_document_terminal(document)) == 0);
    dim_document_unref(again);
    dim_document_unref(document);
    json_object_unref(written);
    return 0;
}
