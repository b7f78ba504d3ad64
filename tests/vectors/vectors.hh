// SPDX-License-Identifier: GPL-2.0-or-later
// What the shapes of vectors share: the file at hand, the accounts and keys beside it, and the count of cases.
#pragma once

#include <functional>
#include <json-glib/json-glib.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/key.h"
#include "identity/document.h"
#include "identity/meta.h"

#include "tests/support/autoptr.hh"

namespace vectors {

// Owners that may stand in a header: those of OWNED() are of one file alone.
struct Drop {
    void
    operator()(DimId *value) const
    {
        dim_id_unref(value);
    }
    void
    operator()(DimMeta *value) const
    {
        dim_meta_unref(value);
    }
    void
    operator()(DimDocument *value) const
    {
        dim_document_unref(value);
    }
    void
    operator()(DimPrivateKey *value) const
    {
        dim_private_key_unref(value);
    }
    void
    operator()(GPtrArray *value) const
    {
        g_ptr_array_unref(value);
    }
};
template <typename T> using Held = std::unique_ptr<T, Drop>;

// One file: its tree, and the accounts and keys that belong to it (same ending of the name, else the folder's first).
struct File {
    std::string name;
    std::shared_ptr<JsonParser> parser;
    JsonNode *root = nullptr;
    JsonObject *accounts = nullptr;
    JsonObject *keys = nullptr;
};

struct Count {
    int ran = 0;
    int failed = 0;
    int left_out = 0;
    void
    check(const std::string &what, bool good)
    {
        ran++;
        if (!good) {
            failed++;
            g_print("  FAILED %s\n", what.c_str());
        }
    }
};

using Shape = std::function<void(const File &, Count &)>;

void run_identities(const File &file, Count &count);
void run_keys(const File &file, Count &count);
void run_accounts(const File &file, Count &count);
void run_ids(const File &file, Count &count);
void run_metas(const File &file, Count &count);
void run_meta_match(const File &file, Count &count);
void run_documents(const File &file, Count &count);
void run_contents(const File &file, Count &count);
void run_messages(const File &file, Count &count);
void run_negative_messages(const File &file, Count &count);
void run_frames(const File &file, Count &count);

// --- reading ---
inline std::string
text(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != nullptr && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : "";
}

inline JsonObject *
object(JsonObject *parent, const char *name)
{
    JsonNode *node = parent != nullptr ? json_object_get_member(parent, name) : nullptr;

    return node != nullptr && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                           : nullptr;
}

inline bool
flag(JsonObject *parent, const char *name)
{
    return json_object_get_boolean_member_with_default(parent, name, FALSE) != FALSE;
}

// The objects of a list.
inline std::vector<JsonObject *>
cases(JsonNode *node)
{
    std::vector<JsonObject *> all;

    if (node == nullptr || !JSON_NODE_HOLDS_ARRAY(node))
        return all;
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
        all.push_back(json_array_get_object_element(array, i));
    return all;
}

inline std::vector<std::string>
names(JsonObject *parent)
{
    std::vector<std::string> all;
    GList *list = json_object_get_members(parent);

    for (GList *l = list; l != nullptr; l = l->next)
        all.emplace_back(static_cast<const char *>(l->data));
    g_list_free(list);
    return all;
}

std::string write(JsonObject *object);
Held<DimPrivateKey> private_key(JsonObject *json);

// Somebody of a ref_accounts file: ID, checked meta and visa, and all private keys that fit those.
struct Person {
    Held<DimId> id;
    Held<DimMeta> meta;
    Held<DimDocument> visa;
    Held<GPtrArray> public_keys;  // visa's, then meta's
    Held<GPtrArray> private_keys; // those whose public halves these are
    DimPrivateKey *signer = nullptr;
};
std::unique_ptr<Person> person(JsonObject *account, JsonObject *keys);
// By ID among the file's accounts; nullptr if nobody has it.
std::unique_ptr<Person> person_of(const File &file, const DimId *id);

} // namespace vectors
