// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as a content: every reader of commands goes over it, and it is always shown as something.
#include <cstdint>

#include "message/commands.h"
#include "message/render.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DimContent *content = dim_content_parse(reinterpret_cast<const char *>(data),
                                            static_cast<gssize>(size), nullptr);

    if (content == nullptr)
        return 0;
    char *shown = dim_render(content);
    char *text = dim_content_to_text(content);
    DimContent *again = dim_content_parse(text, -1, nullptr);
    DimId *id = dim_command_id(content, nullptr);
    DimMeta *meta = dim_command_meta(content, nullptr);
    GPtrArray *documents = dim_command_documents(content, id);

    g_assert(shown[0] != '\0' && g_utf8_validate(shown, -1, nullptr));
    g_assert(again != nullptr && dim_content_type(again) == dim_content_type(content));
    g_assert(dim_content_serial(again) == dim_content_serial(content));
    dim_handshake_step(content);
    dim_report_title(content);
    dim_receipt_signature(content);
    g_ptr_array_unref(documents);
    dim_meta_unref(meta);
    dim_id_unref(id);
    dim_content_unref(again);
    dim_content_unref(content);
    g_free(shown);
    g_free(text);
    return 0;
}
