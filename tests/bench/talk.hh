// SPDX-License-Identifier: GPL-2.0-or-later
// Two people and what one of them says to the other, sealed and opened without a disk.
#pragma once

#include <memory>
#include <set>

#include "base/json.h"
#include "identity/meta.h"
#include "message/seal.h"

#include "tests/bench/figures.hh"
#include "tests/support/autoptr.hh"

namespace bench {
namespace {

struct Unref {
    void
    operator()(GPtrArray *array) const
    {
        g_ptr_array_unref(array);
    }
};
using Array = std::unique_ptr<GPtrArray, Unref>;

// Somebody who signs with one kind of key and reads with an RSA key.
class Person {
  public:
    Person(DimKeyKind kind, const char *name)
    {
        support::Error error;

        signer_.reset(dim_private_key_new(kind, kind == DIM_KEY_RSA ? 1024 : 256, &error));
        must(signer_ != nullptr, error.message());
        reader_.reset(dim_private_key_new(DIM_KEY_RSA, 1024, &error));
        must(reader_ != nullptr, error.message());
        meta_.reset(kind == DIM_KEY_RSA
                        ? dim_meta_new(DIM_META_MKM, signer_.get(), name, &error)
                        : dim_meta_new(DIM_META_ETH, signer_.get(), nullptr, &error));
        must(meta_ != nullptr, error.message());
        id_.reset(dim_meta_make_id(meta_.get(), 0, &error));
        must(id_ != nullptr, error.message());
        verify_.reset(g_ptr_array_new());
        g_ptr_array_add(verify_.get(), dim_private_key_public(signer_.get()));
        encrypt_.reset(g_ptr_array_new());
        g_ptr_array_add(encrypt_.get(), dim_private_key_public(reader_.get()));
        decrypt_.reset(g_ptr_array_new());
        g_ptr_array_add(decrypt_.get(), reader_.get());
    }
    const DimId *
    id() const
    {
        return id_.get();
    }
    const DimPrivateKey *
    signer() const
    {
        return signer_.get();
    }
    GPtrArray *
    verify_keys() const
    {
        return verify_.get();
    }
    GPtrArray *
    encrypt_keys() const
    {
        return encrypt_.get();
    }
    GPtrArray *
    decrypt_keys() const
    {
        return decrypt_.get();
    }

  private:
    OWNED(DimPrivateKey) signer_, reader_;
    OWNED(DimMeta) meta_;
    OWNED(DimId) id_;
    Array verify_, encrypt_, decrypt_;
};

// One direction of a talk.
class Talk {
  public:
    explicit Talk(DimKeyKind kind, size_t letters = 100)
        : from_(kind, "alice"), to_(DIM_KEY_ECC, "bob"), key_(dim_cipher_key_new()),
          line_(letters, 'x')
    {
        wrapped_ = wrap();
    }
    Array
    wrap() const
    {
        support::Error error;
        Array wrapped(dim_seal_wrap(key_.get(), to_.id(), to_.encrypt_keys(), nullptr, &error));

        must(wrapped != nullptr, error.message());
        return wrapped;
    }
    support::Text
    pack(GPtrArray *wrapped) const
    {
        support::Error error;
        OWNED(DimContent) content(dim_content_new_text(line_.c_str()));
        OWNED(DimMessage)
        instant(dim_message_new(from_.id(), to_.id(), nullptr, content.get()));
        DimSealing how{ from_.signer(), key_.get(), wrapped, nullptr, nullptr, 1700000000 };
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));

        must(sealed != nullptr, error.message());
        return support::Text(dim_message_to_text(sealed.get()));
    }
    support::Text
    pack() const
    {
        return pack(wrapped_.get());
    }
    // As a receiver who knows the talk key, or not.
    void
    unpack(const std::string &text, bool known, std::set<std::string> &seen) const
    {
        Sealed message = parse(text);
        support::Text tag(dim_message_tag(message.get()));

        must(seen.insert(tag.get()).second, "a message came twice");
        open(message, known);
    }
    // From the text to the content; what the content is as a text of its own.
    std::string
    read(const std::string &text) const
    {
        Sealed message = parse(text), instant = open(message, true);
        support::Text content(
            dim_json_write(dim_content_json(dim_message_content(instant.get()))));

        return content.get();
    }
    // The same without the copy.
    void
    look(const std::string &text) const
    {
        open(parse(text), true);
    }

  private:
    using Sealed = OWNED(DimMessage);

    static Sealed
    parse(const std::string &text)
    {
        support::Error error;
        Sealed message(
            dim_message_parse(text.c_str(), static_cast<gssize>(text.size()), &error));

        must(message != nullptr, error.message());
        return message;
    }
    Sealed
    open(const Sealed &message, bool known) const
    {
        support::Error error;
        DimUnsealing how{ to_.id(), known ? key_.get() : nullptr, to_.decrypt_keys() };

        must(dim_seal_verify(message.get(), from_.verify_keys()),
             "a good signature was refused");
        Sealed instant(dim_unseal(message.get(), &how, nullptr, &error));
        must(instant != nullptr, error.message());
        must(dim_content_text(dim_message_content(instant.get())) == line_,
             "another text came out");
        return instant;
    }

    Person from_, to_;
    OWNED(DimCipherKey) key_;
    std::string line_;
    Array wrapped_;
};

} // namespace
} // namespace bench
