// SPDX-License-Identifier: GPL-2.0-or-later
// Who can be found: by words, by ID, in pages, after a restart, and who is not listed.
#include "station/directory.h"

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "people/book.h"

#include "tests/support/matchers.hh"
#include "tests/unit/station/person.hh"

using namespace station_test;

namespace {

using Words = std::vector<std::string>;

struct Shelf {
    Shelf()
    {
        open();
    }
    void
    open()
    {
        directory.reset(dim_directory_new(store.get(), &error));
        EXPECT_TRUE(directory) << error.message();
    }
    void
    put(const std::string &id, const char *name)
    {
        OWNED(DimId) parsed(dim_id_parse(id.c_str(), &error));

        ASSERT_TRUE(parsed) << error.message();
        dim_directory_put(directory.get(), parsed.get(), name);
    }
    Words
    find(const Words &words, guint start = 0, guint count = 100)
    {
        std::vector<char *> list;

        for (const std::string &word : words)
            list.push_back(const_cast<char *>(word.c_str()));
        list.push_back(nullptr);
        GPtrArray *found =
            dim_directory_find(directory.get(), list.data(), start, count, &looked);
        Words ids;

        for (guint i = 0; i < found->len; i++)
            ids.emplace_back(static_cast<const char *>(found->pdata[i]));
        g_ptr_array_unref(found);
        return ids;
    }
    support::Error error;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimDirectory) directory;
    guint looked = 0;
};

const char ANNA[] = "0x4b3B4D5F4C1c6D4A4F1a0F1bE4c1C2D3e4F5a6B7";
const char BEN[] = "0x5c4C5E604d2d7E5B501B101CF5D2d3E4f506b7c8";

TEST(Directory, FindsByEveryWordInNameOrIdWhateverTheCase)
{
    Shelf shelf;

    shelf.put(ANNA, "Anna Łódź");
    shelf.put(BEN, "Ben of Łódź");
    EXPECT_EQ(shelf.find({ "ANNA" }), Words{ ANNA });
    EXPECT_EQ(shelf.find({ "łÓDŹ" }), (Words{ ANNA, BEN }));
    EXPECT_EQ(shelf.find({ "łódź", "ben" }), Words{ BEN });
    EXPECT_EQ(shelf.find({ "0X4B3b" }), Words{ ANNA });
    EXPECT_EQ(shelf.find({ "anna", "ben" }), Words{});
    EXPECT_EQ(shelf.find({ "%" }), Words{});
}

TEST(Directory, AnotherNameTakesThePlaceOfTheFormer)
{
    Shelf shelf;

    shelf.put(ANNA, "Anna");
    shelf.put(ANNA, "Berta");
    EXPECT_EQ(shelf.find({ "anna" }), Words{});
    EXPECT_EQ(shelf.find({ "berta" }), Words{ ANNA });
    shelf.put(ANNA, nullptr);
    EXPECT_EQ(shelf.find({ "0x" }), Words{ ANNA });
    EXPECT_EQ(shelf.find({ "berta" }), Words{});
}

TEST(Directory, GivesPagesAndSaysHowFarItLooked)
{
    Shelf shelf;
    guint8 seed[2] = {};

    for (int i = 0; i < 100; i++) {
        seed[0] = static_cast<guint8>(i);
        Text address(dim_address_btc(seed, sizeof seed, 0x08));
        shelf.put(address.get(), i % 2 != 0 ? "odd" : "even");
    }
    EXPECT_EQ(shelf.find({ "odd" }).size(), 50u);
    EXPECT_EQ(shelf.looked, 100u);
    const Words first = shelf.find({ "odd" }, 0, 10);
    EXPECT_EQ(shelf.looked, 20u);
    const Words second = shelf.find({ "odd" }, 10, 10);
    EXPECT_EQ(first.size(), 10u);
    EXPECT_EQ(second.size(), 10u);
    EXPECT_NE(first.back(), second.front());
    EXPECT_EQ(shelf.find({ "odd" }, 45, 10).size(), 5u);
    EXPECT_TRUE(shelf.find({ "odd" }, 4000000000u, 10).empty());
}

TEST(Directory, ListsNoGroupsAndNoStations)
{
    Shelf shelf;
    guint8 seed[4] = { 1, 2, 3, 4 };
    Text group(dim_address_btc(seed, sizeof seed, 0x10));
    Text station(dim_address_btc(seed, sizeof seed, 0x88));
    Text bot(dim_address_btc(seed, sizeof seed, 0xC8));

    shelf.put(std::string("club@") + group.get(), "club");
    shelf.put(std::string("club@") + station.get(), "club");
    shelf.put(std::string("club@") + bot.get(), "club");
    EXPECT_EQ(shelf.find({ "club" }), Words{ std::string("club@") + bot.get() });
}

TEST(Directory, ANameAsLongAsAVisaIsSearchedAtItsBeginningOnly)
{
    Shelf shelf;
    const std::string name = "anna" + std::string(300, 'x') + "behind";
    std::string wide = "a";

    for (int i = 0; i < 200; i++)
        wide += "你"; /* three bytes: the bound falls into the middle of one */
    shelf.put(ANNA, name.c_str());
    shelf.put(BEN, wide.c_str());
    EXPECT_EQ(shelf.find({ "annax" }), Words{ ANNA });
    EXPECT_EQ(shelf.find({ "behind" }), Words{});
    EXPECT_EQ(shelf.find({ "你你" }), Words{ BEN });
    EXPECT_EQ(shelf.find({ "0x5c" }), Words{ BEN });
}

TEST(Directory, ARestartKnowsEverybodyWithAVisaByTheNewestName)
{
    Shelf shelf;
    Person anna("Anna");
    Person ben("Ben");
    DimBook *book = dim_book_new(shelf.store.get(), dim_clock_system());

    dim_book_keep_everybody(book);
    for (const Person *who : { &anna, &ben }) {
        ASSERT_TRUE(
            dim_book_save_meta(book, who->id(), dim_user_meta(who->user.get()), &shelf.error));
        ASSERT_EQ(dim_book_save_document(book, who->id(), dim_user_visa(who->user.get()),
                                         &shelf.error),
                  DIM_BOOK_RECEIVED);
    }
    dim_book_free(book);
    EXPECT_TRUE(shelf.find({ "anna" }).empty());
    shelf.open();
    EXPECT_EQ(shelf.find({ "anna" }), Words{ anna.name() });
    EXPECT_EQ(shelf.find({ "ben" }), Words{ ben.name() });
}

TEST(Directory, WhoWasUndoneWithHisTurnIsNotFound)
{
    Shelf shelf;
    const auto save = [&](const char *id) {
        DimRecord record{ id, 1, nullptr, nullptr, nullptr };
        ASSERT_TRUE(dim_store_save(shelf.store.get(), DIM_TABLE_METAS, &record, &shelf.error));
        shelf.put(id, "anna");
    };

    save(ANNA);
    ASSERT_TRUE(dim_store_begin(shelf.store.get(), &shelf.error));
    save(BEN);
    EXPECT_EQ(shelf.find({ "anna" }), (Words{ ANNA, BEN }));
    dim_store_rollback(shelf.store.get());
    EXPECT_EQ(shelf.find({ "anna" }), Words{ ANNA });
    save(BEN);
    EXPECT_EQ(shelf.find({ "anna" }), (Words{ ANNA, BEN }));
}

TEST(Directory, RowsThatCannotBeReadAreLeftOut)
{
    Shelf shelf;
    int number = 0;

    for (const char *text : { "", "{", "[]", "{}", R"({"data":7})", R"({"data":"nonsense"})",
                              R"({"data":"{\"name\":[1]}"})" }) {
        const std::string key = "row " + std::to_string(number++);
        GBytes *value = g_bytes_new(text, strlen(text));
        DimRecord record{ key.c_str(), 1, ANNA, "visa", value };

        ASSERT_TRUE(dim_store_save(shelf.store.get(), DIM_TABLE_DOCUMENTS, &record, nullptr));
        g_bytes_unref(value);
    }
    shelf.open();
    EXPECT_EQ(shelf.find({ "0x" }), Words{ ANNA }) << "a name that is none is no name";
}

} // namespace
