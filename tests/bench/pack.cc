// SPDX-License-Identifier: GPL-2.0-or-later
// Packing and unpacking without a disk: parse, gate, duplicates in memory, crypto.
#include <memory>
#include <set>

#include "identity/meta.h"
#include "message/seal.h"

#include "tests/bench/figures.hh"
#include "tests/bench/floors.h"
#include "tests/support/autoptr.hh"

namespace bench {
namespace {

constexpr unsigned BURST = 200;

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
    explicit Talk(DimKeyKind kind)
        : from_(kind, "alice"), to_(DIM_KEY_ECC, "bob"), key_(dim_cipher_key_new()),
          line_(100, 'x')
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
        support::Error error;
        OWNED(DimMessage)
        message(dim_message_parse(text.c_str(), static_cast<gssize>(text.size()), &error));

        must(message != nullptr, error.message());
        support::Text tag(dim_message_tag(message.get()));
        must(seen.insert(tag.get()).second, "a message came twice");
        must(dim_seal_verify(message.get(), from_.verify_keys()),
             "a good signature was refused");
        DimUnsealing how{ to_.id(), known ? key_.get() : nullptr, to_.decrypt_keys() };
        OWNED(DimMessage) instant(dim_unseal(message.get(), &how, nullptr, &error));
        must(instant != nullptr, error.message());
        must(dim_content_text(dim_message_content(instant.get())) == line_,
             "another text came out");
    }

  private:
    Person from_, to_;
    OWNED(DimCipherKey) key_;
    std::string line_;
    Array wrapped_;
};

std::vector<std::string>
packets(const Talk &talk, bool rewrapped)
{
    std::vector<std::string> all;

    for (unsigned i = 0; i < BURST; i++) {
        if (rewrapped) {
            Array fresh = talk.wrap();

            all.emplace_back(talk.pack(fresh.get()).get());
        } else {
            all.emplace_back(talk.pack().get());
        }
    }
    return all;
}

Work
sending(const Talk &talk)
{
    return { [&talk] {
                for (unsigned i = 0; i < BURST; i++)
                    talk.pack();
            },
             BURST };
}

Work
receiving(const Talk &talk, const std::vector<std::string> &all, bool known)
{
    return { [&talk, &all, known] {
                std::set<std::string> seen;

                for (const std::string &text : all)
                    talk.unpack(text, known, seen);
            },
             BURST };
}

Work
bare(void (*call)(), unsigned times)
{
    return { [call, times] {
                for (unsigned i = 0; i < times; i++)
                    call();
            },
             times };
}

} // namespace

void
measure_pack(std::vector<Figure> &figures)
{
    Talk rsa(DIM_KEY_RSA), ecc(DIM_KEY_ECC);

    floor_init();
    std::vector<std::string> rsa_known = packets(rsa, false), ecc_known = packets(ecc, false);
    std::vector<std::string> rsa_anew = packets(rsa, true), ecc_anew = packets(ecc, true);

    figures.push_back(rate("send 100 bytes, talk key known, RSA-1024", "`gcry_pk_sign`",
                           alternate(sending(rsa), bare(floor_rsa_sign, BURST)), 0.90));
    figures.push_back(rate("send 100 bytes, talk key known, secp256k1",
                           "`secp256k1_ecdsa_sign`",
                           alternate(sending(ecc), bare(floor_ecc_sign, 10 * BURST)), 0.50));
    figures.push_back(rate(
        "receive, talk key known, RSA-1024", "`gcry_pk_verify`",
        alternate(receiving(rsa, rsa_known, true), bare(floor_rsa_verify, 10 * BURST)), 0.40));
    figures.push_back(rate(
        "receive, talk key known, secp256k1", "`secp256k1_ecdsa_verify`",
        alternate(receiving(ecc, ecc_known, true), bare(floor_ecc_verify, 10 * BURST)), 0));
    figures.push_back(
        rate("receive, known key wrapped anew, RSA-1024", "`gcry_pk_decrypt`",
             alternate(receiving(rsa, rsa_anew, true), bare(floor_rsa_decrypt, BURST)), 20));
    // Here the curve's verification alone is a twentieth of the floor: no target.
    figures.push_back(
        rate("receive, known key wrapped anew, secp256k1", "`gcry_pk_decrypt`",
             alternate(receiving(ecc, ecc_anew, true), bare(floor_rsa_decrypt, BURST)), 0));
    figures.push_back(
        rate("receive, key not known, RSA-1024", "`gcry_pk_decrypt`",
             alternate(receiving(rsa, rsa_anew, false), bare(floor_rsa_decrypt, BURST)), 0));
    floor_clear();
}

OwnRates
own_rates()
{
    Talk talk(DIM_KEY_ECC);
    std::vector<std::string> all = packets(talk, true);

    floor_init();
    OwnRates rates = { 1 / fastest(sending(talk)), 1 / fastest(receiving(talk, all, true)),
                       1 / fastest(bare(floor_ecc_verify, BURST)) };
    floor_clear();
    return rates;
}

} // namespace bench
