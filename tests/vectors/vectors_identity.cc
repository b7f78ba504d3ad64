// SPDX-License-Identifier: GPL-2.0-or-later
// Vectors of keys, IDs, metas and documents.
#include <cstring>

#include "base/codec.h"
#include "base/json.h"
#include "crypto/cipher.h"

#include "tests/vectors/vectors.hh"

namespace vectors {
namespace {

bool
verifies(const DimPublicKey *key, const std::string &data, GBytes *signature)
{
    gsize size = 0;
    auto *bytes = signature != nullptr
                      ? static_cast<const guint8 *>(g_bytes_get_data(signature, &size))
                      : nullptr;

    return bytes != nullptr
           && dim_public_key_verify(key, data.data(), data.size(), bytes, size);
}

bool
is_text(const void *data, gsize size, const std::string &expected)
{
    return data != nullptr && size == expected.size()
           && memcmp(data, expected.data(), size) == 0;
}

void
run_signature(const File &file, JsonObject *one, Count &count)
{
    JsonObject *pair =
        object(object(json_node_get_object(file.root), "keys"), text(one, "key").c_str());
    JsonObject *half = object(pair, "public");
    OWNED(DimPublicKey)
    key(half != nullptr ? dim_public_key_from_json(half, nullptr) : nullptr);
    auto mine = private_key(object(pair, "private"));
    OWNED(GBytes) good(dim_hex_decode(text(one, "signature_hex").c_str(), nullptr));
    OWNED(GBytes) bad(dim_hex_decode(text(one, "bad_signature_hex").c_str(), nullptr));
    std::string data = text(one, "data_utf8");
    std::string what = "signature by " + text(one, "key");

    if (key == nullptr || mine == nullptr) {
        count.check(what + ": keys", false);
        return;
    }
    OWNED(GBytes) own(dim_private_key_sign(mine.get(), data.data(), data.size(), nullptr));
    count.check(what, verifies(key.get(), data, good.get()));
    count.check(what + ", changed", !verifies(key.get(), data, bad.get()));
    count.check(what + ", other data", !verifies(key.get(), data + "!", good.get()));
    count.check(what + ", my own", verifies(key.get(), data, own.get()));
}

void
run_rsa(const File &file, JsonObject *one, Count &count)
{
    JsonObject *pair =
        object(object(json_node_get_object(file.root), "keys"), text(one, "key").c_str());
    auto mine = private_key(object(pair, "private"));
    OWNED(GBytes) cipher(dim_hex_decode(text(one, "cipher_hex").c_str(), nullptr));
    gsize size = 0;
    bool good = false;

    if (mine != nullptr && cipher != nullptr) {
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(cipher.get(), &size));
        OWNED(DimSecret) plain(dim_private_key_decrypt(mine.get(), bytes, size, nullptr));

        good = plain != nullptr
               && is_text(dim_secret_data(plain.get()), dim_secret_size(plain.get()),
                          text(one, "plain_utf8"));
    }
    count.check("RSA decryption by " + text(one, "key"), good);
}

void
run_aes(JsonObject *one, Count &count)
{
    OWNED(DimCipherKey) key(dim_cipher_key_from_json(object(one, "key"), nullptr));
    OWNED(GBytes) cipher(dim_base64_decode(text(one, "cipher_b64").c_str(), -1, nullptr));
    JsonObject *extra = object(one, "extra_out");
    std::string told = extra != nullptr ? text(extra, "IV") : "";
    OWNED(GBytes) iv(told.empty() ? nullptr : dim_base64_decode(told.c_str(), -1, nullptr));
    static const guint8 zeros[DIM_IV_SIZE] = { 0 };
    gsize size = 0;
    bool good = false;

    if (key != nullptr && cipher != nullptr) {
        const guint8 *start =
            iv != nullptr ? static_cast<const guint8 *>(g_bytes_get_data(iv.get(), nullptr))
                          : dim_cipher_key_iv(key.get());
        const void *bytes = g_bytes_get_data(cipher.get(), &size);
        OWNED(GBytes)
        plain(dim_cipher_key_decrypt(key.get(), bytes, size, start != nullptr ? start : zeros,
                                     nullptr));

        if (plain != nullptr) {
            const void *data = g_bytes_get_data(plain.get(), &size);

            good = is_text(data, size, text(one, "plain_utf8"));
        }
    }
    count.check("AES decryption", good);
}

void
check_account(const std::string &name, JsonObject *account, const char *document, Count &count)
{
    OWNED(DimId) id(dim_id_parse(text(account, "id").c_str(), nullptr));
    OWNED(DimMeta) meta(dim_meta_from_json(object(account, "meta"), nullptr));
    OWNED(DimDocument)
    doc(dim_document_from_json(object(account, document), id.get(), nullptr));

    count.check(name + ": ID", id != nullptr);
    count.check(name + ": meta",
                meta != nullptr && id != nullptr && dim_meta_matches(meta.get(), id.get()));
    count.check(name + ": " + document, doc != nullptr && meta != nullptr
                                            && dim_document_verify(doc.get(), meta.get()));
}

// Newer packages than the one that made the vectors read IDs of up to 128 characters: there the verdict is ours.
bool
is_judged_by_us(const std::string &id)
{
    return g_utf8_strlen(id.c_str(), -1) > 64;
}

// It stays as it is, if it has an address and is not too long.
bool
is_our_verdict(const std::string &name, const DimId *id)
{
    if (g_utf8_strlen(name.c_str(), -1) > 128 || name.find('@') == std::string::npos)
        return id == nullptr;
    return id != nullptr && name == dim_id_full(id);
}

void
check_id(const std::string &name, JsonObject *expected, Count &count)
{
    OWNED(DimId) id(dim_id_parse(name.c_str(), nullptr));

    if (is_judged_by_us(name)) {
        count.check("ID \"" + name + "\" as we judge", is_our_verdict(name, id.get()));
        return;
    }
    if (expected == nullptr || json_object_has_member(expected, "exception")) {
        count.check("ID \"" + name + "\" refused", id == nullptr);
        return;
    }
    if (id == nullptr) {
        count.check("ID \"" + name + "\"", false);
        return;
    }
    const char *own = dim_id_name(id.get());
    const char *terminal = dim_id_terminal(id.get());
    bool good = text(expected, "string") == dim_id_full(id.get())
                && text(expected, "name") == (own != nullptr ? own : "")
                && text(expected, "address") == dim_id_address(id.get())
                && text(expected, "terminal") == (terminal != nullptr ? terminal : "")
                && json_object_get_int_member(expected, "type") == dim_id_type(id.get())
                && json_object_get_int_member(expected, "network") == dim_id_network(id.get())
                && flag(expected, "is_user") == (dim_id_is_user(id.get()) != FALSE)
                && flag(expected, "is_group") == (dim_id_is_group(id.get()) != FALSE)
                && flag(expected, "is_broadcast") == (dim_id_is_broadcast(id.get()) != FALSE);
    count.check("ID \"" + name + "\"", good);
}

// One network byte of one meta: the ID that comes out, or that none does.
void
check_network(const std::string &what,
              const DimMeta *meta,
              const std::string &network,
              JsonObject *expected,
              Count &count)
{
    auto byte = static_cast<guint8>(strtoul(network.c_str(), nullptr, 16));
    OWNED(DimId) id(meta != nullptr ? dim_meta_make_id(meta, byte, nullptr) : nullptr);

    if (json_object_has_member(expected, "exception")) {
        count.check(what + " has no ID for " + network, id == nullptr);
        return;
    }
    OWNED(DimId) given(dim_id_parse(text(expected, "id").c_str(), nullptr));
    bool good = id != nullptr && given != nullptr
                && text(expected, "id") == dim_id_full(id.get())
                && text(expected, "address") == dim_id_address(id.get())
                && json_object_get_int_member(expected, "type") == dim_id_type(id.get())
                && flag(expected, "is_group") == (dim_id_is_group(id.get()) != FALSE)
                && flag(expected, "match") == (dim_meta_matches(meta, given.get()) != FALSE);
    count.check(what + " network " + network, good);
}

// A type that nobody implements: the same key under that number must be refused.
void
check_strange_type(const File &file, JsonObject *one, const std::string &what, Count &count)
{
    JsonObject *pair = object(object(file.keys, "keys"), text(one, "key").c_str());
    OWNED(JsonObject) made(json_object_new());
    OWNED(DimMeta) meta;

    if (pair == nullptr) {
        count.check(what + ": its key is not there", false);
        return;
    }
    json_object_set_string_member(made.get(), "type", text(one, "version").c_str());
    json_object_set_object_member(made.get(), "key", json_object_ref(object(pair, "public")));
    meta.reset(dim_meta_from_json(made.get(), nullptr));
    count.check(what + " refused", meta == nullptr);
}

// The key that may judge a document without an account beside it: the one of another case of the same owner.
JsonObject *
signer_of(const File &file, const std::string &owner)
{
    for (JsonObject *one : cases(file.root)) {
        if (text(object(one, "document"), "did") == owner
            && object(one, "signer_public") != nullptr)
            return object(one, "signer_public");
    }
    return nullptr;
}

} // namespace

void
run_keys(const File &file, Count &count)
{
    JsonObject *root = json_node_get_object(file.root);
    JsonObject *keys = object(root, "keys");

    for (const std::string &name : names(keys)) {
        JsonObject *pair = object(keys, name.c_str());

        if (!json_object_has_member(pair, "private")) {
            OWNED(DimCipherKey) key(dim_cipher_key_from_json(pair, nullptr));

            count.check("cipher key " + name,
                        key != nullptr
                            && (dim_cipher_key_is_plain(key.get()) != FALSE)
                                   == (text(pair, "algorithm") == "PLAIN"));
            continue;
        }
        OWNED(DimPublicKey) key(dim_public_key_from_json(object(pair, "public"), nullptr));
        auto mine = private_key(object(pair, "private"));

        count.check("key pair " + name,
                    key != nullptr && mine != nullptr
                        && dim_public_key_equal(key.get(), dim_private_key_public(mine.get())));
        OWNED(GBytes) data(key != nullptr ? dim_public_key_data(key.get()) : nullptr);
        OWNED(GBytes) told(dim_hex_decode(text(pair, "public_data_hex").c_str(), nullptr));
        count.check("key data " + name, data != nullptr && told != nullptr
                                            && g_bytes_equal(data.get(), told.get()));
    }
    for (JsonObject *one : cases(json_object_get_member(root, "signatures")))
        run_signature(file, one, count);
    for (JsonObject *one : cases(json_object_get_member(root, "encryption"))) {
        if (object(one, "key") != nullptr)
            run_aes(one, count);
        else
            run_rsa(file, one, count);
    }
}

void
run_accounts(const File &file, Count &count)
{
    JsonObject *root = json_node_get_object(file.root);

    for (const std::string &name : names(root))
        check_account(name, object(root, name.c_str()), "visa", count);
}

void
run_ids(const File &file, Count &count)
{
    JsonObject *root = json_node_get_object(file.root);

    for (const std::string &name : names(root)) {
        JsonNode *told = json_object_get_member(root, name.c_str());

        if (JSON_NODE_HOLDS_OBJECT(told) || JSON_NODE_HOLDS_NULL(told))
            check_id(name, object(root, name.c_str()), count);
        else
            count.check("ID \"" + name + "\": nothing is said of it", false);
    }
}

void
run_metas(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        std::string what =
            "meta " + text(one, "version") + " " + text(one, "key") + " " + text(one, "seed");
        JsonObject *ids = object(one, "ids");

        if (object(one, "meta") == nullptr) {
            check_strange_type(file, one, what, count);
            continue;
        }
        OWNED(DimMeta) meta(dim_meta_from_json(object(one, "meta"), nullptr));
        for (const std::string &network : names(ids))
            check_network(what, meta.get(), network, object(ids, network.c_str()), count);
    }
}

void
run_meta_match(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        if (object(one, "meta") == nullptr || text(one, "expect").empty()) {
            count.check(text(one, "name") + ": no case", false);
            continue;
        }
        OWNED(DimId) id(dim_id_parse(text(one, "id").c_str(), nullptr));
        OWNED(DimMeta) meta(dim_meta_from_json(object(one, "meta"), nullptr));
        bool accepted =
            id != nullptr && meta != nullptr && dim_meta_matches(meta.get(), id.get());

        count.check(text(one, "name"), accepted == (text(one, "expect") == "accept"));
    }
}

void
run_documents(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        JsonObject *json = object(one, "document");
        JsonObject *signer = object(one, "signer_public");
        std::string owner = text(json, "did");
        bool expected = text(one, "name").compare(0, 8, "NEGATIVE") != 0;
        OWNED(DimId) id(dim_id_parse(owner.c_str(), nullptr));
        OWNED(DimDocument) document(dim_document_from_json(json, id.get(), nullptr));
        auto who = id != nullptr ? person_of(file, id.get()) : nullptr;
        JsonObject *group = object(one, "group_meta");
        OWNED(DimMeta)
        meta(group != nullptr ? dim_meta_from_json(group, nullptr)
             : who != nullptr ? dim_meta_ref(who->meta.get())
                              : nullptr);
        OWNED(DimPublicKey)
        key(dim_public_key_from_json(signer != nullptr ? signer : signer_of(file, owner),
                                     nullptr));
        OWNED(GBytes)
        signature(dim_json_bytes(json, "signature", nullptr));

        // A meta beside the document may be of another ID (ref_documents has such a bulletin): then it proves nothing.
        bool fits = meta != nullptr && id != nullptr && dim_meta_matches(meta.get(), id.get());
        if (meta != nullptr)
            count.check(text(one, "name") + " by its meta",
                        (document != nullptr && dim_document_verify(document.get(), meta.get()))
                            == (expected && fits));
        if (key != nullptr)
            count.check(text(one, "name") + " by its key",
                        verifies(key.get(), text(json, "data"), signature.get()) == expected);
        if (signer != nullptr && key == nullptr)
            count.check(text(one, "name") + ": its key cannot be read", false);
        else if (meta == nullptr && key == nullptr)
            count.check(text(one, "name") + ": nobody to judge", false);
    }
}

// Protocol reference, appendix B.10.
void
run_identities(const File &file, Count &count)
{
    JsonObject *root = json_node_get_object(file.root);

    check_account("alice", object(root, "alice"), "visa", count);
    check_account("bob", object(root, "bob"), "visa", count);
    check_account("group", object(root, "group"), "bulletin", count);
    run_messages(file, count);
}

} // namespace vectors
