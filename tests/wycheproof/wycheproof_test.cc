// SPDX-License-Identifier: GPL-2.0-or-later
// wycheproof_test [--dir DIR]: the cases of own.json, and of the published sets in DIR (or $DIM_WYCHEPROOF), against crypto/.
#include <cstring>
#include <filesystem>
#include <json-glib/json-glib.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/codec.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "crypto/key.h"

#include "tests/support/autoptr.hh"

namespace {

using PublicKey = OWNED(DimPublicKey);
using PrivateKey = OWNED(DimPrivateKey);

// The published sets that we take, and how many cases each has had so far: fewer would be another file of that name.
const std::map<std::string, int> sets = {
    { "aes_cbc_pkcs5_test", 216 },
    { "ecdsa_secp256k1_sha256_bitcoin_test", 463 },
    { "ecdsa_secp256k1_sha256_test", 476 },
    { "rsa_pkcs1_1024_sig_gen_test", 33 },
    { "rsa_pkcs1_2048_test", 67 },
    { "rsa_pkcs1_3072_test", 67 },
    { "rsa_pkcs1_4096_test", 67 },
    { "rsa_signature_2048_sha256_test", 259 },
    { "rsa_signature_3072_sha256_test", 259 },
};

// Where we differ on purpose. A row that is no longer needed fails the test, like one that is missing.
struct Exception {
    const char *set;
    int id;
    const char *why;
};
const Exception exceptions[] = {
    { "ecdsa_secp256k1_sha256_bitcoin_test", 1,
      "a high s is taken: the protocol has no low-s rule (1.3); duplicates are told by the "
      "data, not the signature" },
    { "ecdsa_secp256k1_sha256_bitcoin_test", 388, "a high s is taken, as in case 1" },
    { "rsa_signature_2048_sha256_test", 8,
      "\"acceptable\" is refused: a digest's name without NULL is not what a client writes" },
    { "rsa_signature_3072_sha256_test", 8,
      "\"acceptable\" is refused: a digest's name without NULL is not what a client writes" },
};

struct Tally {
    int ran = 0;
    int failed = 0;
    int listed = 0;
    int outside = 0;
};

// One group at work.
struct Group {
    std::string set;
    JsonObject *json;
    Tally *tally;
};

std::string
text(JsonObject *object, const char *name)
{
    return json_object_get_string_member_with_default(object, name, "");
}

std::string
bytes(JsonObject *object, const char *name)
{
    const std::string hex = text(object, name);
    GBytes *decoded = dim_hex_decode(hex.c_str(), nullptr);
    gsize size = 0;
    const void *data = decoded != nullptr ? g_bytes_get_data(decoded, &size) : nullptr;
    std::string result(static_cast<const char *>(data), size);

    g_assert(decoded != nullptr || hex.empty());
    g_bytes_unref(decoded);
    return result;
}

const guint8 *
u8(const std::string &data)
{
    return reinterpret_cast<const guint8 *>(data.data());
}

std::string
base64(const std::string &data)
{
    support::Text coded(dim_base64_encode(u8(data), data.size()));

    return coded.get();
}

JsonObject *
key_object(const char *algorithm, const std::string &data)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "algorithm", algorithm);
    json_object_set_string_member(object, "data", data.c_str());
    return object;
}

PublicKey
public_key(const char *algorithm, const std::string &der)
{
    OWNED(JsonObject) object(key_object(algorithm, base64(der)));

    return PublicKey(dim_public_key_from_json(object.get(), nullptr));
}

PrivateKey
private_key(const std::string &pem)
{
    OWNED(JsonObject) object(key_object("RSA", pem));
    support::Text json(dim_json_write(object.get()));
    OWNED(DimSecret) secret(dim_secret_new(json.get(), strlen(json.get())));

    return PrivateKey(dim_private_key_from_secret(secret.get(), nullptr));
}

// Compares what was seen of a case with what its set wants, and with the list.
void
judge(const Group &group, JsonObject *test, bool accepted)
{
    const int id = static_cast<int>(json_object_get_int_member(test, "tcId"));
    const std::string result = text(test, "result");
    const bool agrees = accepted == (result == "valid" || result == "acceptable");
    const Exception *listed = nullptr;

    for (const Exception &exception : exceptions) {
        if (group.set == exception.set && id == exception.id)
            listed = &exception;
    }
    group.tally->ran++;
    if (listed != nullptr)
        group.tally->listed++;
    if (agrees != (listed == nullptr)) {
        group.tally->failed++;
        g_print("  FAILED %s %d (%s): %s, was %s%s\n", group.set.c_str(), id,
                text(test, "comment").c_str(), result.c_str(), accepted ? "taken" : "refused",
                listed != nullptr ? ", but is listed as an exception" : "");
    } else if (listed != nullptr) {
        g_print("  %s %d (%s): %s\n", group.set.c_str(), id, text(test, "comment").c_str(),
                listed->why);
    }
}

template <typename Case>
void
each(const Group &group, Case run)
{
    JsonArray *tests = json_object_get_array_member(group.json, "tests");

    for (guint i = 0; i < json_array_get_length(tests); i++)
        run(json_array_get_object_element(tests, i));
}

// A whole group about something that the protocol has not; every one of its cases is counted.
void
outside(const Group &group, const std::string &why)
{
    const int count = static_cast<int>(
        json_array_get_length(json_object_get_array_member(group.json, "tests")));

    group.tally->outside += count;
    g_print("  %s: %d cases %s\n", group.set.c_str(), count, why.c_str());
}

void
fail(const Group &group, const char *why)
{
    group.tally->failed++;
    g_print("  FAILED %s: %s\n", group.set.c_str(), why);
}

void
run_verify(const Group &group, const char *algorithm)
{
    const PublicKey key = public_key(algorithm, bytes(group.json, "publicKeyDer"));

    if (!key)
        return fail(group, "a key was refused");
    each(group, [&](JsonObject *test) {
        const std::string message = bytes(test, "msg"), signature = bytes(test, "sig");

        judge(group, test,
              dim_public_key_verify(key.get(), message.data(), message.size(), u8(signature),
                                    signature.size())
                  != FALSE);
    });
}

// The same signature as theirs, which we also verify: there is one for each key and message.
void
run_generate(const Group &group)
{
    if (text(group.json, "sha") != "SHA-256")
        return outside(group, "of " + text(group.json, "sha") + ", which no client uses");
    const PrivateKey key = private_key(text(group.json, "privateKeyPem"));

    if (!key)
        return fail(group, "a key was refused");
    each(group, [&](JsonObject *test) {
        const std::string message = bytes(test, "msg"), want = bytes(test, "sig");
        GBytes *made = dim_private_key_sign(key.get(), message.data(), message.size(), nullptr);
        gsize size = 0;
        const void *data = made != nullptr ? g_bytes_get_data(made, &size) : nullptr;
        const bool same = size == want.size() && memcmp(data, want.data(), size) == 0;

        judge(group, test,
              same
                  && dim_public_key_verify(dim_private_key_public(key.get()), message.data(),
                                           message.size(), u8(want), want.size()));
        g_bytes_unref(made);
    });
}

// The sentences of all refusals: there must be one.
std::set<std::string> refusals;

void
run_decrypt(const Group &group)
{
    const PrivateKey key = private_key(text(group.json, "privateKeyPem"));

    if (!key)
        return fail(group, "a key was refused");
    each(group, [&](JsonObject *test) {
        const std::string data = bytes(test, "ct"), want = bytes(test, "msg");
        support::Error error;
        OWNED(DimSecret)
        plain(dim_private_key_decrypt(key.get(), u8(data), data.size(), &error));

        if (!plain)
            refusals.insert(error.message());
        judge(group, test,
              plain && dim_secret_size(plain.get()) == want.size()
                  && memcmp(dim_secret_data(plain.get()), want.data(), want.size()) == 0);
    });
}

bool
is_same(GBytes *made, const std::string &want)
{
    gsize size = 0;
    const void *data = made != nullptr ? g_bytes_get_data(made, &size) : nullptr;

    return made != nullptr && size == want.size()
           && (size == 0 || memcmp(data, want.data(), size) == 0);
}

void
run_cipher(const Group &group)
{
    bool supported = json_object_get_int_member(group.json, "keySize") == 256;

    if (!supported)
        outside(group, "of keys that are not AES-256: each such key is refused");
    each(group, [&](JsonObject *test) {
        OWNED(JsonObject) object(key_object("AES", base64(bytes(test, "key"))));
        OWNED(DimCipherKey) key(dim_cipher_key_from_json(object.get(), nullptr));
        const std::string iv = bytes(test, "iv"), data = bytes(test, "ct");

        if (!supported && key)
            return fail(group, "a key of another size was taken");
        if (!supported)
            return;
        if (!key || iv.size() != DIM_IV_SIZE)
            return fail(group, "a key was refused");
        const std::string want = bytes(test, "msg");
        GBytes *plain =
            dim_cipher_key_decrypt(key.get(), data.data(), data.size(), u8(iv), nullptr);
        GBytes *again =
            dim_cipher_key_encrypt(key.get(), want.data(), want.size(), u8(iv), nullptr);

        if (text(test, "result") == "valid" && !is_same(again, data))
            fail(group, "a text was encrypted in another way");
        judge(group, test, is_same(plain, want));
        g_bytes_unref(again);
        g_bytes_unref(plain);
    });
}

void
run_group(const Group &group)
{
    const std::string type = text(group.json, "type");

    if (type == "RsassaPkcs1Verify")
        run_verify(group, "RSA");
    else if (type == "EcdsaVerify" || type == "EcdsaBitcoinVerify")
        run_verify(group, "ECC");
    else if (type == "RsassaPkcs1Generate")
        run_generate(group);
    else if (type == "RsaesPkcs1Decrypt")
        run_decrypt(group);
    else if (type == "IndCpaTest")
        run_cipher(group);
    else
        fail(group, ("unknown type of tests " + type).c_str());
}

// At least that many cases.
bool
run_file(const std::filesystem::path &path, int at_least)
{
    OWNED(JsonParser) parser(json_parser_new());
    const std::string set = path.stem().string();
    Tally tally;

    if (!json_parser_load_from_file(parser.get(), path.c_str(), nullptr)) {
        g_print("  FAILED %s cannot be read\n", path.c_str());
        return false;
    }
    JsonArray *groups = json_object_get_array_member(
        json_node_get_object(json_parser_get_root(parser.get())), "testGroups");
    for (guint i = 0; i < json_array_get_length(groups); i++)
        run_group({ set, json_array_get_object_element(groups, i), &tally });
    for (const Exception &exception : exceptions)
        tally.listed -= set == exception.set;
    if (tally.listed != 0 || tally.ran + tally.outside < at_least) {
        tally.failed++;
        g_print("  FAILED %s has other cases than expected\n", set.c_str());
    }
    g_print("%s: %d cases, %d failed, %d about what the protocol has not\n", set.c_str(),
            tally.ran, tally.failed, tally.outside);
    return tally.failed == 0;
}

int
run(const char *folder)
{
    bool good = run_file(DIM_WYCHEPROOF_OWN, 57);

    if (folder == nullptr) {
        g_print(
            "DIM_WYCHEPROOF is not set: the published Wycheproof sets did NOT run, only our "
            "own cases\n");
    } else {
        for (const auto &[set, count] : sets)
            good = run_file(std::filesystem::path(folder) / (set + ".json"), count) && good;
    }
    if (refusals.size() > 1) {
        good = false;
        g_print("FAILED: ciphertexts are refused in %zu different ways\n", refusals.size());
    }
    return good ? 0 : 1;
}

} // namespace

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--dir") == 0)
        return run(argv[2]);
    if (argc != 1) {
        g_printerr("usage: wycheproof_test [--dir DIR]\n");
        return 2;
    }
    const char *told = g_getenv("DIM_WYCHEPROOF");

    return run(told != nullptr && *told != '\0' ? told : nullptr);
}
