// SPDX-License-Identifier: GPL-2.0-or-later
// All handlers against members of odd types, and against a disk that takes nothing more.
#include "tests/support/folder.hh"
#include "tests/support/full_disk.hh"
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class HostileCommand : public DeskTest {
  protected:
    // Warnings of the libraries below are a handler's mistake.
    void
    SetUp() override
    {
        DeskTest::SetUp();
        fatal_ = g_log_set_always_fatal(static_cast<GLogLevelFlags>(
            G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK));
    }
    void
    TearDown() override
    {
        g_log_set_always_fatal(fatal_);
    }
    static Words
    odd_values()
    {
        std::string deep = "7";

        for (int i = 0; i < 50; i++)
            deep = i % 2 ? "[" + deep + "]" : "{\"a\":" + deep + "}";
        return { "null",
                 "true",
                 "false",
                 "0",
                 "7",
                 "-1",
                 "1e300",
                 "18446744073709551615",
                 "\"\"",
                 "\"x\"",
                 "\"7\"",
                 "\"meta\"",
                 "\"\\u4f60\"",
                 quoted(std::string(100000, 'x')),
                 "[]",
                 "[[]]",
                 "[null,7,\"x\"]",
                 "{}",
                 R"({"did":7,"data":[],"signature":{}})",
                 deep };
    }
    // The same command with one member replaced, at every place, one level deep as well.
    void
    sweep(const std::string &members)
    {
        OWNED(JsonObject)
        whole(dim_json_parse(
            fill(R"({"type":136,"sn":7,"time":<now>,)" + members + "}").c_str(), -1, nullptr));
        ASSERT_NE(whole, nullptr) << members;
        OWNED(GList) names(json_object_get_members(whole.get()));

        for (const GList *each = names.get(); each != nullptr; each = each->next) {
            const auto *member = static_cast<const char *>(each->data);

            if (g_str_equal(member, "type") || g_str_equal(member, "command"))
                continue; // the table's, and it has tests of its own
            replace(whole.get(), member, [this](JsonObject *object) { deliver(object); });
            JsonObject *inner = dim_json_object(whole.get(), member);
            if (inner == nullptr)
                continue;
            OWNED(GList) inner_names(json_object_get_members(inner));
            for (const GList *name = inner_names.get(); name != nullptr; name = name->next)
                replace(inner, static_cast<const char *>(name->data), [&](JsonObject *object) {
                    OWNED(JsonObject) outer(dim_json_copy(whole.get()));

                    json_object_set_object_member(outer.get(), member, json_object_ref(object));
                    deliver(outer.get());
                });
        }
    }
    guint delivered = 0;

  private:
    template <typename Use>
    void
    replace(JsonObject *object, const char *name, Use use)
    {
        OWNED(JsonObject) without(dim_json_copy(object));

        json_object_remove_member(without.get(), name);
        use(without.get());
        for (const std::string &odd : odd_values()) {
            OWNED(JsonObject)
            holder(dim_json_parse(("{\"odd\":" + odd + "}").c_str(), -1, nullptr));
            OWNED(JsonObject) with(dim_json_copy(object));

            ASSERT_NE(holder, nullptr) << odd.substr(0, 40);
            json_object_set_member(with.get(), name,
                                   json_object_dup_member(holder.get(), "odd"));
            use(with.get());
        }
    }
    // Through text, as it would come. A content that is none was refused before the handler.
    void
    deliver(JsonObject *object)
    {
        const Text text(dim_json_write(object));
        OWNED(DimContent) content(dim_content_parse(text.get(), -1, nullptr));

        if (!content)
            return;
        for (const DimId *from : { stranger().id(), station() }) {
            OWNED(DimMessage) message(dim_message_new(from, me().id(), nullptr, content.get()));
            DimHandler *handler = dim_command_find(content.get());
            GError *failure = nullptr;

            ASSERT_NE(handler, nullptr);
            const bool good = handler(&desk, message.get(), content.get(), &failure);
            EXPECT_EQ(good, failure == nullptr) << text.get();
            error.take(failure);
            delivered++;
        }
    }
    GLogLevelFlags fatal_ = G_LOG_LEVEL_ERROR;
};

TEST_F(HostileCommand, NoOddMemberBringsAHandlerDown)
{
    introduce(peer());
    const std::string name = dim_book_name(book.get(), peer().id());

    // A stranger speaks of himself, of the peer, and as the station does.
    for (const char *who : { "<peer>", "<stranger>", "<me>" }) {
        const std::string about = R"(,"did":")" + std::string(who) + "\"";

        sweep(R"("command":"meta","meta":<peer.meta>)" + about);
        sweep(R"("command":"document","last_time":5)" + about);
        sweep(R"("command":"document","meta":<peer.meta>,"document":<stranger.visa>)" + about);
        sweep(R"("command":"documents","documents":[<stranger.visa>])" + about);
        sweep(R"("command":"profile","profile":"{}","signature":"AAAA")" + about);
        sweep(R"("command":"login","login":{"account":"<peer>","station":{}})" + about);
    }
    sweep(
        R"("command":"handshake","title":"DIM?","session":"key","remote_address":["x",7],"force":true)");
    sweep(R"("command":"report","title":"online","state":"foreground")");
    sweep(
        R"("command":"receipt","text":"x","origin":{"sender":"<me>","sn":7,"signature":"abc"},)"
        R"("envelope":{"sender":"<me>"},"sender":"<me>","signature":"abc")");
    EXPECT_GT(delivered, 5000u);
    // Nobody was harmed: the peer is who he was, and the stranger, whose meta never came, is nobody.
    EXPECT_EQ(dim_book_name(book.get(), peer().id()), name);
    EXPECT_TRUE(dim_meta_matches(dim_book_meta(book.get(), peer().id()), peer().id()));
    EXPECT_EQ(dim_book_meta(book.get(), stranger().id()), nullptr);
    EXPECT_EQ(rows()[0], 1u);
    EXPECT_EQ(rows()[1], 1u);
}

class FullDiskCommand : public DeskTest {
  protected:
    Folder folder;

    void
    SetUp() override
    {
        DeskTest::SetUp();
        book.reset();
        store.reset(dim_store_open(folder.file("store.db").c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        book.reset(dim_book_new(store.get(), clock.get()));
        desk.book = book.get();
    }
    void
    TearDown() override
    {
        book.reset();
        store.reset(); // before its folder
    }
    void
    fails(const DimId *from, const std::string &members)
    {
        const std::vector<guint> before = rows();

        {
            FullDisk disk;

            EXPECT_FALSE(say(from, members)) << members;
            EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << members;
        }
        EXPECT_TRUE(done.empty());
        EXPECT_EQ(rows(), before);
        // And once there is room again, all is as it should be.
        EXPECT_TRUE(say(from, members)) << error.message();
        EXPECT_FALSE(done.empty());
        done.clear();
    }
};

TEST_F(FullDiskCommand, WhatCannotBeKeptIsNotTaken)
{
    fails(peer().id(), R"("command":"meta","did":"<peer>","meta":<peer.meta>)");
    fails(peer().id(), R"("command":"document","did":"<peer>","document":<peer.visa>)");
    fails(peer().id(), R"("command":"login","did":"<peer>")");
    EXPECT_EQ(replies, (Words{ "peer: Meta not accepted.", "peer: Meta received.",
                               "peer: Document not accepted.", "peer: Document received." }));
}

} // namespace
