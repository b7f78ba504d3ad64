// SPDX-License-Identifier: GPL-2.0-or-later
// Somebody whose identity key takes as long to check with as two ordinary ones, and what such a person says.
#pragma once

#include "tests/unit/station/person.hh"

namespace station_test {
namespace { // the owners of C values are local to each file

class DearPerson {
  public:
    // By how many ordinary signatures one of this key is dearer.
    static constexpr guint MORE = 1;

    DearPerson()
    {
        support::Error error;

        key_.reset(dim_private_key_new(DIM_KEY_RSA, 3072, &error));
        meta_.reset(dim_meta_new(DIM_META_MKM, key_.get(), "dear", &error));
        id_.reset(dim_meta_make_id(meta_.get(), DIM_TYPE_USER, &error));
        visa_.reset(dim_document_new(
            id_.get(), "visa", dim_document_properties(dim_user_visa(other_.user.get())),
            dim_document_time(dim_user_visa(other_.user.get())), key_.get(), &error));
        if (!visa_)
            throw std::runtime_error(error.message());
    }
    DimId *
    id() const
    {
        return id_.get();
    }
    DimMeta *
    meta() const
    {
        return meta_.get();
    }
    DimDocument *
    visa() const
    {
        return visa_.get();
    }
    // A plain message to any station, with these attachments.
    std::string
    said(DimContent *content, bool with_meta, bool with_visa) const
    {
        OWNED(JsonObject) meta(with_meta ? dim_meta_to_json(meta_.get()) : nullptr);
        OWNED(JsonObject) visa(with_visa ? dim_document_to_json(visa_.get()) : nullptr);
        OWNED(DimCipherKey) talk(dim_cipher_key_new());
        OWNED(DimMessage)
        instant(dim_message_new(id_.get(), dim_id_any_station(), nullptr, content));
        support::Error error;
        DimSealing how{};

        how.signer = key_.get();
        how.talk = talk.get();
        how.meta = meta.get();
        how.visa = visa.get();
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));
        if (!sealed)
            throw std::runtime_error(error.message());
        return Text(dim_message_to_text(sealed.get())).get();
    }

  private:
    Person other_{ "Other" };
    OWNED(DimPrivateKey) key_;
    OWNED(DimMeta) meta_;
    OWNED(DimId) id_;
    OWNED(DimDocument) visa_;
};

} // namespace
} // namespace station_test
