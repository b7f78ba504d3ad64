// SPDX-License-Identifier: GPL-2.0-or-later
// Metas made, read in every spelling, and refused when key and fingerprint do not belong together.
#include "identity/meta.h"

#include <string>

#include "base/codec.h"
#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

OWNED(DimPrivateKey)
ecc_key()
{
    return OWNED(DimPrivateKey)(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
}

TEST(Meta, EthGoesRound)
{
    auto key = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_ETH, key.get(), nullptr, nullptr));
    OWNED(DimId) id(dim_meta_make_id(meta.get(), 0, nullptr));
    OWNED(JsonObject) json(dim_meta_to_json(meta.get()));
    OWNED(DimMeta) again(dim_meta_from_json(json.get(), nullptr));

    ASSERT_NE(nullptr, id);
    EXPECT_EQ(DIM_ADDRESS_ETH, dim_id_kind(id.get()));
    EXPECT_TRUE(dim_meta_matches(again.get(), id.get()));
    EXPECT_EQ(4, json_object_get_int_member(json.get(), "type"));
    EXPECT_EQ(4, json_object_get_int_member(json.get(), "version"));
    support::Error error;
    EXPECT_EQ(nullptr, dim_meta_make_id(meta.get(), 1, &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_UNSUPPORTED));
}

TEST(Meta, MkmBindsNameKeyAndEveryNetwork)
{
    auto key = ecc_key();
    auto other = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, key.get(), "station", nullptr));
    OWNED(DimMeta) forged(dim_meta_new(DIM_META_MKM, other.get(), "station", nullptr));
    OWNED(DimId) id(dim_meta_make_id(meta.get(), DIM_TYPE_STATION, nullptr));

    ASSERT_NE(nullptr, id);
    EXPECT_STREQ("station", dim_id_name(id.get()));
    EXPECT_TRUE(dim_id_is_station(id.get()));
    EXPECT_TRUE(dim_meta_matches(meta.get(), id.get()));
    EXPECT_FALSE(dim_meta_matches(forged.get(), id.get()));
    std::string renamed = std::string("stotion@") + dim_id_address(id.get());
    OWNED(DimId) stranger(dim_id_parse(renamed.c_str(), nullptr));
    EXPECT_FALSE(dim_meta_matches(meta.get(), stranger.get()));
}

// The address comes from the fingerprint alone: only this check ties a key to it.
TEST(Meta, RefusesTheFingerprintOfAnotherKey)
{
    auto key = ecc_key();
    auto thief = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, key.get(), "bob", nullptr));
    OWNED(JsonObject) json(dim_meta_to_json(meta.get()));
    support::Error error;

    json_object_set_object_member(json.get(), "key",
                                  dim_public_key_to_json(dim_private_key_public(thief.get())));
    EXPECT_EQ(nullptr, dim_meta_from_json(json.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_UNVERIFIED));
}

// A good signature of nothing: every such meta would have the same, empty name.
TEST(Meta, RefusesAnEmptySeed)
{
    auto key = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, key.get(), "bob", nullptr));
    OWNED(JsonObject) json(dim_meta_to_json(meta.get()));
    OWNED(GBytes) proof(dim_private_key_sign(key.get(), "", 0, nullptr));
    gsize size = 0;
    auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(proof.get(), &size));
    support::Text text(dim_base64_encode(bytes, size));
    support::Error error;

    json_object_set_string_member(json.get(), "seed", "");
    json_object_set_string_member(json.get(), "fingerprint", text.get());
    EXPECT_EQ(nullptr, dim_meta_from_json(json.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

TEST(Meta, ReadsTypeInEverySpelling)
{
    auto key = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_BTC, key.get(), nullptr, nullptr));
    const char *const spellings[] = { "{\"type\":2}",       "{\"type\":\"2\"}",
                                      "{\"type\":\"btc\"}", "{\"type\":\"BTC\"}",
                                      "{\"version\":2}",    "{\"version\":\"2\"}" };

    for (const char *text : spellings) {
        OWNED(JsonObject) json(dim_json_parse(text, -1, nullptr));
        json_object_set_object_member(
            json.get(), "key", dim_public_key_to_json(dim_private_key_public(key.get())));
        OWNED(DimMeta) read(dim_meta_from_json(json.get(), nullptr));
        ASSERT_NE(nullptr, read) << text;
        EXPECT_EQ(DIM_META_BTC, dim_meta_kind(read.get()));
        OWNED(JsonObject) out(dim_meta_to_json(read.get()));
        EXPECT_EQ(2, json_object_get_int_member(out.get(), "type"));
    }
}

TEST(Meta, RefusesWhatIsIncomplete)
{
    static const struct {
        const char *text;
        int code;
    } bad[] = {
        { "{}", DIM_ERROR_UNSUPPORTED },
        { "{\"type\":3,\"key\":{}}", DIM_ERROR_UNSUPPORTED },
        { "{\"type\":5,\"key\":{}}", DIM_ERROR_UNSUPPORTED },
        { "{\"type\":4}", DIM_ERROR_MALFORMED },
        { "{\"type\":4,\"key\":\"text\"}", DIM_ERROR_MALFORMED },
    };

    for (const auto &row : bad) {
        OWNED(JsonObject) json(dim_json_parse(row.text, -1, nullptr));
        support::Error error;

        EXPECT_EQ(nullptr, dim_meta_from_json(json.get(), &error)) << row.text;
        EXPECT_TRUE(support::failed_with(error, row.code)) << row.text;
    }
    auto key = ecc_key();
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_ETH, key.get(), nullptr, nullptr));
    OWNED(JsonObject) json(dim_meta_to_json(meta.get()));
    support::Error error;
    json_object_set_string_member(json.get(), "seed", "bob");
    EXPECT_EQ(nullptr, dim_meta_from_json(json.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

} // namespace
