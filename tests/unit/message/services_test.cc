// SPDX-License-Identifier: GPL-2.0-or-later
// Bodies for the network's services: what we send, and what comes of hostile answers.
#include "message/services.h"

#include <string>

#include "base/json.h"
#include "message/record.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

using namespace support;

#define BOB   "bob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2"
#define ALICE "0x5575CD418f113E5C2FE51870501aA404b6572Ceb"

OWNED(GPtrArray) people()
{
    OWNED(GPtrArray)
    ids(g_ptr_array_new_with_free_func([](gpointer id) { dim_id_unref((DimId *)id); }));

    for (const char *text : { BOB, ALICE })
        g_ptr_array_add(ids.get(), dim_id_parse(text, nullptr));
    return ids;
}

std::string
member(const DimContent *content, const char *name)
{
    const char *text = dim_json_text(dim_content_json(content), name);

    return text ? text : "";
}

OWNED(DimContent) parse(const std::string &text)
{
    return OWNED(DimContent)(dim_content_parse(text.c_str(), -1, nullptr));
}

TEST(Services, ASearchNamesItsWordsAndABound)
{
    OWNED(DimContent) search(dim_search_new("moky tom"));
    OWNED(DimContent) users(dim_search_new(nullptr));

    EXPECT_STREQ("search", dim_content_command(search.get()));
    EXPECT_EQ("moky tom", member(search.get(), "keywords"));
    EXPECT_EQ(50, dim_json_integer(dim_content_json(search.get()), "limit", 0));
    EXPECT_STREQ("users", dim_content_command(users.get()));
    EXPECT_EQ("", member(users.get(), "keywords"));
}

TEST(Services, NamesAndListsGoOutAsTheyShould)
{
    OWNED(GPtrArray) ids = people();
    OWNED(DimContent) ans(dim_ans_new("archivist assistant"));
    OWNED(DimContent) block(dim_list_new("block", ids.get()));
    OWNED(DimContent) question(dim_list_new("mute", nullptr));
    OWNED(GPtrArray) read(dim_command_ids(block.get(), "list"));

    EXPECT_EQ("archivist assistant", member(ans.get(), "names"));
    ASSERT_EQ(2u, read->len);
    EXPECT_STREQ(BOB, dim_id_text((DimId *)g_ptr_array_index(read.get(), 0)));
    EXPECT_FALSE(json_object_has_member(dim_content_json(question.get()), "list"));
    EXPECT_EQ(nullptr, dim_command_ids(question.get(), "list"));
}

TEST(Services, LeavesOutOfAListWhatIsNoId)
{
    OWNED(DimContent)
    answer = parse(R"({"type":136,"sn":1,"command":"search","users":[")" BOB
                   R"(",null,7,"","x@y@z",{"ID":")" BOB R"("},[],")" ALICE R"("]})");
    OWNED(GPtrArray) ids(dim_command_ids(answer.get(), "users"));

    ASSERT_EQ(2u, ids->len);
    EXPECT_STREQ(ALICE, dim_id_text((DimId *)g_ptr_array_index(ids.get(), 1)));
    for (const char *users : { "null", "7", "\"" BOB "\"", "{}" }) {
        OWNED(DimContent)
        wrong = parse(std::string(R"({"type":136,"sn":1,"command":"search","users":)") + users
                      + "}");
        EXPECT_EQ(nullptr, dim_command_ids(wrong.get(), "users")) << users;
    }
}

TEST(Services, AListHasAnEnd)
{
    std::string many;

    for (int i = 0; i < 10003; i++)
        many += std::string(i ? "," : "") + "\"" BOB "\"";
    OWNED(DimContent)
    answer = parse(R"({"type":136,"sn":1,"command":"search","users":[)" + many + "]}");
    OWNED(GPtrArray) ids(dim_command_ids(answer.get(), "users"));
    EXPECT_EQ(10000u, ids->len);
}

TEST(Services, AGroupIsNotSetToAPartOfAList)
{
    const auto reset = [](int count) {
        std::string many;

        for (int i = 0; i < count; i++)
            many += std::string(i ? "," : "") + "\"" BOB "\"";
        OWNED(DimContent)
        content =
            parse(R"({"type":137,"sn":1,"time":5,"command":"reset","members":[)" + many + "]}");
        DimGroupRecord *record =
            dim_group_record_read(dim_id_any_station(), content.get(), nullptr);
        const int people = record != nullptr ? static_cast<int>(record->people->len) : -1;
        if (record != nullptr)
            dim_group_record_free(record);
        return people;
    };

    EXPECT_EQ(10000, reset(10000));
    EXPECT_EQ(-1, reset(10001)) << "who is behind would be thrown out";
}

class Backup : public ::testing::Test {
  protected:
    static DimPrivateKey *
    key(int which)
    {
        static const OWNED(DimPrivateKey)
            keys[] = { OWNED(DimPrivateKey)(dim_private_key_new(DIM_KEY_RSA, 1024, nullptr)),
                       OWNED(DimPrivateKey)(dim_private_key_new(DIM_KEY_RSA, 1024, nullptr)) };
        return keys[which].get();
    }
    static OWNED(GPtrArray) mine(std::initializer_list<int> which)
    {
        OWNED(GPtrArray) all(g_ptr_array_new());

        for (int i : which)
            g_ptr_array_add(all.get(), key(i));
        return all;
    }
    static OWNED(DimContent) made()
    {
        OWNED(GPtrArray) ids = people();

        return OWNED(DimContent)(
            dim_storage_new(ids.get(), dim_private_key_public(key(0)), key(0), nullptr));
    }
    // The same with one member changed.
    static OWNED(DimContent) with(const char *name, const char *value)
    {
        OWNED(DimContent) content = made();
        OWNED(JsonObject) copy(dim_json_copy(dim_content_json(content.get())));

        if (value)
            json_object_set_string_member(copy.get(), name, value);
        else
            json_object_remove_member(copy.get(), name);
        return OWNED(DimContent)(dim_content_from_json(copy.get(), nullptr));
    }
};

TEST_F(Backup, ComesBackWithAnyOfMyKeysAndTellsNothingToOthers)
{
    OWNED(DimContent) content = made();
    OWNED(GPtrArray) back(dim_storage_contacts(content.get(), mine({ 1, 0 }).get(), nullptr));

    EXPECT_EQ("contacts", member(content.get(), "title"));
    ASSERT_NE(back, nullptr);
    ASSERT_EQ(2u, back->len);
    EXPECT_STREQ(BOB, dim_id_text((DimId *)g_ptr_array_index(back.get(), 0)));
    EXPECT_STREQ(ALICE, dim_id_text((DimId *)g_ptr_array_index(back.get(), 1)));
    Text text(dim_content_to_text(content.get()));
    EXPECT_EQ(std::string::npos, std::string(text.get()).find("BjHgY1"));
}

TEST_F(Backup, IsOfWhoSignedIt)
{
    const std::pair<const char *, const char *> changes[] = {
        { "signature", nullptr }, { "signature", "AAAA" }, { "signature", "%%%" },
        { "data", "AAAA" },       { "data", nullptr },
    };

    EXPECT_TRUE(dim_storage_is_of(made().get(), dim_private_key_public(key(0))));
    EXPECT_FALSE(dim_storage_is_of(made().get(), dim_private_key_public(key(1))));
    for (const auto &[name, value] : changes)
        EXPECT_FALSE(dim_storage_is_of(with(name, value).get(), dim_private_key_public(key(0))))
            << name << " " << (value ? value : "absent");
}

TEST_F(Backup, IsClosedToOtherKeys)
{
    Error error;
    OWNED(DimContent) content = made();

    EXPECT_EQ(nullptr, dim_storage_contacts(content.get(), mine({ 1 }).get(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NO_KEY));
}

TEST_F(Backup, OfMorePeopleThanAListHoldsIsRefused)
{
    OWNED(GPtrArray) one = people();
    OWNED(GPtrArray) many(g_ptr_array_new());
    support::Error error;

    for (int i = 0; i < 10001; i++)
        g_ptr_array_add(many.get(), one->pdata[0]);
    OWNED(DimContent)
    backup(dim_storage_new(many.get(), dim_private_key_public(key(0)), key(0), nullptr));
    EXPECT_EQ(nullptr, dim_storage_contacts(backup.get(), mine({ 0 }).get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NOT_ALLOWED));
    g_ptr_array_set_size(many.get(), 10000);
    OWNED(DimContent)
    fits(dim_storage_new(many.get(), dim_private_key_public(key(0)), key(0), nullptr));
    OWNED(GPtrArray) back(dim_storage_contacts(fits.get(), mine({ 0 }).get(), nullptr));
    ASSERT_NE(nullptr, back);
    EXPECT_EQ(10000u, back->len);
}

TEST_F(Backup, RefusesWhatWasChanged)
{
    const std::pair<const char *, const char *> changes[] = {
        { "data", nullptr }, { "data", "" },     { "data", "%%%" },
        { "data", "AAAA" },  { "key", nullptr }, { "key", "AAAA" },
        { "key", "%%%" },    { "IV", nullptr },  { "IV", "AAAA" },
    };

    for (const auto &[name, value] : changes) {
        OWNED(DimContent) content = with(name, value);
        Error error;

        EXPECT_EQ(nullptr, dim_storage_contacts(content.get(), mine({ 0 }).get(), &error))
            << name << " " << (value ? value : "absent");
        EXPECT_TRUE(error);
    }
}

TEST_F(Backup, AQuestionHasNoData)
{
    OWNED(DimContent)
    question(dim_storage_new(nullptr, dim_private_key_public(key(0)), nullptr, nullptr));

    EXPECT_FALSE(json_object_has_member(dim_content_json(question.get()), "data"));
    EXPECT_FALSE(json_object_has_member(dim_content_json(question.get()), "key"));
}

} // namespace
