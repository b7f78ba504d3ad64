// SPDX-License-Identifier: GPL-2.0-or-later
// A whole station in the test's own process, on a free loopback port, and callers whose waiting turns its loop; two of them, if wanted.
#pragma once

#include <memory>

#include "station/server.h"

#include "tests/support/folder.hh"
#include "tests/unit/station/caller.hh"

namespace station_test {
namespace { // the owners of C values are local to each file

struct House {
    explicit House(const std::function<void(DimSettings *)> &change = nullptr,
                   const DimClock *clock = dim_clock_system())
    {
        support::Error error;

        if (change)
            change(settings.get());
        store.reset(dim_store_open(folder.file("station/store.db").c_str(), &error));
        if (!store)
            throw std::runtime_error(error.message());
        server.reset(
            dim_server_new(settings.get(), clock, store.get(), "127.0.0.1", 0, &error));
        if (!server)
            throw std::runtime_error(error.message());
        user.reset(dim_server_identity(store.get(), settings.get(), "127.0.0.1",
                                       dim_server_port(server.get()), &error));
        if (!user || !dim_server_open(server.get(), user.get(), &error))
            throw std::runtime_error(error.message());
    }
    std::unique_ptr<Caller>
    caller(const Person &person, DimTransport transport = DIM_TRANSPORT_MTP)
    {
        return std::make_unique<Caller>(
            dim_server_port(server.get()), person, [] { turn(); }, transport);
    }
    static void
    turn()
    {
        for (int i = 0; i < 20 && g_main_context_iteration(nullptr, FALSE); i++) {
        }
    }
    guint
    queued() const
    {
        return dim_store_count(store.get(), DIM_TABLE_QUEUE);
    }
    // A session is pushed to once it has spoken after its login.
    void
    settle_sessions(Caller &caller)
    {
        OWNED(DimContent) online(dim_report_new("online"));

        ASSERT_TRUE(caller.acknowledged(caller.ask(online.get())));
    }

    support::Folder folder;
    OWNED(DimSettings) settings{ dim_settings_new() };
    OWNED(DimStore) store;
    OWNED(DimUser) user;
    OWNED(DimServer) server;
};

// Anna and Ben in one station: each has a line, and both are logged in.
class Neighbours : public ::testing::Test {
  protected:
    void
    SetUp() override
    {
        ASSERT_TRUE(a->login());
        ASSERT_TRUE(b->login());
    }

    House house;
    Person anna{ "Anna" };
    Person ben{ "Ben" };
    std::unique_ptr<Caller> a = house.caller(anna);
    std::unique_ptr<Caller> b = house.caller(ben);
};

} // namespace
} // namespace station_test
