// SPDX-License-Identifier: GPL-2.0-or-later
// IDs cut, compared and refused.
#include "identity/id.h"

#include <set>
#include <string>

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"
#include "tests/support/translation.hh"
#include "tests/unit/base/colliding.hh"

namespace {

const char *const hulk = "hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj";
const char *const alice = "0x98d548788b2b84f3F59224417855F40305779Bf2";

TEST(Id, CutsNameAddressAndTerminal)
{
    OWNED(DimId) id(dim_id_parse("hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj/phone", nullptr));

    ASSERT_NE(nullptr, id);
    EXPECT_STREQ("hulk", dim_id_name(id.get()));
    EXPECT_STREQ("4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj", dim_id_address(id.get()));
    EXPECT_STREQ("phone", dim_id_terminal(id.get()));
    EXPECT_STREQ(hulk, dim_id_text(id.get()));
    EXPECT_STREQ("hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj/phone", dim_id_full(id.get()));
    EXPECT_EQ(0x08, dim_id_network(id.get()));
    EXPECT_TRUE(dim_id_is_user(id.get()));
    support::Text number(dim_id_number_text(id.get()));
    EXPECT_STREQ("272-972-7604", number.get());
}

TEST(Id, IsEqualWhateverTheTerminal)
{
    OWNED(DimId) a(dim_id_parse(hulk, nullptr));
    OWNED(DimId) b(dim_id_parse("hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj/phone", nullptr));
    OWNED(DimId) c(dim_id_parse("4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj", nullptr));
    OWNED(DimId) d(dim_id_parse("@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj", nullptr));

    EXPECT_TRUE(dim_id_equal(a.get(), b.get()));
    EXPECT_EQ(dim_id_hash(a.get()), dim_id_hash(b.get()));
    EXPECT_FALSE(dim_id_equal(a.get(), c.get()));
    EXPECT_TRUE(dim_id_equal(c.get(), d.get()));
    EXPECT_STREQ("", dim_id_name(d.get()));
    EXPECT_EQ(nullptr, dim_id_name(c.get()));
}

TEST(Id, ReadsBroadcastLiteralsInAnyCase)
{
    OWNED(DimId) one(dim_id_parse("AnyOne@AnyWhere", nullptr));

    EXPECT_STREQ("anyone@anywhere", dim_id_full(one.get()));
    EXPECT_TRUE(dim_id_equal(one.get(), dim_id_anyone()));
    EXPECT_TRUE(dim_id_is_broadcast(one.get()));
    OWNED(DimId) tailed(dim_id_parse("AnyOne@AnyWhere/phone", nullptr));
    EXPECT_TRUE(dim_id_equal(tailed.get(), dim_id_anyone()));
    EXPECT_STREQ("anyone", dim_id_name(tailed.get()));
    OWNED(DimId) other(dim_id_parse("Archivist@anywhere", nullptr));
    EXPECT_STREQ("Archivist@anywhere", dim_id_text(other.get()));
    EXPECT_TRUE(dim_id_is_group(dim_id_everyone()));
    EXPECT_TRUE(dim_id_is_broadcast(dim_id_every_station()));
    EXPECT_TRUE(dim_id_is_user(dim_id_any_station()));
}

TEST(Id, NeedsANameForBroadcast)
{
    OWNED(DimId) bare(dim_id_parse("everywhere", nullptr));

    ASSERT_NE(nullptr, bare);
    EXPECT_FALSE(dim_id_is_broadcast(bare.get()));
    EXPECT_TRUE(dim_id_is_user(bare.get()));
}

TEST(Id, RefusesWhatIsNone)
{
    const std::string long_one = "x@" + std::string(126, 'a') + "b";
    const std::string long_name = std::string(86, 'n') + "@" + alice;
    const char *const bad[] = { "",
                                "x",
                                "a@b@c",
                                "name@",
                                "hello",
                                "a b@0x98d548788b2b84f3F59224417855F40305779Bf2",
                                "a\n@anywhere",
                                "a\xe2\x80\xae@anywhere",
                                "a\xff@anywhere",
                                "bob@x",
                                "a@b@0x98d548788b2b84f3F59224417855F40305779Bf2",
                                "a\x01@anywhere",
                                "a\x7f@anywhere",
                                "a\xc2\x85@anywhere",
                                "a\xed\xa0\x80@anywhere", // half of a pair
                                "a\u200b@anywhere",
                                "a\ufdd0@anywhere",
                                "a\uffff@anywhere",
                                long_name.c_str(),
                                long_one.c_str() };

    for (const char *text : bad) {
        support::Error error;

        EXPECT_EQ(nullptr, dim_id_parse(text, &error)) << text;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << text;
    }
    OWNED(DimId) longest(dim_id_parse(long_name.c_str() + 1, nullptr));
    EXPECT_NE(nullptr, longest) << "128 characters";
    support::Error error;
    EXPECT_EQ(nullptr, dim_id_parse(nullptr, &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

// Honest names hold emoji. That the address goes with one name alone is the meta's matter.
TEST(Id, ANameMayHoldASelectorAndIsAnotherOneWithIt)
{
    const std::string address = "@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj";
    OWNED(DimId) plain(dim_id_parse(("bob\u2764" + address).c_str(), nullptr));
    OWNED(DimId) red(dim_id_parse(("bob\u2764\ufe0f" + address).c_str(), nullptr));

    ASSERT_NE(nullptr, plain);
    ASSERT_NE(nullptr, red);
    EXPECT_STREQ("bob\u2764\ufe0f", dim_id_name(red.get()));
    EXPECT_EQ("bob\u2764\ufe0f" + address, dim_id_text(red.get()));
    EXPECT_FALSE(dim_id_equal(plain.get(), red.get()));
    EXPECT_EQ(nullptr, dim_id_parse(("bob\u200d" + address).c_str(), nullptr)) << "a format";
}

TEST(Id, TakesAHashedAddressNeverForBroadcast)
{
    // a legacy "thing": the byte of this address is 0x80, as that of anywhere
    OWNED(DimId) eth(dim_id_parse(alice, nullptr));
    guint8 data[4] = { 1, 2, 3, 4 };
    support::Text address(dim_address_btc(data, sizeof data, 0x80));
    std::string text = std::string("thing@") + address.get();
    OWNED(DimId) thing(dim_id_parse(text.c_str(), nullptr));

    ASSERT_NE(nullptr, thing);
    EXPECT_FALSE(dim_id_is_broadcast(thing.get()));
    EXPECT_FALSE(dim_id_is_broadcast(eth.get()));
}

// A slip of the hand must not give an ID of which no key ever comes: what is said to it would wait for ever.
TEST(Id, RefusesAPersonInTheLanguageOfThePerson)
{
    support::Translation language(
        "msgid \"“%.100s” is not a DIM ID. An ID looks like 0x1234… or name@1234….\"\n"
        "msgstr \"«%.100s» war keine.\"\n");
    support::Error error;

    ASSERT_TRUE(language.works);
    EXPECT_EQ(dim_id_from_person("@", &error), nullptr);
    EXPECT_EQ(error.message(), std::string("«@» war keine."));
}

// Small letters alone carry no checksum: whoever wrote them to be rid of the sentence would write to nobody.
TEST(Id, OfAFailedChecksumNoWayAroundItIsTold)
{
    support::Error error;

    EXPECT_EQ(dim_id_from_person("0x98d548788b2b84f3F59224417855F40305779Bf3", &error),
              nullptr);
    EXPECT_NE(error.message().find("Copy the ID anew"), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("small"), std::string::npos) << error.message();
}

TEST(Id, OfAPersonGetsItsCapitalsOrASentence)
{
    static const struct {
        const char *typed, *id;
    } good[] = {
        { alice, alice },
        { "0x98d548788b2b84f3f59224417855f40305779bf2", alice },
        { "0x98D548788B2B84F3F59224417855F40305779BF2", alice },
        { "0X98D548788B2B84F3F59224417855F40305779BF2", alice },
        { "  0x98d548788b2b84f3f59224417855f40305779bf2\n", alice },
        { "0x0000000000000000000000000000000000000000",
          "0x0000000000000000000000000000000000000000" },
        { " hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj", hulk },
        { "4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj", "4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj" },
        { "everyone@everywhere", "everyone@everywhere" },
    };
    static const struct {
        const char *typed, *said;
    } bad[] = {
        { "0x98d548788b2b84f3F59224417855F40305779bf2", "do not fit" },
        { "0x98d548788b2b84f3F59224417855F40305779Bf3", "do not fit" },
        { "0xzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "wrong or missing" },
        { "0x98d548788b2b84f3F59224417855F40305779Bf", "wrong or missing" },
        { "hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEk", "wrong or missing" },
        { "hulk@4yeven3aunvc1dnuufcq1bs9zobsjtzvej", "wrong or missing" },
        { "hulk@0x98d548788b2b84f3F59224417855F40305779Bf2", "without a name" },
        { "", "not a DIM ID" },
        { "hulk", "not a DIM ID" },
    };

    for (const auto &row : good) {
        support::Error error;
        OWNED(DimId) id(dim_id_from_person(row.typed, &error));

        ASSERT_NE(nullptr, id) << row.typed << error.message();
        EXPECT_STREQ(row.id, dim_id_text(id.get())) << row.typed;
    }
    for (const auto &row : bad) {
        support::Error error;

        EXPECT_EQ(nullptr, dim_id_from_person(row.typed, &error)) << row.typed;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << row.typed;
        EXPECT_NE(std::string::npos, std::string(error.message()).find(row.said))
            << error.message();
    }
    OWNED(DimId)
    tailed(dim_id_from_person("0x98d548788b2b84f3f59224417855f40305779bf2/phone", nullptr));
    EXPECT_STREQ("phone", dim_id_terminal(tailed.get()));
    EXPECT_STREQ(alice, dim_id_text(tailed.get()));
}

// On the wire case counts: nobody's keys hang on the other spelling, and a signature is over what stands there.
TEST(Id, OfTheWireKeepsItsCase)
{
    OWNED(DimId) right(dim_id_parse(alice, nullptr));
    OWNED(DimId) other(dim_id_parse("0x98d548788b2b84f3f59224417855f40305779bf2", nullptr));
    OWNED(DimId) none(dim_id_parse("0xzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", nullptr));

    EXPECT_STREQ("0x98d548788b2b84f3f59224417855f40305779bf2", dim_id_text(other.get()));
    EXPECT_FALSE(dim_id_equal(right.get(), other.get()));
    EXPECT_EQ(DIM_ADDRESS_ETH, dim_id_kind(other.get()));
    ASSERT_NE(nullptr, none);
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN, dim_id_kind(none.get()));
}

// A list of members is a table of IDs: names that all have one hash would make it as slow as its square.
TEST(Id, NamesMadeToCollideHaveHashesOfTheirOwn)
{
    std::set<guint> hashes;

    for (const std::string &name : support::colliding_names(8192)) {
        OWNED(DimId) id(dim_id_parse((name + "@" + alice).c_str(), nullptr));

        ASSERT_NE(nullptr, id);
        hashes.insert(dim_id_hash(id.get()));
    }
    EXPECT_GT(hashes.size(), 8180U);
}

} // namespace
