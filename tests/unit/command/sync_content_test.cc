// SPDX-License-Identifier: GPL-2.0-or-later
// What another device of mine tells of what I said there: believed of me alone, and lines only.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class SyncContent : public DeskTest {
  protected:
    bool
    tell(const DimId *from, const std::string &message, const DimId *to = me().id())
    {
        return hear(from,
                    R"({"type":204,"sn":7,"time":<now>,"app":"chat.dim.messenger",)"
                    R"("mod":"chat_history","act":"sync_message","message":)"
                        + message + "}",
                    to);
    }
};

const char LINE[] = R"({"sender":"<me>","receiver":"<peer>","time":<now>,)"
                    R"("content":{"type":1,"sn":9,"time":<now>,"text":"hello"}})";

TEST_F(SyncContent, IsALineOfMine)
{
    EXPECT_TRUE(tell(me().id(), LINE));
    EXPECT_EQ(done, Words{ "I said to peer hello" });
    EXPECT_TRUE(replies.empty());
}

TEST_F(SyncContent, IsALineOfMineInAGroupToo)
{
    const OWNED(DimId) group = made_id("group", DIM_TYPE_GROUP);
    const std::string id = dim_id_text(group.get());
    const auto to_group = [&](const std::string &inside) {
        return R"({"sender":"<me>","receiver":")" + id
               + R"(","content":{"type":1,"sn":9,"time":<now>,"text":"hello")" + inside + "}}";
    };

    EXPECT_TRUE(tell(me().id(), to_group("")));
    EXPECT_TRUE(tell(me().id(), to_group(R"(,"group":")" + id + "\"")));
    EXPECT_EQ(done, Words(2, "I said to " + id + " hello"));
    EXPECT_FALSE(tell(peer().id(), to_group("")));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_FALSE(tell(me().id(), to_group(R"(,"group":"stations@everywhere")")));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << "two groups";
    EXPECT_EQ(done.size(), 2u);
}

TEST_F(SyncContent, NobodyElseTellsWhatISaid)
{
    for (const DimId *who : { peer().id(), stranger().id(), station(), bot() }) {
        EXPECT_FALSE(tell(who, LINE));
        EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    }
    EXPECT_FALSE(tell(me().id(), LINE, dim_id_everyone()));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(done.empty());
}

TEST_F(SyncContent, RefusesWhatIsNoLineOfMine)
{
    for (
        const char *text :
        { "null", "[]", "{}", R"({"sender":"<me>"})",
          R"({"sender":"<peer>","receiver":"<me>","content":{"type":1,"text":"x"}})",
          R"({"sender":"<peer>","receiver":"<stranger>","content":{"type":1,"text":"x"}})",
          R"({"sender":"<me>","receiver":"<me>","content":{"type":1,"text":"x"}})",
          R"({"sender":"<me>","receiver":"everyone@everywhere","content":{"type":1}})",
          R"({"sender":"<me>","receiver":"???","content":{"type":1,"text":"x"}})",
          R"({"sender":"<me>","receiver":"<peer>","content":"x"})",
          R"({"sender":"<me>","receiver":"<peer>","content":{"type":136,"command":"meta"}})",
          R"({"sender":"<me>","receiver":"<peer>","content":{"type":204,"app":"chat.dim.group"}})",
          R"({"sender":"<me>","receiver":"<peer>","content":{"type":255,"secrets":[]}})" }) {
        EXPECT_FALSE(tell(me().id(), text)) << text;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << text;
    }
    EXPECT_TRUE(done.empty());
}

TEST_F(SyncContent, IsFoundByAppModAndAct)
{
    const char *others[] = { R"("app":"chat.dim.messenger","mod":"chat_history")",
                             R"("app":"chat.dim.messenger","act":"sync_message")",
                             R"("app":"x","mod":"chat_history","act":"sync_message")",
                             R"("app":7,"mod":"chat_history","act":"sync_message")" };

    for (const char *other : others) {
        OWNED(DimContent)
        content(dim_content_parse((std::string(R"({"type":204,"sn":1,)") + other + "}").c_str(),
                                  -1, nullptr));
        EXPECT_EQ(dim_customized_find(content.get()), nullptr) << other;
    }
    OWNED(DimContent)
    text(dim_content_parse(R"({"type":1,"sn":1,"app":"chat.dim.messenger",)"
                           R"("mod":"chat_history","act":"sync_message"})",
                           -1, nullptr));
    EXPECT_EQ(dim_customized_find(text.get()), nullptr);
}

} // namespace
