// SPDX-License-Identifier: GPL-2.0-or-later
// What a session should refuse, made to be sent.
#pragma once

#include "base/json.h"

#include "session_case.hh"

namespace {
using RefusalTest = SessionTest;

inline std::string
replaced(std::string text, const std::string &from, const std::string &to)
{
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// A message of any content, sealed and introduced.
inline std::string
seal_json(const Person &from, const Person &to, int type, const std::string &json)
{
    JsonObject *object = dim_json_parse(json.c_str(), -1, nullptr);
    DimContent *content = dim_content_new_take(type, object);
    std::string result = from.seal(to, content, true);

    dim_content_unref(content);
    return result;
}

// Signed and not encrypted, as everything is that goes to all.
inline std::string
shout(const Person &from, DimContent *content)
{
    DimSealing how = {};
    DimMessage *instant = dim_message_new(from.id(), dim_id_everyone(), nullptr, content);

    how.signer = dim_user_signer(from.user);
    how.meta = dim_meta_to_json(dim_user_meta(from.user));
    DimMessage *sealed = dim_seal(instant, &how, nullptr);
    char *wire = dim_message_to_text(sealed);
    std::string result = wire;

    g_free(wire);
    dim_message_unref(sealed);
    dim_message_unref(instant);
    json_object_unref(how.meta);
    return result;
}

inline int
count_for(const std::vector<DimMessage *> &heard, const Person &who)
{
    int count = 0;

    for (DimMessage *message : heard)
        count += dim_id_equal(dim_message_receiver(message), who.id());
    return count;
}
} // namespace
