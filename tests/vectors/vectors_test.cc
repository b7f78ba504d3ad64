// SPDX-License-Identifier: GPL-2.0-or-later
// vectors_test [--dir DIR]: runs every file of a known shape in a folder against the core; exit status 1 on any failure.
#include "tests/vectors/vectors.hh"

#include <algorithm>
#include <filesystem>

namespace vectors {

std::string
write(JsonObject *object)
{
    JsonNode *node = json_node_init_object(json_node_alloc(), object);
    support::Text made(json_to_string(node, FALSE));

    json_node_unref(node);
    return made.get();
}

Held<DimPrivateKey>
private_key(JsonObject *json)
{
    if (json == nullptr)
        return nullptr;
    std::string made = write(json);
    OWNED(DimSecret) secret(dim_secret_new(made.data(), made.size()));

    return Held<DimPrivateKey>(dim_private_key_from_secret(secret.get(), nullptr));
}

static void
collect_private_keys(Person &who, JsonObject *keys)
{
    JsonObject *table = object(keys, "keys");

    for (const std::string &name :
         table != nullptr ? names(table) : std::vector<std::string>()) {
        JsonObject *half = object(object(table, name.c_str()), "private");
        auto key = half != nullptr ? private_key(half) : nullptr;

        for (guint i = 0; key != nullptr && i < who.public_keys->len; i++) {
            auto *known = static_cast<DimPublicKey *>(who.public_keys->pdata[i]);

            if (!dim_public_key_equal(known, dim_private_key_public(key.get())))
                continue;
            if (known == dim_meta_key(who.meta.get()))
                who.signer = key.get();
            g_ptr_array_add(who.private_keys.get(), dim_private_key_ref(key.get()));
        }
    }
}

std::unique_ptr<Person>
person(JsonObject *account, JsonObject *keys)
{
    auto who = std::make_unique<Person>();
    auto clear_public = reinterpret_cast<GDestroyNotify>(dim_public_key_unref);
    auto clear_private = reinterpret_cast<GDestroyNotify>(dim_private_key_unref);

    who->id.reset(dim_id_parse(text(account, "id").c_str(), nullptr));
    if (who->id == nullptr || object(account, "meta") == nullptr
        || object(account, "visa") == nullptr)
        return nullptr;
    who->meta.reset(dim_meta_from_json(object(account, "meta"), nullptr));
    who->visa.reset(dim_document_from_json(object(account, "visa"), who->id.get(), nullptr));
    if (who->meta == nullptr || who->visa == nullptr)
        return nullptr;
    who->public_keys.reset(g_ptr_array_new_with_free_func(clear_public));
    who->private_keys.reset(g_ptr_array_new_with_free_func(clear_private));
    if (dim_document_key(who->visa.get()) != nullptr)
        g_ptr_array_add(who->public_keys.get(),
                        dim_public_key_ref(dim_document_key(who->visa.get())));
    g_ptr_array_add(who->public_keys.get(), dim_public_key_ref(dim_meta_key(who->meta.get())));
    collect_private_keys(*who, keys);
    return who;
}

std::unique_ptr<Person>
person_of(const File &file, const DimId *id)
{
    for (const std::string &name :
         file.accounts != nullptr ? names(file.accounts) : std::vector<std::string>()) {
        auto who = person(object(file.accounts, name.c_str()), file.keys);

        if (who != nullptr && dim_id_equal(who->id.get(), id))
            return who;
    }
    return nullptr;
}

namespace {

struct Reader {
    Shape run;
    bool is_list;
};

const std::map<std::string, Reader> shapes = {
    { "identities", { run_identities, false } },
    { "ref_accounts", { run_accounts, false } },
    { "ref_contents", { run_contents, true } },
    { "ref_documents", { run_documents, true } },
    { "ref_frames", { run_frames, true } },
    { "ref_ids", { run_ids, false } },
    { "ref_keys", { run_keys, false } },
    { "ref_messages", { run_messages, true } },
    { "ref_meta_match", { run_meta_match, true } },
    { "ref_metas", { run_metas, true } },
    { "ref_negative_messages", { run_negative_messages, true } },
};

// A list of objects, or an object of whatever its reader expects; with something in it.
bool
has_shape(JsonNode *root, bool is_list)
{
    GList *nodes = nullptr;
    bool good = root != nullptr;

    if (good && is_list && JSON_NODE_HOLDS_ARRAY(root))
        nodes = json_array_get_elements(json_node_get_array(root));
    else if (good && !is_list && JSON_NODE_HOLDS_OBJECT(root))
        nodes = json_object_get_values(json_node_get_object(root));
    good = nodes != nullptr;
    for (GList *l = nodes; is_list && l != nullptr; l = l->next)
        good = good && JSON_NODE_HOLDS_OBJECT(static_cast<JsonNode *>(l->data));
    g_list_free(nodes);
    return good;
}

std::string
shape_of(const std::string &name)
{
    return name.substr(0, name.find_first_of(".-"));
}

std::string
ending_of(const std::string &name)
{
    return name.substr(shape_of(name).size());
}

std::vector<File>
load(const std::string &folder)
{
    std::vector<File> files;

    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        File file;

        file.name = entry.path().filename().string();
        if (entry.path().extension() != ".json" || shapes.count(shape_of(file.name)) == 0)
            continue;
        file.parser.reset(json_parser_new(),
                          [](JsonParser *parser) { g_object_unref(parser); });
        if (json_parser_load_from_file(file.parser.get(), entry.path().c_str(), nullptr))
            file.root = json_parser_get_root(file.parser.get());
        files.push_back(file);
    }
    std::sort(files.begin(), files.end(),
              [](const File &a, const File &b) { return a.name < b.name; });
    return files;
}

// The companion of that shape with the same ending, else the first.
JsonObject *
companion(const std::vector<File> &files, const std::string &shape, const std::string &ending)
{
    JsonObject *first = nullptr;

    for (const File &file : files) {
        if (shape_of(file.name) != shape || file.root == nullptr
            || !JSON_NODE_HOLDS_OBJECT(file.root))
            continue;
        if (ending_of(file.name) == ending)
            return json_node_get_object(file.root);
        if (first == nullptr)
            first = json_node_get_object(file.root);
    }
    return first;
}

JsonObject *
companion_of(const File &file,
             const char *shape,
             const std::vector<File> &here,
             const std::vector<File> &ours)
{
    JsonObject *found = companion(here, shape, ending_of(file.name));

    return found != nullptr ? found : companion(ours, shape, "");
}

int
run(const std::string &folder)
{
    std::vector<File> files = load(folder);
    std::vector<File> ours = load(DIM_VECTORS_DIR);
    Count total;

    for (File &file : files) {
        Count count;

        file.accounts = companion_of(file, "ref_accounts", files, ours);
        file.keys = companion_of(file, "ref_keys", files, ours);
        const Reader &reader = shapes.at(shape_of(file.name));

        if (has_shape(file.root, reader.is_list))
            reader.run(file, count);
        if (count.ran + count.left_out == 0)
            count.check("unreadable file, or no case in it", false);
        g_print("%s: %d cases, %d failed", file.name.c_str(), count.ran, count.failed);
        g_print(count.left_out > 0 ? ", %d of framings that this version has not\n" : "\n",
                count.left_out);
        total.ran += count.ran;
        total.failed += count.failed;
    }
    g_print("all: %zu files, %d cases, %d failed\n", files.size(), total.ran, total.failed);
    if (total.ran == 0)
        g_printerr("no vectors in %s\n", folder.c_str());
    return total.failed == 0 && total.ran > 0 ? 0 : 1;
}

} // namespace
} // namespace vectors

int
main(int argc, char **argv)
{
    std::string folder = DIM_VECTORS_DIR;

    for (int i = 1; i < argc; i++) {
        if (std::string(argv[i]) == "--dir" && i + 1 < argc) {
            folder = argv[++i];
        } else {
            g_printerr("usage: vectors_test [--dir DIR]\n");
            return 2;
        }
    }
    if (!std::filesystem::is_directory(folder)) {
        g_printerr("%s is no folder\n", folder.c_str());
        return 2;
    }
    return vectors::run(folder);
}
