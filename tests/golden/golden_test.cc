// SPDX-License-Identifier: GPL-2.0-or-later
// golden_test [--write]: the line of every content, and the JSON of everything that we send, are those of the golden files.
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "message/commands.h"
#include "message/render.h"
#include "message/services.h"

#include "tests/support/autoptr.hh"

namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

int failures;

void
fail(const std::string &what, const std::string &why)
{
    failures++;
    printf("FAILED %s: %s\n", what.c_str(), why.c_str());
}

// --- golden files: a line "== name", then what belongs to it ---
std::string
to_text(const Entries &entries)
{
    std::string text;

    for (const auto &[name, value] : entries)
        text += "== " + name + "\n" + value + "\n";
    return text;
}

std::map<std::string, std::string>
from_text(const std::string &path)
{
    std::map<std::string, std::string> entries;
    std::ifstream file(path);
    std::string line, name;

    while (std::getline(file, line)) {
        if (line.compare(0, 3, "== ") == 0)
            entries[name = line.substr(3)] = "";
        else
            entries[name] += (entries[name].empty() ? "" : "\n") + line;
    }
    return entries;
}

// Both ways: what is made stands in the file, and all that stands there was made.
void
compare(const char *file_name, const Entries &made, bool write)
{
    const std::string path = std::string(DIM_GOLDEN_DIR "/") + file_name;

    if (write) {
        std::ofstream(path) << to_text(made);
        return;
    }
    std::map<std::string, std::string> golden = from_text(path);

    for (const auto &[name, value] : made) {
        auto row = golden.find(name);

        if (row == golden.end())
            fail(name, std::string("is not in ") + file_name);
        else if (row->second != value)
            fail(name, "is now\n" + value + "\nand was\n" + row->second);
        golden.erase(name);
    }
    for (const auto &[name, value] : golden)
        fail(name, std::string("stands in ") + file_name + " and was not made");
    printf("%s: %zu entries\n", file_name, made.size());
}

// --- contents ---
OWNED(JsonParser) load(const std::string &path)
{
    OWNED(JsonParser) parser(json_parser_new());

    if (!json_parser_load_from_file(parser.get(), path.c_str(), nullptr))
        fail(path, "cannot be read");
    return parser;
}

std::string
written(JsonObject *object)
{
    return support::Text(dim_json_write(object)).get();
}

// Nothing is lost between reading and writing, whatever it is; and the second time nothing changes any more.
void
check_round_trip(const std::string &name, JsonObject *object)
{
    const std::string text = written(object);
    OWNED(DimContent) content(dim_content_parse(text.c_str(), -1, nullptr));

    if (!content)
        return fail(name, "is not read");
    const std::string again = support::Text(dim_content_to_text(content.get())).get();
    OWNED(JsonNode) before(json_node_init_object(json_node_alloc(), object));
    OWNED(JsonObject) reread(dim_json_parse(again.c_str(), -1, nullptr));
    const bool is_short = json_object_has_member(object, "T"); // comes out in full

    if (!is_short && again != text)
        fail(name, "was written as\n" + again + "\nand not as\n" + text);
    OWNED(DimContent) twice(dim_content_parse(again.c_str(), -1, nullptr));
    if (!reread || !twice || again != support::Text(dim_content_to_text(twice.get())).get())
        fail(name, "changes with each reading");
}

std::string
shown(JsonObject *object)
{
    OWNED(DimContent) content(dim_content_from_json(object, nullptr));

    return content ? support::Text(dim_render(content.get())).get() : "(not read)";
}

void
add_shown(Entries *entries)
{
    auto ours = load(DIM_GOLDEN_DIR "/more_contents.json");
    auto theirs = load(DIM_VECTORS_DIR "/ref_contents.json");
    JsonArray *list = json_node_get_array(json_parser_get_root(theirs.get()));

    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *one = json_array_get_object_element(list, i);
        const std::string name = json_object_get_string_member(one, "name");
        JsonObject *wire = json_object_get_object_member(one, "on_wire");
        JsonObject *sdk = json_object_get_object_member(one, "sdk");
        const std::string line = shown(wire), other = shown(sdk);

        check_round_trip(name, wire);
        check_round_trip(name + " (sdk)", sdk);
        entries->emplace_back(name, line);
        if (line != other) // the old spelling says something else
            entries->emplace_back(name + " (sdk)", other);
    }
    list = json_node_get_array(json_parser_get_root(ours.get()));
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *one = json_array_get_object_element(list, i);
        JsonObject *content = json_object_get_object_member(one, "content");

        check_round_trip(json_object_get_string_member(one, "name"), content);
        entries->emplace_back(json_object_get_string_member(one, "name"), shown(content));
    }
}

// --- what we send ---
struct Somebody {
    OWNED(DimId) id;
    OWNED(DimMeta) meta;
    OWNED(DimDocument) visa;

    explicit Somebody(JsonObject *accounts, const char *name)
    {
        JsonObject *account = json_object_get_object_member(accounts, name);

        id.reset(dim_id_parse(json_object_get_string_member(account, "id"), nullptr));
        meta.reset(dim_meta_from_json(json_object_get_object_member(account, "meta"), nullptr));
        visa.reset(dim_document_from_json(json_object_get_object_member(account, "visa"),
                                          id.get(), nullptr));
    }
};

// Serial number and time are new each time: they stand in the file as 1 and 2.5; what is locked by chance as its length.
void
add_sent(Entries *entries, const std::string &name, DimContent *made)
{
    OWNED(DimContent) content(made);
    const std::string text = support::Text(dim_content_to_text(content.get())).get();
    OWNED(JsonObject) object(dim_json_parse(text.c_str(), -1, nullptr));

    if (dim_content_serial(content.get()) == 0 || dim_content_time(content.get()) <= 0)
        fail(name, "has no serial number or no time");
    OWNED(JsonObject) fixed(dim_json_copy(object.get()));
    json_object_set_int_member(fixed.get(), "sn", 1);
    json_object_set_double_member(fixed.get(), "time", 2.5);
    if (dim_json_text(fixed.get(), "signature") != nullptr) // of changing length
        json_object_set_string_member(fixed.get(), "signature", "(a signature)");
    for (const char *locked : { "data", "key", "password", "IV" }) {
        const char *value = dim_json_text(fixed.get(), locked);

        if (value != nullptr)
            json_object_set_string_member(
                fixed.get(), locked,
                ("(" + std::to_string(strlen(value)) + " characters)").c_str());
    }
    check_round_trip(name, fixed.get());
    entries->emplace_back(name, written(fixed.get()));
}

OWNED(DimMessage) received(const char *name)
{
    auto parser = load(DIM_VECTORS_DIR "/ref_messages.json");
    JsonArray *list = json_node_get_array(json_parser_get_root(parser.get()));

    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *one = json_array_get_object_element(list, i);

        if (strcmp(json_object_get_string_member(one, "name"), name) == 0)
            return OWNED(DimMessage)(
                dim_message_from_json(json_object_get_object_member(one, "reliable"), nullptr));
    }
    return nullptr;
}

void
add_services(Entries *entries, const Somebody &alice, const Somebody &bob)
{
    OWNED(GPtrArray) both(g_ptr_array_new());
    OWNED(GPtrArray) nobody(g_ptr_array_new());

    g_ptr_array_add(both.get(), alice.id.get());
    g_ptr_array_add(both.get(), bob.id.get());
    add_sent(entries, "search", dim_search_new("bob \"the\" builder"));
    add_sent(entries, "users", dim_search_new(nullptr));
    add_sent(entries, "ans", dim_ans_new("archivist assistant"));
    for (const char *command : { "block", "mute" }) {
        const std::string name = command;

        add_sent(entries, name, dim_list_new(command, both.get()));
        add_sent(entries, name + " nobody", dim_list_new(command, nobody.get()));
        add_sent(entries, name + " query", dim_list_new(command, nullptr));
    }
    DimPublicKey *key = dim_document_key(alice.visa.get());
    OWNED(DimPrivateKey) signer(dim_private_key_new(DIM_KEY_ECC, 0, nullptr));
    add_sent(entries, "storage", dim_storage_new(both.get(), key, signer.get(), nullptr));
    add_sent(entries, "storage query", dim_storage_new(nullptr, key, nullptr, nullptr));
    add_sent(entries, "group query", dim_group_query_new(alice.id.get(), 0));
    add_sent(entries, "group query since", dim_group_query_new(alice.id.get(), 1700000000.5));
}

void
add_all_sent(Entries *entries)
{
    auto parser = load(DIM_VECTORS_DIR "/ref_accounts.json");
    JsonObject *accounts = json_node_get_object(json_parser_get_root(parser.get()));
    const Somebody alice(accounts, "alice"), bob(accounts, "bob");
    auto message = received("text alice(ETH/ECC)->bob(MKM/RSA)");
    const DimId *id = alice.id.get();

    if (!alice.visa || !bob.visa || !message)
        return fail("vectors", "are not read");
    add_sent(entries, "text", dim_content_new_text("hello, 世界 \"quoted\" \\ / \t\n\x7f"));
    add_sent(entries, "meta query", dim_meta_query_new(id));
    add_sent(entries, "meta ETH", dim_meta_command_new(id, alice.meta.get()));
    add_sent(entries, "meta MKM", dim_meta_command_new(bob.id.get(), bob.meta.get()));
    add_sent(entries, "document query", dim_document_query_new(id, 0));
    add_sent(entries, "document query since", dim_document_query_new(id, 1700000000.25));
    add_sent(entries, "document", dim_document_command_new(id, nullptr, alice.visa.get()));
    add_sent(entries, "document with meta",
             dim_document_command_new(bob.id.get(), bob.meta.get(), bob.visa.get()));
    add_sent(entries, "handshake start", dim_handshake_new(DIM_HANDSHAKE_START, nullptr));
    add_sent(entries, "handshake again", dim_handshake_new(DIM_HANDSHAKE_AGAIN, "abc"));
    add_sent(entries, "handshake restart", dim_handshake_new(DIM_HANDSHAKE_RESTART, "abc"));
    add_sent(entries, "handshake success", dim_handshake_new(DIM_HANDSHAKE_SUCCESS, "abc"));
    add_sent(entries, "login",
             dim_login_new(id, "purple-dim/1", bob.id.get(), "127.0.0.1", 9394));
    add_sent(entries, "login nowhere",
             dim_login_new(id, "purple-dim/1", nullptr, "a.example", 1));
    add_sent(entries, "report online", dim_report_new("online"));
    add_sent(entries, "report offline", dim_report_new("offline"));
    add_sent(entries, "receipt", dim_receipt_new("Message received.", message.get()));
    add_services(entries, alice, bob);
}

} // namespace

int
main(int argc, char **argv)
{
    const bool write = argc == 2 && strcmp(argv[1], "--write") == 0;
    Entries lines, sent;

    if (argc > 1 && !write) {
        fprintf(stderr, "usage: golden_test [--write]\n");
        return 2;
    }
    add_shown(&lines);
    compare("shown.txt", lines, write);
    add_all_sent(&sent);
    compare("sent.txt", sent, write);
    printf("%d failed\n", failures);
    return failures == 0 ? 0 : 1;
}
