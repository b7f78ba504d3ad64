// SPDX-License-Identifier: GPL-2.0-or-later
// The real clock on a real main context, and chance within bounds.
#include "base/clock.h"

#include <ctime>
#include <gtest/gtest.h>
#include <set>
#include <string>

TEST(Clock, TellsTheTimeInSeconds)
{
    const DimClock *clock = dim_clock_system();

    EXPECT_NEAR(dim_clock_now(clock), static_cast<double>(time(nullptr)), 2.0);
    gint64 first = dim_clock_monotonic(clock);
    EXPECT_GE(dim_clock_monotonic(clock), first);
}

static gboolean
count_to_two(gpointer data)
{
    return ++*static_cast<int *>(data) < 2;
}

TEST(Clock, CallsLaterOnTheContextOfTheThread)
{
    const DimClock *clock = dim_clock_system();
    g_autoptr(GMainContext) context = g_main_context_new();
    int calls = 0;

    g_main_context_push_thread_default(context);
    EXPECT_GT(dim_clock_after(clock, 1, count_to_two, &calls), 0u);
    while (calls < 2)
        g_main_context_iteration(context, TRUE);
    g_usleep(5000);
    EXPECT_FALSE(g_main_context_iteration(context, FALSE));
    EXPECT_EQ(calls, 2);
    g_main_context_pop_thread_default(context);
}

// As long as something is due at once, again and again: windows are drawn by sources of that priority.
TEST(Clock, LetsAHostDrawBeforeWhatIsDueAtOnce)
{
    constexpr int DRAWING = G_PRIORITY_HIGH_IDLE + 20;
    const DimClock *clock = dim_clock_system();
    g_autoptr(GMainContext) context = g_main_context_new();
    GSource *draw = g_idle_source_new();
    std::string order;

    g_main_context_push_thread_default(context);
    dim_clock_after(
        clock, 0,
        [](gpointer data) -> gboolean {
            *static_cast<std::string *>(data) += "work ";
            return G_SOURCE_REMOVE;
        },
        &order);
    g_source_set_priority(draw, DRAWING);
    g_source_set_callback(
        draw,
        [](gpointer data) -> gboolean {
            *static_cast<std::string *>(data) += "draw ";
            return G_SOURCE_REMOVE;
        },
        &order, nullptr);
    g_source_attach(draw, context);
    g_source_unref(draw);
    while (g_main_context_iteration(context, FALSE)) {
    }
    EXPECT_EQ(order, "draw work ");
    g_main_context_pop_thread_default(context);
}

TEST(Clock, CancelsWhatIsDueAndForgetsTheNumber)
{
    const DimClock *clock = dim_clock_system();
    g_autoptr(GMainContext) context = g_main_context_new();
    int calls = 0;

    g_main_context_push_thread_default(context);
    guint id = dim_clock_after(clock, 0, count_to_two, &calls);
    dim_clock_clear(clock, &id);
    EXPECT_EQ(id, 0u);
    dim_clock_clear(clock, &id);
    EXPECT_FALSE(g_main_context_iteration(context, FALSE));
    EXPECT_EQ(calls, 0);
    g_main_context_pop_thread_default(context);
}

TEST(Clock, DrawsEveryNumberBelowTheBound)
{
    std::set<guint32> seen;

    for (int i = 0; i < 500; i++)
        seen.insert(dim_clock_random(dim_clock_system(), 6));
    EXPECT_EQ(seen, (std::set<guint32>{ 0, 1, 2, 3, 4, 5 }));
    EXPECT_EQ(dim_clock_random(dim_clock_system(), 1), 0u);
}

TEST(Clock, EndsWithAClockWhoseChanceIsStuck)
{
    DimClock stuck = *dim_clock_system();

    stuck.random = [](gpointer, guint8 *out, gsize size) {
        for (gsize i = 0; i < size; i++)
            out[i] = 0xff;
    };
    EXPECT_LT(dim_clock_random(&stuck, 10), 10u);
}
