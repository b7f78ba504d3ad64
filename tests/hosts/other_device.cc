// SPDX-License-Identifier: GPL-2.0-or-later
// Another device of an account: logs in with its own copy of the keys, tells all devices of the account the content that
// stands on its input, and ends when the station has it.
//
// usage: dim-other-device STORE PORT
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>

#include "tests/unit/station/caller.hh"

using namespace station_test;

int
main(int argc, char **argv)
{
    support::Error error;
    std::string line;

    if (argc != 3 || !std::getline(std::cin, line)) {
        std::fputs("usage: dim-other-device STORE PORT, and a content on the input\n", stderr);
        return 2;
    }
    OWNED(DimStore) store(dim_store_open(argv[1], &error));
    OWNED(DimContent) content(dim_content_parse(line.c_str(), -1, &error));
    if (!store || !content) {
        std::fprintf(stderr, "%s\n", error.message().c_str());
        return 2;
    }
    Person me("Me");
    me.user.reset(dim_user_load(store.get(), &error));
    if (!me.user) {
        std::fprintf(stderr, "%s\n", error.message().c_str());
        return 2;
    }
    Caller caller(static_cast<guint16>(std::atoi(argv[2])), me);
    if (!caller.login()) {
        std::fputs("the station does not let this device in\n", stderr);
        return 1;
    }
    const std::string said =
        seal(me, me.id(), content.get(), dim_document_key(dim_user_visa(me.user.get())), false);
    if (!caller.acknowledged(caller.send(said))) {
        std::fputs("the station did not take it\n", stderr);
        return 1;
    }
    return 0;
}
