// SPDX-License-Identifier: GPL-2.0-or-later
// Vectors of contents and messages.
#include <cstring>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "message/commands.h"
#include "message/render.h"
#include "message/seal.h"

#include "tests/vectors/vectors.hh"

namespace vectors {
namespace {

// What a reader makes of a message: accept, reject or park.
std::string
verdict(const File &file,
        const Person &reader,
        const std::string &wire,
        OWNED(DimMessage) & opened,
        OWNED(DimCipherKey) & used)
{
    OWNED(DimMessage)
    message(dim_message_parse(wire.data(), static_cast<gssize>(wire.size()), nullptr));
    DimUnsealing how = { reader.id.get(), nullptr, reader.private_keys.get() };
    support::Error error;
    DimCipherKey *key = nullptr;

    if (message == nullptr)
        return "reject";
    auto sender = person_of(file, dim_message_sender(message.get()));
    if (sender == nullptr || !dim_seal_verify(message.get(), sender->public_keys.get()))
        return "reject";
    if (!dim_message_is_broadcast(message.get())
        && !dim_id_equal(dim_message_receiver(message.get()), reader.id.get()))
        return "reject";
    opened.reset(dim_unseal(message.get(), &how, &key, &error));
    used.reset(key);
    if (opened != nullptr)
        return "accept";
    return error.is(DIM_ERROR, DIM_ERROR_NO_KEY)
                   && !dim_unseal_has_key(message.get(), reader.id.get())
               ? "park"
               : "reject";
}

bool
same_object(JsonObject *a, JsonObject *b)
{
    JsonNode *one = json_node_init_object(json_node_alloc(), a);
    JsonNode *other = json_node_init_object(json_node_alloc(), b);
    bool same = json_node_equal(one, other) != FALSE;

    json_node_unref(one);
    json_node_unref(other);
    return same;
}

// The reference's reader renames the document command and makes a list of its document: so does this, to compare.
OWNED(JsonObject)
as_decoded(JsonObject *content)
{
    OWNED(JsonObject) copy(dim_json_copy(content));
    JsonObject *document = object(content, "document");

    if (text(content, "command") == "document")
        json_object_set_string_member(copy.get(), "command", "documents");
    if (document != nullptr) {
        JsonArray *list = json_array_new();

        json_array_add_object_element(list, json_object_ref(document));
        json_object_remove_member(copy.get(), "document");
        json_object_set_array_member(copy.get(), "documents", list);
    }
    return copy;
}

// Our own sealing of the opened content, read back by the same receiver.
bool
goes_round(const File &file, const DimMessage *opened, const Person &reader)
{
    auto sender = person_of(file, dim_message_sender(opened));
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    OWNED(GPtrArray) keys(g_ptr_array_new());
    OWNED(GPtrArray) wrapped;
    OWNED(DimMessage)
    instant(dim_message_new(dim_message_sender(opened), dim_message_receiver(opened),
                            dim_message_group(opened), dim_message_content(opened)));
    OWNED(DimMessage) again;
    OWNED(DimCipherKey) used;

    if (sender == nullptr || sender->signer == nullptr)
        return false;
    g_ptr_array_add(keys.get(), reader.public_keys->pdata[0]);
    wrapped.reset(
        dim_seal_wrap(talk.get(), dim_message_receiver(opened), keys.get(), nullptr, nullptr));
    if (wrapped == nullptr)
        return false;
    DimSealing how = { sender->signer, talk.get(), wrapped.get(), nullptr, nullptr, 0 };
    OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
    if (sealed == nullptr)
        return false;
    support::Text wire(dim_message_to_text(sealed.get()));
    if (verdict(file, reader, wire.get(), again, used) != "accept")
        return false;
    // What we encrypt says which envelope it had; nothing else is new.
    OWNED(JsonObject) copy(dim_json_copy(dim_content_json(dim_message_content(again.get()))));
    const bool bound = json_object_has_member(copy.get(), "binding") != FALSE;
    if (bound)
        json_object_remove_member(copy.get(), "binding");
    return bound == !dim_message_is_broadcast(opened)
           && same_object(copy.get(), dim_content_json(dim_message_content(opened)));
}

void
run_message(const File &file, JsonObject *one, Count &count)
{
    JsonObject *reliable = object(one, "reliable");
    std::string name = text(one, "name");
    std::string wire =
        text(one, "serialized").empty() ? write(reliable) : text(one, "serialized");
    OWNED(DimId) receiver(dim_id_parse(text(reliable, "receiver").c_str(), nullptr));
    auto reader = receiver != nullptr ? person_of(file, receiver.get()) : nullptr;
    OWNED(DimMessage) opened;
    OWNED(DimCipherKey) used;

    if (reader == nullptr) { // a broadcast: anybody reads it
        auto everybody =
            file.accounts != nullptr ? names(file.accounts) : std::vector<std::string>();

        if (everybody.empty()) {
            count.check(name + ": no account", false);
            return;
        }
        reader = person(object(file.accounts, everybody.back().c_str()), file.keys);
    }
    count.check(name,
                reader != nullptr && verdict(file, *reader, wire, opened, used) == "accept");
    if (opened == nullptr)
        return;
    JsonObject *expected = object(object(one, "decoded"), "content");
    if (expected != nullptr)
        count.check(
            name + ": content",
            same_object(as_decoded(dim_content_json(dim_message_content(opened.get()))).get(),
                        expected));
    if (object(one, "message_key") != nullptr) {
        OWNED(DimCipherKey) key(dim_cipher_key_from_json(object(one, "message_key"), nullptr));

        count.check(name + ": key", key != nullptr && used != nullptr
                                        && dim_cipher_key_equal(key.get(), used.get()));
    }
    count.check(name + ": sealed again", goes_round(file, opened.get(), *reader));
}

// The pair of B.10, with keys of its own in the file; every byte of data and signature that is changed must be noticed.
void
run_flips(const std::string &what, const DimPublicKey *key, JsonObject *reliable, Count &count)
{
    OWNED(DimMessage) message(dim_message_from_json(reliable, nullptr));
    OWNED(GPtrArray) keys(g_ptr_array_new());
    static const char *const members[] = { "data", "signature" };

    g_ptr_array_add(keys.get(), const_cast<DimPublicKey *>(key));
    count.check(what, message != nullptr && dim_seal_verify(message.get(), keys.get()));
    for (const char *member : members) {
        std::string good = text(reliable, member);
        bool noticed = true;

        for (size_t i = 0; i < good.size(); i++) {
            std::string bad = good;

            bad[i] = bad[i] == 'A' ? 'B' : 'A';
            json_object_set_string_member(reliable, member, bad.c_str());
            OWNED(DimMessage) changed(dim_message_from_json(reliable, nullptr));
            noticed =
                noticed && (changed == nullptr || !dim_seal_verify(changed.get(), keys.get()));
        }
        json_object_set_string_member(reliable, member, good.c_str());
        count.check(what + ": each character of " + member, noticed);
    }
}

void
run_identity_messages(const File &file, Count &count)
{
    JsonObject *root = json_node_get_object(file.root);
    JsonObject *message = object(root, "message");
    OWNED(DimMeta) meta(dim_meta_from_json(object(object(root, "alice"), "meta"), nullptr));
    OWNED(JsonObject) key(json_object_new());
    OWNED(GPtrArray) keys(g_ptr_array_new());
    OWNED(DimId) me(dim_id_parse(text(object(root, "bob"), "id").c_str(), nullptr));

    if (meta == nullptr || me == nullptr) {
        count.check("alice and bob", false);
        return;
    }
    run_flips("message", dim_meta_key(meta.get()), object(message, "reliable"), count);
    run_flips("broadcast", dim_meta_key(meta.get()), object(root, "handshake_broadcast"),
              count);
    json_object_set_string_member(key.get(), "algorithm", "RSA");
    json_object_set_string_member(key.get(), "data",
                                  text(object(root, "bob"), "rsa_visa_private_pem").c_str());
    auto mine = private_key(key.get());
    g_ptr_array_add(keys.get(), mine.get());
    OWNED(DimMessage) reliable(dim_message_from_json(object(message, "reliable"), nullptr));
    DimUnsealing how = { me.get(), nullptr, keys.get() };
    OWNED(DimMessage)
    opened(mine != nullptr && reliable != nullptr
               ? dim_unseal(reliable.get(), &how, nullptr, nullptr)
               : nullptr);
    OWNED(DimContent)
    told(dim_content_parse(text(message, "content_plaintext").c_str(), -1, nullptr));
    count.check("message: content",
                opened != nullptr && told != nullptr
                    && same_object(dim_content_json(told.get()),
                                   dim_content_json(dim_message_content(opened.get()))));
}

} // namespace

void
run_messages(const File &file, Count &count)
{
    if (JSON_NODE_HOLDS_OBJECT(file.root)) {
        run_identity_messages(file, count);
        return;
    }
    for (JsonObject *one : cases(file.root)) {
        if (object(one, "reliable") != nullptr)
            run_message(file, one, count);
        else
            count.check(text(one, "name") + ": no message", false);
    }
}

void
run_negative_messages(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        if (object(one, "reliable") == nullptr) {
            count.check(text(one, "name") + ": no message", false);
            continue;
        }
        auto reader = person(object(file.accounts, text(one, "reader").c_str()), file.keys);
        OWNED(DimMessage) opened;
        OWNED(DimCipherKey) used;
        std::string said =
            reader != nullptr
                ? verdict(file, *reader, write(object(one, "reliable")), opened, used)
                : "no reader";

        count.check(text(one, "name") + " (" + said + ")", said == text(one, "expect"));
    }
}

// As created and as sent mean the same to a reader; what we write has both spellings.
void
run_contents(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        std::string name = text(one, "name");

        if (object(one, "sdk") == nullptr || object(one, "on_wire") == nullptr) {
            count.check(name + ": no content", false);
            continue;
        }
        OWNED(DimContent)
        sdk(dim_content_parse(write(object(one, "sdk")).c_str(), -1, nullptr));
        OWNED(DimContent)
        wire(dim_content_parse(write(object(one, "on_wire")).c_str(), -1, nullptr));

        count.check(name + ": read", sdk != nullptr && wire != nullptr);
        if (sdk == nullptr || wire == nullptr)
            continue;
        bool receipt = g_strcmp0(dim_content_command(wire.get()), "receipt") == 0;
        bool documents = g_strcmp0(dim_content_command(sdk.get()), "documents") == 0;
        count.check(
            name + ": same",
            dim_content_type(sdk.get()) == dim_content_type(wire.get())
                && (receipt || dim_content_serial(sdk.get()) == dim_content_serial(wire.get()))
                && dim_content_time(sdk.get()) == dim_content_time(wire.get())
                && g_strcmp0(dim_content_text(sdk.get()), dim_content_text(wire.get())) == 0
                && (documents
                    || g_strcmp0(dim_content_command(sdk.get()),
                                 dim_content_command(wire.get()))
                           == 0)
                && (dim_content_group(sdk.get()) == nullptr)
                       == (dim_content_group(wire.get()) == nullptr));
        support::Text line(dim_render(wire.get()));
        count.check(name + ": readable", line != nullptr && line.get()[0] != '\0'
                                             && g_utf8_validate(line.get(), -1, nullptr));
        OWNED(DimContent)
        mine(dim_content_new_take(dim_content_type(sdk.get()),
                                  json_object_ref(dim_content_json(sdk.get()))));
        JsonObject *written = dim_content_json(mine.get());
        JsonObject *expected = object(one, "on_wire");
        bool both = json_object_get_int_member(written, "type")
                    == json_object_get_int_member(expected, "type");
        for (const char *twin :
             { "command", "cmd", "did", "ID", "key", "password", "origin", "envelope" })
            both = both
                   && json_object_has_member(written, twin)
                          == json_object_has_member(expected, twin);
        count.check(name + ": both spellings", both);
        OWNED(GPtrArray) before(dim_command_documents(sdk.get(), nullptr));
        OWNED(GPtrArray) after(dim_command_documents(wire.get(), nullptr));
        count.check(name + ": documents", before->len == after->len);
    }
}

} // namespace vectors
