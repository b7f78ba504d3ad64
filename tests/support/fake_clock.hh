// SPDX-License-Identifier: GPL-2.0-or-later
// A DimClock that tests drive: advance(seconds) fires timers in order, and lets the main loop run, in no real time.
#pragma once

#include <map>

#include "base/clock.h"

namespace support {

// Runs the thread-default main context until nothing is ready. FALSE if it never came to rest.
inline bool
settle()
{
    GMainContext *context = g_main_context_get_thread_default();

    for (int turns = 0; turns < 1000000; turns++) {
        if (!g_main_context_iteration(context, FALSE))
            return true;
    }
    return false;
}

class FakeClock {
  public:
    FakeClock()
    {
        clock_.now = [](gpointer self) { return static_cast<FakeClock *>(self)->wall_; };
        clock_.monotonic = [](gpointer self) {
            const auto *clock = static_cast<FakeClock *>(self);

            return clock->monotonic_
                   + (clock->since_ != 0 ? g_get_monotonic_time() - clock->since_ : 0);
        };
        clock_.after = &FakeClock::after;
        clock_.cancel = [](gpointer self, guint id) {
            auto *clock = static_cast<FakeClock *>(self);

            clock->unknown_cancels_ += clock->timers_.erase(id) == 0;
        };
        clock_.random = &FakeClock::random;
        clock_.data = this;
    }
    FakeClock(const FakeClock &) = delete;
    FakeClock &operator=(const FakeClock &) = delete;

    const DimClock *
    get() const
    {
        return &clock_;
    }
    operator const DimClock *() const
    {
        return &clock_;
    }

    // Time goes on: what is due fires when it is due, and the main loop runs in between.
    void
    advance(double seconds)
    {
        const gint64 end = monotonic_ + static_cast<gint64>(seconds * G_USEC_PER_SEC);

        settle();
        while (fire_next(end))
            settle();
        go_to(end);
        settle();
    }

    // One timer that is due now, and nothing else. FALSE if none is.
    bool
    step()
    {
        return fire_next(monotonic_);
    }

    // A callback takes its time; no timer fires meanwhile.
    void
    toil(double seconds)
    {
        go_to(monotonic_ + static_cast<gint64>(seconds * G_USEC_PER_SEC));
    }

    // From now on the work that is done takes its real time, as far as anybody can read it off; timers stay as they are.
    void
    flow()
    {
        since_ = g_get_monotonic_time();
    }

    // The computer sleeps: the wall's clock goes on, CLOCK_MONOTONIC and timers stand still.
    void
    sleep(double seconds)
    {
        wall_ += seconds;
    }

    double
    now() const
    {
        return wall_;
    }
    size_t
    timers() const // that wait
    {
        return timers_.size();
    }
    guint
    fired() const // since the beginning
    {
        return fired_;
    }
    guint
    unknown_cancels() const // of timers that were gone already
    {
        return unknown_cancels_;
    }
    void
    seed(guint64 seed)
    {
        chance_ = seed;
    }

  private:
    struct Timer {
        gint64 due;
        gint64 period;
        GSourceFunc call;
        gpointer data;
    };

    static guint
    after(gpointer self, guint milliseconds, GSourceFunc call, gpointer data)
    {
        auto *clock = static_cast<FakeClock *>(self);
        const gint64 period = static_cast<gint64>(milliseconds) * 1000;

        clock->timers_[++clock->last_id_] = { clock->monotonic_ + period, period, call, data };
        return clock->last_id_;
    }

    // splitmix64: the same every time, and seed() makes another.
    static void
    random(gpointer self, guint8 *out, gsize size)
    {
        auto *clock = static_cast<FakeClock *>(self);

        for (gsize i = 0; i < size; i++) {
            guint64 z = clock->chance_ += G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);

            z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
            z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94D049BB133111EB);
            out[i] = static_cast<guint8>(z >> 56);
        }
    }

    void
    go_to(gint64 time)
    {
        if (time <= monotonic_)
            return;
        wall_ += static_cast<double>(time - monotonic_) / G_USEC_PER_SEC;
        monotonic_ = time;
    }

    bool
    fire_next(gint64 end)
    {
        auto next = timers_.end();

        for (auto it = timers_.begin(); it != timers_.end(); ++it) {
            if (next == timers_.end() || it->second.due < next->second.due)
                next = it;
        }
        if (next == timers_.end() || next->second.due > end)
            return false;

        const guint id = next->first;
        const Timer timer = next->second;

        go_to(timer.due);
        fired_++;
        next->second.due = monotonic_ + MAX(timer.period, 1);
        if (!timer.call(timer.data))
            timers_.erase(id); // it may have cancelled itself
        return true;
    }

    DimClock clock_{};
    double wall_ = 1700000000;
    gint64 monotonic_ = G_USEC_PER_SEC;
    gint64 since_ = 0; // when real time began to flow
    std::map<guint, Timer> timers_;
    guint last_id_ = 0;
    guint fired_ = 0;
    guint unknown_cancels_ = 0;
    guint64 chance_ = 1;
};

} // namespace support
