// SPDX-License-Identifier: GPL-2.0-or-later
// sealer KIND BITS: contents and a receiver come in as JSON lines, and go out as messages that a new identity sealed.
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include "base/json.h"
#include "identity/document.h"
#include "message/seal.h"
#include "people/own.h"

#include "tests/support/autoptr.hh"

namespace {

using support::Text;

void
must(bool good, const std::string &what)
{
    if (!good)
        throw std::runtime_error(what);
}

struct Release {
    void
    operator()(GPtrArray *array) const
    {
        g_ptr_array_unref(array);
    }
};
using Array = std::unique_ptr<GPtrArray, Release>;

OWNED(JsonObject) parse(const std::string &line)
{
    support::Error error;
    OWNED(JsonObject) object(dim_json_parse(line.c_str(), -1, &error));

    must(object != nullptr, "not JSON: " + error.message());
    return object;
}

// Somebody to write to, proved as core proves everybody.
struct Receiver {
    OWNED(DimId) id;
    OWNED(DimMeta) meta;
    OWNED(DimDocument) visa;
    Array keys;

    explicit Receiver(JsonObject *told)
    {
        support::Error error;

        id.reset(dim_id_parse(dim_json_text(told, "id"), &error));
        must(id != nullptr, error.message());
        meta.reset(dim_meta_from_json(dim_json_object(told, "meta"), &error));
        must(meta != nullptr && dim_meta_matches(meta.get(), id.get()), error.message());
        visa.reset(dim_document_from_json(dim_json_object(told, "visa"), id.get(), &error));
        must(visa != nullptr && dim_document_verify(visa.get(), meta.get()), error.message());
        keys.reset(g_ptr_array_new());
        must(dim_document_key(visa.get()) != nullptr, "a visa without a key");
        g_ptr_array_add(keys.get(), dim_document_key(visa.get()));
    }
};

OWNED(DimUser) make_user(const std::string &kind, guint bits)
{
    DimRegisterOptions options = {};
    support::Error error;

    options.kind = kind == "eth" ? DIM_META_ETH : kind == "btc" ? DIM_META_BTC : DIM_META_MKM;
    options.identity_key = kind == "mkm-rsa" ? DIM_KEY_RSA : DIM_KEY_ECC;
    options.seed = options.kind == DIM_META_MKM ? "sealer" : nullptr;
    options.visa_bits = bits;
    options.nickname = "Sealer";
    OWNED(DimUser)
    user(dim_user_make(&options, static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC,
                       &error));
    must(user != nullptr, error.message());
    return user;
}

void
seal_all(const DimUser *user, const Receiver &receiver)
{
    OWNED(JsonObject) meta(dim_meta_to_json(dim_user_meta(user)));
    OWNED(JsonObject) visa(dim_document_to_json(dim_user_visa(user)));
    support::Error error;
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    Array wrapped(
        dim_seal_wrap(talk.get(), receiver.id.get(), receiver.keys.get(), nullptr, &error));
    must(wrapped != nullptr, error.message());
    const DimSealing how = {
        dim_user_signer(user), talk.get(), wrapped.get(), meta.get(), visa.get(), 0
    };

    for (std::string line; std::getline(std::cin, line);) {
        OWNED(JsonObject) json(parse(line));
        OWNED(DimContent) content(dim_content_from_json(json.get(), &error));
        must(content != nullptr, line + ": " + error.message());
        OWNED(DimMessage)
        instant(dim_message_new(dim_user_id(user), receiver.id.get(), nullptr, content.get()));
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));
        must(sealed != nullptr, line + ": " + error.message());
        std::cout << Text(dim_message_to_text(sealed.get())).get() << std::endl;
    }
}

} // namespace

int
main(int argc, char **argv)
{
    try {
        std::string line;

        must(argc == 3, "usage: sealer eth|btc|mkm-ecc|mkm-rsa 1024|2048");
        OWNED(DimUser) user(make_user(argv[1], static_cast<guint>(atoi(argv[2]))));
        must(static_cast<bool>(std::getline(std::cin, line)), "no receiver");
        const Receiver receiver(parse(line).get());
        seal_all(user.get(), receiver);
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << std::endl;
        return 1;
    }
    return 0;
}
