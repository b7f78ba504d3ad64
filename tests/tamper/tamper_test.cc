// SPDX-License-Identifier: GPL-2.0-or-later
// Every byte of a message flipped, every member dropped, retyped and doubled on its way: what is shown is what verdicts.txt says.
#include "tamper_fields.hh"

namespace {

// The name of the outermost member that each byte belongs to; "(syntax)" for what stands between them.
std::vector<std::string>
members_of_bytes(const std::string &text)
{
    std::vector<std::string> owners(text.size(), "(syntax)");
    std::string name;
    int depth = 0;

    for (size_t at = 0; at < text.size(); at++) {
        if (text[at] == '"') {
            size_t end = at + 1;

            while (text[end] != '"')
                end += text[end] == '\\' ? 2 : 1;
            if (depth == 1 && (text[at - 1] == '{' || text[at - 1] == ','))
                name = text.substr(at + 1, end - at - 1);
            for (; at < end; at++)
                owners[at] = name;
            owners[at] = name;
            continue;
        }
        depth += text[at] == '{' || text[at] == '[';
        depth -= text[at] == '}' || text[at] == ']';
        if (!(depth == 1 && text[at] == ',') && depth > 0 && !name.empty())
            owners[at] = name;
    }
    return owners;
}

class TamperByteTest : public TamperTest, public ::testing::WithParamInterface<bool> {
  protected:
    void
    SetUp() override
    {
        TamperTest::SetUp();
        binding = GetParam();
    }
};

INSTANTIATE_TEST_SUITE_P(With, TamperByteTest, ::testing::Bool());

TEST_P(TamperByteTest, EveryByteOfTalk)
{
    const size_t size = letter(*known, false).wire.size();

    for (size_t at = 0; at < size - 4; at++) {
        const Letter was = letter(*known, false);
        std::string wire = was.wire;

        wire[at] = static_cast<char>(wire[at] ^ 1 << at % 8);
        judge(members_of_bytes(was.wire)[at], "flip", false, was, wire);
    }
}

TEST_P(TamperByteTest, EveryByteOfAStrangersFirstMessage)
{
    const size_t size = letter(Writer(peer, clock.now()), true).wire.size();

    for (size_t at = 0; at < size - 4; at++) {
        const Writer writer(peer, clock.now());
        const Letter was = letter(writer, true);
        std::string wire = was.wire;

        wire[at] = static_cast<char>(wire[at] ^ 1 << at % 7);
        judge(members_of_bytes(was.wire)[at], "flip", true, was, wire);
        check_book(writer, members_of_bytes(was.wire)[at]);
    }
}

// A second member of that name behind the others.
std::string
twice(const std::string &wire, const std::string &member)
{
    auto object = tree(wire);
    OWNED(JsonObject) alone(json_object_new());
    const char *names[] = { "group", "sn" };
    std::string start = wire;

    for (const char *name : names) {
        if (member == name) { // not written by us
            put(object.get(), member, member == "sn" ? "7" : "null");
            start = write(object.get());
        }
    }
    json_object_set_member(alone.get(), member.c_str(),
                           json_object_dup_member(object.get(), member.c_str()));
    return start.substr(0, start.size() - 1) + "," + write(alone.get()).substr(1);
}

TEST_F(TamperFieldTest, EveryMemberDroppedAndRetyped)
{
    retype_all("", { "sender", "receiver", "time", "type", "data", "signature", "IV", "key",
                     "keys", "SDT", "meta", "visa", "group", "sn" });
    retype_all("meta", { "type", "version", "key", "seed", "fingerprint" });
    retype_all("visa", { "did", "ID", "type", "data", "signature" });
}

TEST_F(TamperFieldTest, WhatStandsTwice)
{
    for (const char *member : { "sender", "receiver", "time", "type", "data", "signature", "IV",
                                "key", "keys", "SDT", "meta", "visa", "group", "sn" }) {
        const Letter was = letter(*known, true);
        const Writer writer(peer, clock.now());
        const Letter first = letter(writer, true);

        judge(member, "twice", false, was, twice(was.wire, member));
        judge(member, "twice", true, first, twice(first.wire, member));
    }
    for (const char *behind : { "{}", ",", "}", "x", "\f", "/**/", "\xef\xbb\xbf" }) {
        const Letter was = letter(*known, true), other = letter(*known, true);

        judge("(syntax)", "behind", false, was, was.wire + behind);
        judge("(syntax)", "before", false, other, behind + other.wire);
    }
    const Letter was = letter(*known, true);
    judge("(syntax)", "blanks", false, was, " \t" + was.wire + "\r\n ");
}

// Last of all (registered below): every row has been needed, and there were enough cases.
class WholeTable : public ::testing::Environment {
    void
    TearDown() override
    {
        const auto *unit = ::testing::UnitTest::GetInstance();

        if (unit->successful_test_count() < unit->total_test_count())
            return; // a filter, or worse
        EXPECT_EQ(tamper::table().unused(), "");
        EXPECT_GE(tamper::cases(), 2000);
        printf("%d cases\n", tamper::cases());
    }
};

const auto *const whole_table =
    ::testing::AddGlobalTestEnvironment(new WholeTable); // GTest frees it

} // namespace
