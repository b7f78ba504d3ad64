// SPDX-License-Identifier: GPL-2.0-or-later
// Which handler a content goes to: by type and name, in the spellings of all ages.
#include "tests/unit/command/desk.hh"

namespace {

DimHandler *
find(const std::string &members)
{
    OWNED(DimContent) content(dim_content_parse(("{" + members + "}").c_str(), -1, nullptr));

    EXPECT_NE(content, nullptr) << members;
    return content ? dim_command_find(content.get()) : nullptr;
}

TEST(CommandTable, KnowsEveryNameOfACommand)
{
    const std::map<std::string, DimHandler *> names = {
        { "handshake", dim_handle_handshake }, { "meta", dim_handle_meta },
        { "document", dim_handle_document },   { "documents", dim_handle_document },
        { "visa", dim_handle_document },       { "profile", dim_handle_document },
        { "login", dim_handle_login },         { "report", dim_handle_report },
        { "broadcast", dim_handle_report },    { "online", dim_handle_report },
        { "offline", dim_handle_report },      { "receipt", dim_handle_receipt },
    };

    for (const auto &row : names) {
        EXPECT_EQ(find("\"type\":136,\"command\":\"" + row.first + "\""), row.second)
            << row.first;
        EXPECT_EQ(find("\"type\":\"136\",\"cmd\":\"" + row.first + "\""), row.second)
            << row.first;
    }
}

// The JavaScript client says what happens in a group in plain commands.
TEST(CommandTable, KnowsWhatHappensInAGroupUnderEitherType)
{
    const std::string group = ",\"group\":\"Group-1@kVqsMMHfkjtomJCB73kByyoJNp7941G1Y\"";

    for (const char *name : { "reset", "invite", "expel", "join", "quit", "resign" }) {
        const std::string command = ",\"command\":" + support::quoted(name);

        EXPECT_EQ(find("\"type\":137" + command + group), dim_handle_history) << name;
        EXPECT_EQ(find("\"type\":136" + command + group), dim_handle_history) << name;
        EXPECT_EQ(find("\"type\":136" + command), nullptr) << name << " of no group";
        EXPECT_EQ(find("\"type\":1" + command + group), nullptr) << name;
    }
}

TEST(CommandTable, KnowsNothingElse)
{
    for (const char *name : { "", "Meta", "meta ", "met", "metas", "query", "searches" })
        EXPECT_EQ(find("\"type\":136,\"command\":" + support::quoted(name)), nullptr) << name;
    // Neither another type nor a name that is no text.
    for (const char *members :
         { "\"type\":137,\"command\":\"meta\"", "\"type\":1,\"command\":\"meta\"",
           "\"type\":136", "\"type\":136,\"command\":null", "\"type\":136,\"command\":7",
           "\"type\":136,\"command\":[\"meta\"]" })
        EXPECT_EQ(find(members), nullptr) << members;
}

} // namespace
