// SPDX-License-Identifier: GPL-2.0-or-later
// Command bodies: what is built is read again, with the forms of all ages.
#include "message/commands.h"

#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

class Commands : public ::testing::Test {
  protected:
    void
    SetUp() override
    {
        key_.reset(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        meta_.reset(dim_meta_new(DIM_META_ETH, key_.get(), nullptr, nullptr));
        id_.reset(dim_meta_make_id(meta_.get(), 0, nullptr));
        OWNED(JsonObject) empty(json_object_new());
        visa_.reset(
            dim_document_new(id_.get(), "visa", empty.get(), 1700000000, key_.get(), nullptr));
    }
    OWNED(DimContent)
    sent(DimContent *content)
    {
        OWNED(DimContent) mine(content);
        support::Text text(dim_content_to_text(mine.get()));

        return OWNED(DimContent)(dim_content_parse(text.get(), -1, nullptr));
    }
    OWNED(DimContent)
    read(const std::string &text)
    {
        return OWNED(DimContent)(dim_content_parse(text.c_str(), -1, nullptr));
    }
    OWNED(DimPrivateKey) key_;
    OWNED(DimMeta) meta_;
    OWNED(DimId) id_;
    OWNED(DimDocument) visa_;
};

TEST_F(Commands, MetaGoesRound)
{
    auto query = sent(dim_meta_query_new(id_.get()));
    auto answer = sent(dim_meta_command_new(id_.get(), meta_.get()));
    OWNED(DimId) asked(dim_command_id(query.get(), nullptr));
    support::Error error;

    EXPECT_TRUE(dim_id_equal(asked.get(), id_.get()));
    EXPECT_EQ(nullptr, dim_command_meta(query.get(), &error));
    EXPECT_TRUE(support::no_error(error));
    OWNED(DimMeta) told(dim_command_meta(answer.get(), nullptr));
    ASSERT_NE(nullptr, told);
    EXPECT_TRUE(dim_meta_matches(told.get(), id_.get()));
    EXPECT_STREQ("meta", dim_content_command(answer.get()));
    auto bad = read("{\"type\":136,\"sn\":1,\"command\":\"meta\",\"meta\":\"x\"}");
    EXPECT_EQ(nullptr, dim_command_meta(bad.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
    EXPECT_EQ(nullptr, dim_command_id(bad.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

TEST_F(Commands, DocumentGoesRound)
{
    auto query = sent(dim_document_query_new(id_.get(), 7.5));
    auto answer = sent(dim_document_command_new(id_.get(), meta_.get(), visa_.get()));
    OWNED(GPtrArray) none(dim_command_documents(query.get(), id_.get()));
    OWNED(GPtrArray) one(dim_command_documents(answer.get(), id_.get()));

    EXPECT_EQ(0u, none->len);
    EXPECT_EQ(7.5, json_object_get_double_member(dim_content_json(query.get()), "last_time"));
    ASSERT_EQ(1u, one->len);
    EXPECT_TRUE(dim_document_verify(static_cast<DimDocument *>(one->pdata[0]), meta_.get()));
    EXPECT_STREQ("document",
                 json_object_get_string_member(dim_content_json(answer.get()), "cmd"));
}

// The spellings of all ages, the one of arrays from newer stations among them.
TEST_F(Commands, ReadsDocumentsOfEveryAge)
{
    OWNED(JsonObject) json(dim_document_to_json(visa_.get()));
    std::string data = json_object_get_string_member(json.get(), "data");
    JsonNode *node = json_node_init_object(json_node_alloc(), json.get());
    support::Text whole(json_to_string(node, FALSE));
    JsonNode *quoted_node = json_node_init_string(json_node_alloc(), data.c_str());
    support::Text quoted(json_to_string(quoted_node, FALSE));
    std::string signature = json_object_get_string_member(json.get(), "signature");
    std::string head = "{\"type\":\"136\",\"sn\":1,\"command\":\"documents\",\"did\":\""
                       + std::string(dim_id_text(id_.get())) + "\",";
    const std::string forms[] = {
        head + "\"documents\":[" + whole.get() + "]}",
        head + "\"document\":" + whole.get() + "}",
        head + "\"profile\":" + whole.get() + "}",
        head + "\"profile\":" + quoted.get() + ",\"signature\":\"" + signature + "\"}",
        head + "\"documents\":[7,{\"did\":\"x\"}," + whole.get() + "]}",
    };

    json_node_unref(node);
    json_node_unref(quoted_node);
    for (const std::string &form : forms) {
        auto content = read(form);
        OWNED(GPtrArray) documents(dim_command_documents(content.get(), id_.get()));

        ASSERT_EQ(1u, documents->len) << form;
        EXPECT_TRUE(
            dim_document_verify(static_cast<DimDocument *>(documents->pdata[0]), meta_.get()))
            << form;
    }
}

// Anybody may send such a command, and each document inside costs a verification.
TEST_F(Commands, ReadsSoManyDocumentsAndNoMore)
{
    OWNED(JsonObject) json(dim_document_to_json(visa_.get()));
    const std::string one = support::Text(dim_json_write(json.get())).get();
    const std::string head = R"({"type":136,"sn":1,"command":"documents","did":")"
                             + std::string(dim_id_text(id_.get())) + "\",";
    const auto read_of = [&](const std::string &list, const std::string &more) {
        auto content = read(head + "\"documents\":[" + list + "]" + more + "}");
        OWNED(GPtrArray) documents(dim_command_documents(content.get(), id_.get()));

        return documents->len;
    };
    std::string good = one;
    std::string bad;

    for (guint i = 1; i < DIM_COMMAND_DOCUMENTS; i++)
        good += "," + one;
    for (guint i = 0; i < DIM_COMMAND_DOCUMENTS; i++)
        bad += R"({"did":"x"},)";
    EXPECT_EQ(read_of(good, ""), guint{ DIM_COMMAND_DOCUMENTS });
    EXPECT_EQ(read_of(good + "," + good, ",\"profile\":" + one),
              guint{ DIM_COMMAND_DOCUMENTS });
    EXPECT_EQ(read_of(bad + one, ",\"profile\":" + one), 0u) << "bad ones cost as much";
}

TEST_F(Commands, HandshakeStepsGoRound)
{
    static const struct {
        DimHandshakeStep step;
        const char *session;
    } steps[] = { { DIM_HANDSHAKE_START, nullptr },
                  { DIM_HANDSHAKE_AGAIN, "abc" },
                  { DIM_HANDSHAKE_RESTART, "abc" },
                  { DIM_HANDSHAKE_SUCCESS, "abc" } };

    for (const auto &row : steps) {
        auto content = sent(dim_handshake_new(row.step, row.session));

        EXPECT_EQ(row.step, dim_handshake_step(content.get()));
        EXPECT_STREQ(row.session, dim_handshake_session(content.get()));
        EXPECT_EQ(row.step == DIM_HANDSHAKE_START, dim_content_group(content.get()) != nullptr);
    }
    auto old = read(
        "{\"type\":136,\"sn\":1,\"cmd\":\"handshake\",\"message\":\"DIM?\",\"session\":\"k\"}");
    EXPECT_EQ(DIM_HANDSHAKE_AGAIN, dim_handshake_step(old.get()));
}

TEST_F(Commands, LoginNamesTheStationOnceItIsKnown)
{
    auto content =
        sent(dim_login_new(id_.get(), "DIMP/1.0", dim_id_any_station(), "127.0.0.1", 9394));
    JsonObject *station =
        json_object_get_object_member(dim_content_json(content.get()), "station");
    OWNED(DimId) who(dim_command_id(content.get(), nullptr));

    EXPECT_TRUE(dim_id_equal(who.get(), id_.get()));
    EXPECT_FALSE(json_object_has_member(station, "did"));
    EXPECT_EQ(9394, json_object_get_int_member(station, "port"));
    auto known = sent(dim_login_new(id_.get(), "DIMP/1.0", id_.get(), "127.0.0.1", 9394));
    station = json_object_get_object_member(dim_content_json(known.get()), "station");
    EXPECT_STREQ(dim_id_text(id_.get()), json_object_get_string_member(station, "did"));
    EXPECT_STREQ(dim_id_text(id_.get()), json_object_get_string_member(station, "ID"));
    auto nested = read("{\"type\":136,\"sn\":1,\"command\":\"login\",\"login\":{\"account\":\""
                       + std::string(dim_id_text(id_.get())) + "\"}}");
    OWNED(DimId) old(dim_command_id(nested.get(), nullptr));
    EXPECT_TRUE(dim_id_equal(old.get(), id_.get()));
}

TEST_F(Commands, ReportIsReadInEverySpelling)
{
    static const char *const forms[][2] = {
        { "\"command\":\"report\",\"title\":\"online\"", "online" },
        { "\"command\":\"report\",\"state\":\"background\"", "offline" },
        { "\"cmd\":\"report\",\"state\":\"foreground\"", "online" },
        { "\"command\":\"offline\"", "offline" },
        { "\"command\":\"report\",\"title\":\"apns\"", nullptr },
    };

    for (const auto &form : forms) {
        auto content = read(std::string("{\"type\":136,\"sn\":1,") + form[0] + "}");
        EXPECT_STREQ(form[1], dim_report_title(content.get())) << form[0];
    }
    auto mine = sent(dim_report_new("online"));
    EXPECT_STREQ("online", dim_report_title(mine.get()));
}

TEST_F(Commands, ReceiptTellsOfTheOriginalAndKeepsItsOwnSerial)
{
    OWNED(DimContent) hello(dim_content_new_text("hello"));
    OWNED(DimMessage) about(dim_message_new(id_.get(), dim_id_anyone(), nullptr, hello.get()));
    auto receipt = sent(dim_receipt_new("Message received.", about.get()));
    JsonObject *origin = dim_receipt_origin(receipt.get());

    ASSERT_NE(nullptr, origin);
    EXPECT_EQ(static_cast<gint64>(dim_content_serial(hello.get())),
              json_object_get_int_member(origin, "sn"));
    EXPECT_NE(dim_content_serial(hello.get()), dim_content_serial(receipt.get()));
    EXPECT_TRUE(json_object_has_member(dim_content_json(receipt.get()), "envelope"));
    EXPECT_STREQ(dim_id_text(id_.get()), json_object_get_string_member(origin, "sender"));
    EXPECT_EQ(nullptr, dim_receipt_signature(receipt.get()));
    for (const char *form :
         { "\"origin\":{\"signature\":\"abc\"}", "\"envelope\":{\"signature\":\"abc\"}",
           "\"sender\":\"x\",\"signature\":\"abc\"" }) {
        auto old =
            read(std::string("{\"type\":136,\"sn\":1,\"command\":\"receipt\",") + form + "}");
        EXPECT_NE(nullptr, dim_receipt_origin(old.get())) << form;
        EXPECT_STREQ("abc", dim_receipt_signature(old.get())) << form;
    }
}

} // namespace
