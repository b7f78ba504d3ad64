// SPDX-License-Identifier: GPL-2.0-or-later
// The binding: which envelope a content belongs to, and what a relay that changes it comes to.
#include "message/binding.h"

#include "crypto/digest.h"

#include "tests/unit/message/seal_case.hh"

namespace {

class Binding : public Seal {
  protected:
    // The content inside of what went over the wire.
    OWNED(JsonObject)
    inside(JsonObject *wire)
    {
        OWNED(GBytes) iv(dim_json_bytes(wire, "IV", nullptr));
        OWNED(GBytes) data(dim_json_bytes(wire, "data", nullptr));
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(data.get(), &size));
        OWNED(GBytes)
        plain(dim_cipher_key_decrypt(
            talk_.get(), bytes, size,
            static_cast<const guint8 *>(g_bytes_get_data(iv.get(), nullptr)), nullptr));
        auto *text = static_cast<const char *>(g_bytes_get_data(plain.get(), &size));

        return OWNED(JsonObject)(dim_json_parse(text, static_cast<gssize>(size), nullptr));
    }
    void
    expect_altered(JsonObject *wire, const std::string &what)
    {
        support::Error error;

        EXPECT_EQ(nullptr, open(wire, error)) << what;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_ALTERED)) << what;
    }
    // Whether our keys open it; a binding that does not hold is told apart.
    bool
    opens(JsonObject *wire)
    {
        support::Error error;

        return open(wire, error) != nullptr;
    }
    OWNED(JsonObject)
    to_group(const char *group, DimId *receiver)
    {
        OWNED(DimId) id(dim_id_parse(group, nullptr));
        OWNED(DimMessage)
        instant(dim_message_new(alice_.get(), receiver, id.get(), content_.get()));
        auto wrapped = wrap();
        DimSealing how = { signer, talk_.get(), wrapped.get(), nullptr, nullptr, 0 };
        OWNED(DimMessage) message(dim_seal(instant.get(), &how, nullptr));

        return OWNED(JsonObject)(dim_message_to_json(message.get()));
    }
};

const char *const carol = "0x5575CD418f113E5C2FE51870501aA404b6572Ceb";

// Known to the byte, so that tomorrow's reader still finds it good: printf '…' | sha256sum, 18 bytes of it.
TEST_F(Binding, IsADigestOfIvSenderReceiverAndTime)
{
    const char *text = R"({"type":1,"sn":7,"time":1700000000.25,"text":"x"})";
    const guint8 iv[DIM_IV_SIZE] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255 };
    OWNED(DimContent) content(dim_content_parse(text, -1, nullptr));
    OWNED(DimMessage)
    instant(dim_message_new(alice_.get(), bob_.get(), nullptr, content.get()));
    const std::string parts = "DIM binding 1\nAAECAwQFBgcICQoLDA0O/w==\n"
                              "0x98d548788b2b84f3F59224417855F40305779Bf2\n"
                              "bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX\n\n1700000000.25";
    guint8 digest[32];
    gsize size = sizeof digest;
    OWNED(GChecksum) sum(g_checksum_new(G_CHECKSUM_SHA256));

    g_checksum_update(sum.get(), reinterpret_cast<const guchar *>(parts.data()),
                      static_cast<gssize>(parts.size()));
    g_checksum_get_digest(sum.get(), digest, &size);
    const std::string binding = support::Text(dim_base64_encode(digest, 18)).get();
    EXPECT_EQ("O7NjygtL2TFBJbTsToDFaige", binding);
    EXPECT_EQ(std::string(text).substr(0, strlen(text) - 1) + ",\"binding\":\"" + binding
                  + "\"}",
              support::Text(dim_binding_write(instant.get(), iv)).get());
}

// The time counts as the number that it is: who writes it otherwise does not make another envelope of it.
TEST_F(Binding, TakesTheTimeAsANumberHoweverItIsWritten)
{
    const std::pair<const char *, const char *> times[] = {
        { "1700000000.5", "1700000000.50" },
        { "1700000000", "1700000000.0" },
        { "1700000000", "1.7e9" },
        { "1700000000.000001", "1700000000.0000010" },
        { "0.5", "5e-1" },
    };
    const guint8 iv[DIM_IV_SIZE] = { 7 };

    for (const auto &[plain, odd] : times) {
        std::string bindings[2];
        const std::string parts = "DIM binding 1\nBwAAAAAAAAAAAAAAAAAAAA==\n"
                                  + std::string(dim_id_text(alice_.get())) + "\n"
                                  + dim_id_text(bob_.get()) + "\n\n" + plain;
        guint8 digest[32];

        dim_sha256(parts.data(), parts.size(), digest);
        for (int i = 0; i < 2; i++) {
            const std::string text =
                R"({"type":1,"sn":7,"text":"x","time":)" + std::string(i ? odd : plain) + "}";
            OWNED(DimContent) content(dim_content_parse(text.c_str(), -1, nullptr));
            OWNED(DimMessage)
            instant(dim_message_new(alice_.get(), bob_.get(), nullptr, content.get()));
            const support::Text written(dim_binding_write(instant.get(), iv));
            OWNED(JsonObject) read(dim_json_parse(written.get(), -1, nullptr));

            bindings[i] = dim_json_text(read.get(), "binding");
        }
        EXPECT_EQ(bindings[0], support::Text(dim_base64_encode(digest, 18)).get()) << plain;
        EXPECT_EQ(bindings[0], bindings[1]) << odd;
    }
}

TEST_F(Binding, StandsInAllThatIsEncryptedAndInNoBroadcast)
{
    for (bool command : { false, true }) {
        if (command)
            content_.reset(dim_content_new_take(DIM_CONTENT_COMMAND, json_object_new()));
        auto wire = sealed(bob_.get());
        auto content = inside(wire.get());

        ASSERT_NE(nullptr, content);
        ASSERT_NE(nullptr, dim_json_text(content.get(), "binding"));
        EXPECT_EQ(DIM_BINDING_LENGTH, strlen(dim_json_text(content.get(), "binding")));
        EXPECT_FALSE(json_object_has_member(wire.get(), "binding"));
        EXPECT_TRUE(opens(wire.get()));
        auto broadcast = sealed(dim_id_any_station());
        EXPECT_EQ(nullptr, strstr(dim_json_text(broadcast.get(), "data"), "binding"));
        EXPECT_TRUE(opens(broadcast.get()));
    }
}

TEST_F(Binding, TellsEachChangeOfTheEnvelope)
{
    const std::pair<const char *, const char *> changes[] = {
        { "sender", carol },
        { "receiver", carol },
        { "group", "bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX" },
        { "group", carol },
        { "time", "1700000000" },
        { "time", "" },
        { "type", "" },
        { "type", "words" },
    };

    for (const auto &[member, value] : changes) {
        auto wire = sealed(bob_.get());

        if (*value == '\0')
            json_object_remove_member(wire.get(), member);
        else
            json_object_set_string_member(wire.get(), member, value);
        expect_altered(wire.get(), std::string(member) + " " + value);
    }
    auto later = sealed(bob_.get());
    json_object_set_double_member(later.get(), "time",
                                  dim_json_time(later.get(), "time") + 0.000001);
    expect_altered(later.get(), "a microsecond");
}

// Other spellings of the same: what relays in other languages make of it.
TEST_F(Binding, MindsNoOtherSpelling)
{
    auto wire = sealed(bob_.get());
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(digits, sizeof digits, "%.17g", dim_json_time(wire.get(), "time"));
    json_object_set_string_member(wire.get(), "time", digits);
    json_object_set_int_member(wire.get(), "type", 1);
    json_object_set_string_member(wire.get(), "iv", dim_json_text(wire.get(), "IV"));
    json_object_remove_member(wire.get(), "IV");
    json_object_set_null_member(wire.get(), "group");
    json_object_set_int_member(wire.get(), "sn", 5);
    EXPECT_TRUE(opens(wire.get()));
}

// Nobody signs the IV; its bits are the first block's.
TEST_F(Binding, LetsNoBitOfTheIvBeChanged)
{
    int altered = 0;

    for (size_t bit = 0; bit < 8 * DIM_IV_SIZE; bit++) {
        auto wire = sealed(bob_.get());
        OWNED(GBytes) iv(dim_json_bytes(wire.get(), "IV", nullptr));
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(iv.get(), nullptr));
        guint8 other[DIM_IV_SIZE];
        support::Error error;

        memcpy(other, bytes, sizeof other);
        other[bit / 8] = static_cast<guint8>(other[bit / 8] ^ 1 << bit % 8);
        json_object_set_string_member(
            wire.get(), "IV", support::Text(dim_base64_encode(other, sizeof other)).get());
        EXPECT_EQ(nullptr, open(wire.get(), error)) << bit;
        altered += support::failed_with(error, DIM_ERROR_ALTERED);
    }
    EXPECT_GT(altered, 0) << "some bits leave good JSON: another serial number";
}

// One text for all members: it names the group, not the one who gets this copy.
TEST_F(Binding, NamesTheGroupOfAGroupMessage)
{
    const char *group = "club@7TGQijaxMGvhEcaYKw5ALuDTwuaB4hUE7q";

    auto wire = to_group(group, bob_.get());
    EXPECT_TRUE(opens(wire.get()));
    json_object_set_string_member(wire.get(), "receiver", carol);
    EXPECT_TRUE(opens(wire.get()));
    json_object_set_string_member(wire.get(), "group", carol);
    expect_altered(wire.get(), "another group");
    json_object_remove_member(wire.get(), "group");
    expect_altered(wire.get(), "no group");
}

TEST_F(Binding, IsNotMissedInWhatOthersWrite)
{
    const std::string forms[] = { "", R"(,"binding":"for a book")", R"(,"binding":{"a":1})",
                                  R"(,"binding":null)" };

    for (const std::string &form : forms) {
        auto wire = by_others(R"({"type":1,"sn":7,"text":"x")" + form + "}");

        json_object_set_double_member(wire.get(), "time", 5);
        EXPECT_TRUE(opens(wire.get())) << form;
        json_object_remove_member(wire.get(), "type");
        EXPECT_TRUE(opens(wire.get())) << form;
    }
    auto wire = by_others(R"({"type":1,"sn":7,"binding":"AAAAAAAAAAAAAAAAAAAAAAAA"})");
    expect_altered(wire.get(), "a binding of nothing");
}

TEST_F(Binding, TakesThePlaceOfAnothers)
{
    const char *text = R"({"type":1,"sn":7,"text":"\"binding\":",)"
                       R"("binding":"AAAAAAAAAAAAAAAAAAAAAAAA","more":{"binding":"stays"}})";

    content_.reset(dim_content_parse(text, -1, nullptr));
    auto wire = sealed(bob_.get());
    EXPECT_TRUE(opens(wire.get()));
    auto content = inside(wire.get());
    ASSERT_NE(nullptr, content) << "no name twice";
    EXPECT_STREQ("stays", dim_json_text(dim_json_object(content.get(), "more"), "binding"));
    EXPECT_STREQ("\"binding\":", dim_json_text(content.get(), "text"));
}

// Whoever keeps a backup gives back what he was given, in another envelope.
TEST_F(Binding, IsNotInABackupThatIsGivenBack)
{
    content_.reset(dim_content_parse(
        R"({"type":136,"sn":7,"command":"storage","title":"contacts","data":"AAAA","key":"AAAA"})",
        -1, nullptr));
    auto first = sealed(bob_.get());
    auto content = inside(first.get());
    ASSERT_NE(nullptr, content);
    EXPECT_FALSE(json_object_has_member(content.get(), "binding"));
    EXPECT_STREQ("AAAA", dim_json_text(content.get(), "data"));
    EXPECT_TRUE(opens(first.get()));
}

} // namespace
