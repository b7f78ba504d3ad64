// SPDX-License-Identifier: GPL-2.0-or-later
// Opening: how many keys are tried, however many came along.
#include "tests/unit/message/unseal_case.hh"

namespace {

// Each entry that looks like his is worth a private-key operation, and nobody signs how many there are: 4,000 of them
// must not stop him for seconds.
TEST_F(Unseal, LooksAtAHandfulOfKeysHoweverManyThereAre)
{
    auto wire = sealed(bob_.get());
    std::string good = json_object_get_string_member(wire.get(), "key");
    JsonObject *keys = json_object_new();

    json_object_remove_member(wire.get(), "key");
    json_object_set_object_member(wire.get(), "keys", keys);
    for (int i = 0; i < 4000; i++)
        json_object_set_string_member(keys, device(i).c_str(), junk().c_str());
    json_object_set_string_member(keys, device(2000).c_str(), good.c_str());
    support::Error error;
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
    json_object_set_string_member(keys, dim_id_text(bob_.get()), good.c_str());
    support::Error none;
    EXPECT_NE(nullptr, open(wire.get(), none)) << "his own name: " << none.message();
    json_object_remove_member(keys, dim_id_text(bob_.get()));
    json_object_set_string_member(wire.get(), "key", good.c_str());
    EXPECT_NE(nullptr, open(wire.get(), none)) << "the old member: " << none.message();
}

TEST_F(Unseal, TriesNoMoreKeysThanTheCallerWillPayFor)
{
    auto wire = sealed(bob_.get());
    JsonObject *keys = json_object_new();
    DimUnsealing how = { bob_.get(), nullptr, mine_.get() };

    json_object_set_string_member(keys, dim_id_text(bob_.get()), junk().c_str());
    json_object_set_object_member(wire.get(), "keys", keys);
    OWNED(DimMessage) message(dim_message_from_json(wire.get(), nullptr));
    OWNED(DimMessage) three(dim_unseal_within(message.get(), &how, 3, nullptr, nullptr));
    OWNED(DimMessage) four(dim_unseal_within(message.get(), &how, 4, nullptr, nullptr));
    EXPECT_EQ(three, nullptr) << "two candidates for each of his keys";
    EXPECT_NE(four, nullptr);
}

// A device of his that he does not know of is found among a few names, not among ten thousand.
TEST_F(Unseal, ReadsSixtyFourNamesAndNoMore)
{
    for (int before : { 63, 64 }) {
        auto wire = sealed(bob_.get());
        std::string good = json_object_get_string_member(wire.get(), "key");
        JsonObject *keys = json_object_new();
        support::Error error;

        json_object_remove_member(wire.get(), "key");
        json_object_set_object_member(wire.get(), "keys", keys);
        for (int i = 0; i < before; i++)
            json_object_set_string_member(keys, ("member" + std::to_string(i)).c_str(), "AAAA");
        json_object_set_string_member(keys, device(1).c_str(), good.c_str());
        EXPECT_EQ(before == 63, open(wire.get(), error) != nullptr);
    }
}

TEST_F(Unseal, MakesEightAttemptsAndNoMore)
{
    auto wire = sealed(bob_.get());
    JsonObject *keys = json_object_new();

    json_object_set_string_member(keys, dim_id_text(bob_.get()), junk().c_str());
    json_object_set_object_member(wire.get(), "keys", keys);
    for (guint before : { 3U, 4U }) { // two candidates for each of his keys
        OWNED(GPtrArray) many(g_ptr_array_new());
        support::Error error;

        g_ptr_array_add(many.get(), signer); // opens nothing, costs nothing
        for (guint i = 0; i < before; i++)
            g_ptr_array_add(many.get(), older);
        g_ptr_array_add(many.get(), reader);
        mine_ = std::move(many);
        EXPECT_EQ(before == 3, open(wire.get(), error) != nullptr);
    }
}

} // namespace
