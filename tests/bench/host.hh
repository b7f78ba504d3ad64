// SPDX-License-Identifier: GPL-2.0-or-later
// What a host program is to us: it keeps lines, wants to draw its windows, and has a size.
#pragma once

#include <algorithm>
#include <fstream>
#include <glib.h>
#include <malloc.h>

#include "tests/bench/figures.hh"

namespace bench {
namespace {

constexpr unsigned FRAME = 5; // milliseconds between two wishes to be drawn
constexpr int DRAWING = G_PRIORITY_HIGH_IDLE + 20; // as GTK does

// In bytes, of this process.
double
status_of(const char *field)
{
    std::ifstream file("/proc/self/status");
    std::string word;

    while (file >> word) {
        if (word == std::string(field) + ":") {
            double value = 0;

            file >> value;
            return value * 1024;
        }
    }
    throw std::runtime_error(std::string("no ") + field);
}

// How far the resident memory of this process rises from now on, at its highest.
class Growth {
  public:
    Growth()
    {
        malloc_trim(0);
        std::ofstream("/proc/self/clear_refs") << "5";
        before_ = status_of("VmRSS");
    }
    double
    bytes() const
    {
        return status_of("VmHWM") - before_;
    }

  private:
    double before_ = 0;
};

// What libpurple keeps of each line of a conversation (PurpleConvMessage).
class History {
  public:
    void
    add(const std::string &who, const char *text, time_t when)
    {
        auto *line = g_new0(Line, 1);

        line->who = g_strdup(who.c_str());
        line->alias = g_strdup(who.c_str());
        line->what = g_strdup(text);
        line->when = when;
        all_ = g_list_prepend(all_, line);
    }

  private:
    struct Line {
        char *who, *what;
        int flags;
        time_t when;
        void *conversation;
        char *alias;
    };

    GList *all_ = nullptr;
};

// A host that wants to draw, again and again, and how long it had to wait: CPU time, since what else the machine does is
// not ours.
class Window {
  public:
    explicit Window(GMainContext *context) : context_(context), last_(cpu_seconds())
    {
        GSource *timer = g_timeout_source_new(FRAME);

        g_source_set_callback(timer, on_frame, this, nullptr);
        g_source_attach(timer, context);
    }
    double longest = 0;

  private:
    static gboolean
    on_frame(gpointer data)
    {
        auto *self = static_cast<Window *>(data);

        if (self->damaged_)
            return G_SOURCE_CONTINUE;
        GSource *draw = g_idle_source_new();
        g_source_set_priority(draw, DRAWING);
        g_source_set_callback(draw, on_draw, self, nullptr);
        g_source_attach(draw, self->context_);
        g_source_unref(draw);
        self->damaged_ = true;
        return G_SOURCE_CONTINUE;
    }
    static gboolean
    on_draw(gpointer data)
    {
        auto *self = static_cast<Window *>(data);
        double now = cpu_seconds();

        self->longest = std::max(self->longest, now - self->last_);
        self->last_ = now;
        self->damaged_ = false;
        return G_SOURCE_REMOVE;
    }

    GMainContext *context_;
    double last_;
    bool damaged_ = false;
};

} // namespace
} // namespace bench
