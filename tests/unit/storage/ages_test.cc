// SPDX-License-Identifier: GPL-2.0-or-later
// DimAges: rows grow old while the program runs, whatever any clock shows, and a row of its own that is broken makes nothing old.
#include "storage/ages.h"

#include <array>
#include <cmath>
#include <limits>

#include "tests/support/fake_clock.hh"
#include "tests/unit/storage/files.hh"

namespace {

constexpr double HOUR = 3600;
constexpr double DAY = 24 * HOUR;

class Ages : public Store {
  protected:
    support::FakeClock clock;
    OWNED(DimAges) ages{ dim_ages_new(store, clock, 8 * DAY) };

    void
    begin(double keep = 8 * DAY)
    {
        ages.reset(dim_ages_new(store, clock, keep));
    }
    // What one look tells.
    double
    old(double last)
    {
        double found = -2;

        EXPECT_TRUE(dim_ages_look(ages.get(), last, &found, &error)) << error.message();
        return found;
    }
    // Looks each five minutes.
    double
    run(double seconds, double last)
    {
        double found = -2;

        for (double gone = 0; gone < seconds; gone += 300) {
            clock.advance(300);
            found = old(last);
        }
        return found;
    }
    double
    last_marked()
    {
        double last = -2;

        EXPECT_TRUE(dim_ages_last(ages.get(), &last, &error)) << error.message();
        return last;
    }
    std::vector<Row>
    rows()
    {
        std::vector<Row> all;

        EXPECT_TRUE(dim_store_list(store, DIM_TABLE_AGES, TRUE, collect, &all, &error));
        return all;
    }
    bool
    put(const char *key, double rank)
    {
        DimRecord record = { key, rank, nullptr, nullptr, nullptr };

        return dim_store_save(store, DIM_TABLE_AGES, &record, &error) != FALSE;
    }
    // What lies in the store now is not believed: there is a warning, and all of it goes.
    void
    expect_broken(const char *what)
    {
        begin();
        g_test_expect_message("dim-storage", G_LOG_LEVEL_WARNING, "*count as new*");
        EXPECT_EQ(last_marked(), 0) << what;
        g_test_assert_expected_messages();
        EXPECT_TRUE(rows().empty()) << what;
        EXPECT_EQ(old(7), -1) << what;
        EXPECT_EQ(run(7.9 * DAY, 7), -1) << what;
        EXPECT_TRUE(dim_store_prune(store, DIM_TABLE_AGES, G_MAXDOUBLE, nullptr));
    }
};

TEST_F(Ages, AreWhatTheProgramRanSinceARowCame)
{
    EXPECT_EQ(old(5), -1);
    EXPECT_EQ(run(7.9 * DAY, 6), -1);
    EXPECT_EQ(run(0.12 * DAY, 6), 5);
    EXPECT_EQ(run(0.03 * DAY, 6), 6)
        << "it came before the second mark, an hour after the first";
}

TEST_F(Ages, AreNeverMoreThanARowWaited)
{
    const double began = clock.now();

    for (double last = 1; last < 20 * 24; last++) { // one row each hour, its rank is its time
        for (int quarter = 0; quarter < 4; quarter++) {
            old(clock.now());
            clock.advance(HOUR / 4);
        }
        const double found = old(clock.now());
        EXPECT_LE(found, clock.now() - 8 * DAY);
        if (clock.now() - began > 9 * DAY) {
            EXPECT_GE(found, clock.now() - 8 * DAY - 2 * HOUR);
        }
    }
}

TEST_F(Ages, KnowNothingOfTheClock)
{
    EXPECT_EQ(old(5), -1);
    for (int i = 0; i < 288; i++) {
        clock.sleep(i % 2 != 0 ? 400 * DAY : -400 * DAY);
        EXPECT_EQ(run(300, 6), -1);
    }
    clock.sleep(-800 * DAY);
    EXPECT_EQ(run(6.9 * DAY, 7), -1);
    EXPECT_EQ(run(0.12 * DAY, 7), 5);
}

TEST_F(Ages, GoOnAfterARestart)
{
    EXPECT_EQ(old(5), -1);
    for (int hours = 0; hours < 31 * 24; hours++) { // of a program that is restarted each hour
        begin();
        clock.sleep(hours % 2 != 0 ? HOUR : -HOUR);
        const double found = run(HOUR, 5);
        EXPECT_EQ(found, hours < 8 * 24 - 1 ? -1 : 5) << hours;
    }
}

TEST_F(Ages, OfAnEmptyStoreBegin)
{
    clock.advance(300);
    EXPECT_EQ(old(0), -1);
    ASSERT_EQ(rows().size(), 1u) << "nothing ever came: no mark";
    EXPECT_EQ(rows()[0].key, "total");
    EXPECT_EQ(rows()[0].rank, 300);
    EXPECT_EQ(last_marked(), 0);
}

TEST_F(Ages, KeepMarksToTheLastDigit)
{
    const double rank = 1700000000.0000123;

    EXPECT_EQ(old(rank), -1);
    begin();
    EXPECT_EQ(last_marked(), rank);
    EXPECT_EQ(run(8.02 * DAY, rank + 1), rank);
}

TEST_F(Ages, CountNoSleepAndNoLongStop)
{
    EXPECT_EQ(old(5), -1);
    clock.advance(300 * DAY); // of a clock that also counts what the computer slept
    EXPECT_EQ(old(5), -1);
    EXPECT_EQ(rows().back().rank, 900);
    EXPECT_EQ(run(8 * DAY, 5), 5);
}

TEST_F(Ages, ABoundedNumberOfMarksIsKept)
{
    double last = 0;

    for (int i = 0; i < 30 * 288; i++)
        run(300, ++last);
    EXPECT_LE(rows().size(), 195u);
    EXPECT_GE(rows().size(), 190u);
    begin(DAY);
    for (int i = 0; i < 2 * 288; i++)
        run(300, ++last);
    begin(365 * DAY); // another limit: those of before are there for long
    for (int i = 0; i < 288; i++)
        run(300, ++last);
    EXPECT_LE(rows().size(), 200u);
}

TEST_F(Ages, MarkNothingMoreWhereTheyAreTooMany)
{
    for (int i = 0; i < 512; i++)
        ASSERT_TRUE(put(("mark " + std::to_string(i + 1)).c_str(), i));
    ASSERT_TRUE(put("total", 10 * HOUR));
    begin();
    EXPECT_EQ(last_marked(), 512);
    run(2 * HOUR, 600);
    EXPECT_EQ(rows().size(), 513u);
    ASSERT_TRUE(put("mark 513", 512));
    expect_broken("one too many");
}

TEST_F(Ages, ThatWereUndoneAreReadAgain)
{
    EXPECT_EQ(old(5), -1);
    ASSERT_TRUE(dim_store_begin(store, &error));
    run(2 * HOUR, 9);
    dim_store_rollback(store);
    EXPECT_EQ(last_marked(), 5);
    EXPECT_EQ(run(7.95 * DAY, 9), -1) << "less than the two hours short of eight days";
    EXPECT_EQ(run(0.06 * DAY, 9), 5);
}

TEST_F(Ages, ABrokenRowMakesNothingOld)
{
    static const struct {
        const char *key;
        double rank;
    } bad[] = {
        { "mark ", 1 },
        { "mark 1e999", 1 },
        { "mark nan", 1 },
        { "mark -5", 1 },
        { "mark 5x", 1 },
        { "mark  5", 1 },
        { "mark 0x5", 1 },
        { "mark 5.0", 1 },
        { "mark 20000000000", 1 },
        { "marks 5", 1 },
        { "", 1 },
        { "mark 7", 11 * DAY },
        { "mark 2", -1 },
        { "mark 2", 1 },
        { "mark 4", 0 },
        { "mark 7", std::numeric_limits<double>::infinity() },
    };

    for (const auto &row : bad) {
        ASSERT_TRUE(put("total", 10 * DAY) && put("mark 3", 0) && put(row.key, row.rank));
        expect_broken(row.key);
    }
}

TEST_F(Ages, ABrokenTotalMakesNothingOld)
{
    for (double total : { -1.0, 2e10, HOUR - 1, std::numeric_limits<double>::infinity() }) {
        ASSERT_TRUE(put("mark 3", HOUR) && put("total", total));
        expect_broken(std::to_string(total).c_str());
    }
    ASSERT_TRUE(put("mark 3", 0));
    expect_broken("no total at all");
}

TEST_F(Ages, TellHowLongTheProgramRan)
{
    double seconds = 5;

    EXPECT_TRUE(dim_ages_ran(store, &seconds, &error));
    EXPECT_EQ(seconds, 0);
    run(DAY, 1);
    clock.advance(100);
    EXPECT_TRUE(dim_ages_ran(store, &seconds, &error));
    EXPECT_EQ(seconds, DAY) << "as it is written down";
    ASSERT_TRUE(put("total", -5));
    EXPECT_TRUE(dim_ages_ran(store, &seconds, &error));
    EXPECT_EQ(seconds, 0);
}

TEST_F(Ages, TellWhenTheStoreCannotBeWritten)
{
    double found = 0;

    ASSERT_TRUE(dim_store_begin(store, &error));
    EXPECT_FALSE(dim_store_save(
        store, DIM_TABLE_AGES,
        std::array<DimRecord, 1>{ { { "x", std::nan(""), nullptr, nullptr, nullptr } } }.data(),
        nullptr))
        << "a rank is a number: the transaction is doomed";
    EXPECT_FALSE(dim_ages_look(ages.get(), 5, &found, &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    dim_store_rollback(store);
    EXPECT_EQ(old(5), -1);
}

// Whatever was kept goes on to be kept, and is not older than the file's new version.
TEST_F(Files, OfVersionFiveKeepTheirQueueAndItsAgeBegins)
{
    support::FakeClock clock;
    double found = 0;

    make(3);
    ASSERT_TRUE(run_sql(path, "DROP TABLE ages; PRAGMA user_version = 5;"
                              "INSERT INTO queue VALUES ('a', 5, 'l', '1', 'kept');"
                              "INSERT INTO seen VALUES ('told', 33e9, NULL, NULL, NULL),"
                              " ('tag', 17e8, NULL, NULL, NULL)"));
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(dim_store_has(store.get(), DIM_TABLE_QUEUE, "a"));
    EXPECT_EQ(keys(store.get(), DIM_TABLE_SEEN), "tag told ");
    ASSERT_TRUE(dim_store_prune(store.get(), DIM_TABLE_SEEN, 1, &error));
    EXPECT_EQ(keys(store.get(), DIM_TABLE_SEEN), "told ") << "no date is an age";
    OWNED(DimAges) ages(dim_ages_new(store.get(), clock, DAY));
    EXPECT_TRUE(dim_ages_look(ages.get(), 5, &found, &error)) << error.message();
    EXPECT_EQ(found, -1);
}

} // namespace
