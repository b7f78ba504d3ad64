// SPDX-License-Identifier: GPL-2.0-or-later
// Messages that are odd in one way, to be opened.
#pragma once

#include "tests/unit/message/seal_case.hh"

namespace {

class Unseal : public Seal {
  protected:
    // Something of hers that everybody can read, and its signature, under these words of an envelope.
    OWNED(JsonObject)
    said(const char *data, const char *receiver, const char *group)
    {
        OWNED(GBytes) proof(dim_private_key_sign(signer, data, strlen(data), nullptr));
        OWNED(JsonObject) wire(json_object_new());

        json_object_set_string_member(wire.get(), "sender", dim_id_text(alice_.get()));
        json_object_set_string_member(wire.get(), "receiver", receiver);
        if (group != nullptr)
            json_object_set_string_member(wire.get(), "group", group);
        json_object_set_string_member(wire.get(), "data", data);
        set_bytes(wire.get(), "signature", proof.get());
        return wire;
    }
    static void
    set_bytes(JsonObject *wire, const char *member, GBytes *value)
    {
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(value, &size));
        support::Text text(dim_base64_encode(bytes, size));

        json_object_set_string_member(wire, member, text.get());
    }
    // As long as a wrapped key, and none.
    static std::string
    junk()
    {
        guint8 bytes[128];

        dim_random_nonce(bytes, sizeof bytes);
        bytes[0] = 1;
        return support::Text(dim_base64_encode(bytes, sizeof bytes)).get();
    }
    std::string
    device(int number) const
    {
        return std::string(dim_id_text(bob_.get())) + "/" + std::to_string(number);
    }
};

} // namespace
