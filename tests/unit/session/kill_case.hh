// SPDX-License-Identifier: GPL-2.0-or-later
// A session on a file, with what kill -9 would leave of it at one line.
#pragma once

#include "session_case.hh"
#include "tests/support/folder.hh"

namespace {

constexpr double EACH = 0.004; // seconds that the front end takes for a line

template <class Base> class OnDisk : public Base {
  protected:
    support::Folder folder, copy;
    DimStore *memory = nullptr;
    size_t killed_at = 0; // the line with which a copy of the files is made

    void
    SetUp() override
    {
        Base::SetUp();
        memory = this->me.store;
        this->me.store = dim_store_open(folder.file("store.db").c_str(), nullptr);
        ASSERT_NE(this->me.store, nullptr);
        this->events.received = [](DimSession *, const DimMessage *, const char *text,
                                   gpointer self) {
            auto *test = static_cast<OnDisk *>(static_cast<SessionTest *>(self));

            test->shown.emplace_back(text);
            test->clock.toil(EACH);
            if (test->shown.size() == test->killed_at)
                test->keep_copy();
        };
    }
    void
    TearDown() override
    {
        this->close();
        dim_store_unref(this->me.store);
        this->me.store = memory;
        Base::TearDown();
    }
    void
    keep_copy()
    {
        for (const char *name : { "store.db", "store.db-wal", "store.db-shown" })
            std::filesystem::copy(folder.file(name), copy.file(name));
    }
    // The next life, which knows what is on the disk.
    void
    revive()
    {
        this->close();
        dim_store_unref(this->me.store);
        this->me.store = dim_store_open(copy.file("store.db").c_str(), nullptr);
        ASSERT_NE(this->me.store, nullptr);
        this->shown.clear();
        killed_at = 0;
        this->welcomes = true;
        this->open();
        this->clock.advance(3);
    }
};

} // namespace
