// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as a content: every reader of commands goes over it, and it is always shown as something. And as a file's place.
#include <cstdint>
#include <cstring>

#include "message/commands.h"
#include "message/pnf.h"
#include "message/render.h"

static void
read_file(const uint8_t *data, size_t size)
{
    char *text = g_strndup(reinterpret_cast<const char *>(data), size);
    JsonNode *node = json_node_init_string(json_node_alloc(), text);
    GError *error = nullptr;
    DimPnf *file = dim_pnf_parse(node, &error);

    g_assert((file == nullptr) == (error != nullptr));
    if (file != nullptr) {
        const char *name = dim_pnf_filename(file);
        const char *url = dim_pnf_url(file);
        GBytes *inside = dim_pnf_data(file);

        g_assert(name != nullptr || url != nullptr || inside != nullptr);
        g_assert(name == nullptr || name[0] != '\0');
        g_assert(url == nullptr || strstr(url, "://") != nullptr);
        g_assert(inside == nullptr || g_bytes_get_size(inside) - 1 < size);
        dim_pnf_is_locked(file);
    }
    g_clear_error(&error);
    dim_pnf_free(file);
    json_node_unref(node);
    g_free(text);
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DimContent *content = dim_content_parse(reinterpret_cast<const char *>(data),
                                            static_cast<gssize>(size), nullptr);

    read_file(data, size);
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
