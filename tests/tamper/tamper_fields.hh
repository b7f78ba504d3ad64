// SPDX-License-Identifier: GPL-2.0-or-later
// Members of a message, changed one at a time: on the way from somebody known, from a stranger, and inside of a forward.
#pragma once

#include <functional>

#include "base/codec.h"

#include "tamper_case.hh"

namespace {

using Change = std::function<void(JsonObject *)>;

inline std::string
write(JsonObject *object)
{
    return support::Text(dim_json_write(object)).get();
}

inline OWNED(JsonObject) tree(const std::string &text)
{
    return OWNED(JsonObject)(dim_json_parse(text.c_str(), -1, nullptr));
}

inline void
set(JsonObject *object, const char *member, const std::string &value)
{
    json_object_set_string_member(object, member, value.c_str());
}

inline std::vector<guint8>
bytes(JsonObject *object, const char *member)
{
    OWNED(GBytes) bytes(dim_json_bytes(object, member, nullptr));
    gsize size = 0;
    auto *data = static_cast<const guint8 *>(g_bytes_get_data(bytes.get(), &size));

    return { data, data + size };
}

inline void
set_bytes(JsonObject *object, const char *member, const std::vector<guint8> &data)
{
    set(object, member, support::Text(dim_base64_encode(data.data(), data.size())).get());
}

// What every member can be turned into, by what the table calls it.
const std::pair<const char *, const char *> retypings[] = {
    { "number", "7" },  { "true", "true" },  { "null", "null" },  { "list", "[]" },
    { "object", "{}" }, { "word", "\"x\"" }, { "empty", "\"\"" },
};

inline void
put(JsonObject *object, const std::string &member, const char *json)
{
    OWNED(JsonObject) holder(tree(std::string("{\"x\":") + json + "}"));

    json_object_set_member(object, member.c_str(), json_object_dup_member(holder.get(), "x"));
}

// A changed copy of the wire's text; outer names the object in it that `change` gets, or is empty.
inline std::string
changed(const std::string &wire, const std::string &outer, const Change &change)
{
    auto object = tree(wire);
    JsonObject *inner =
        outer.empty() ? object.get() : dim_json_object(object.get(), outer.c_str());

    if (inner != nullptr)
        change(inner);
    return write(object.get());
}

class TamperFieldTest : public TamperTest {
  protected:
    // One case each for a known writer, for a stranger, and inside of a forward by somebody else; with a binding and without.
    void
    try_change(const std::string &member,
               const std::string &tampering,
               const std::string &outer,
               const Change &change,
               int type = DIM_CONTENT_TEXT)
    {
        for (bool with : { false, true }) {
            binding = with;
            try_it(member, tampering, outer, change, type);
        }
    }
    void
    try_it(const std::string &member,
           const std::string &tampering,
           const std::string &outer,
           const Change &change,
           int type)
    {
        const Letter talk = letter(*known, true, type);
        const Writer writer(peer, clock.now());
        const Letter first = letter(writer, true, type);
        const Letter inner = letter(*known, true, type);

        last_serial = talk.line.serial;
        judge(member, tampering, false, talk, changed(talk.wire, outer, change));
        last_serial = first.line.serial;
        judge(member, tampering, true, first, changed(first.wire, outer, change));
        check_book(writer, member + " " + tampering);
        last_serial = inner.line.serial;
        judge(member, tampering, false, inner, forwarded(changed(inner.wire, outer, change)));
    }
    void
    retype_all(const std::string &outer, const std::vector<std::string> &names)
    {
        for (const std::string &name : names) {
            const std::string member = outer.empty() ? name : outer + "." + name;

            try_change(member, "drop", outer, [&](JsonObject *object) {
                json_object_remove_member(object, name.c_str());
            });
            for (const auto &[word, json] : retypings) {
                const char *value = json;

                try_change(member, word, outer,
                           [&](JsonObject *object) { put(object, name, value); });
            }
        }
    }
    std::string
    forwarded(const std::string &wire)
    {
        JsonObject *object = json_object_new();

        json_object_set_object_member(object, "forward", tree(wire).release());
        OWNED(DimContent) content(dim_content_new_take(DIM_CONTENT_FORWARD, object));
        return carrier.seal(me, content.get(), true, true);
    }
    // The talk key that a thief would like me to use, wrapped for me.
    std::vector<guint8>
    wrap(const std::string &key_json)
    {
        OWNED(DimSecret) secret(dim_secret_new(key_json.data(), key_json.size()));
        OWNED(GBytes)
        wrapped(dim_public_key_encrypt(dim_document_key(dim_user_visa(me.user)), secret.get(),
                                       nullptr));
        gsize size = 0;
        auto *data = static_cast<const guint8 *>(g_bytes_get_data(wrapped.get(), &size));

        return { data, data + size };
    }
    guint64 last_serial = 0;
    Writer carrier{ peer, clock.now() + static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC
                              - clock.now() };
};

} // namespace
