// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses of every kind against fixed values of the protocol, and what is none.
#include "identity/address.h"

#include <gtest/gtest.h>

#include "base/codec.h"
#include "crypto/digest.h"

#include "tests/support/autoptr.hh"

namespace {

// Protocol reference, appendix B.2: the address of the bytes 00 … 3f on each network.
TEST(Address, FollowsTheNetworkByte)
{
    static const struct {
        guint8 network;
        const char *address;
    } known[] = {
        { 0x00, "1MAEtF3zxaH1zLA79giRhri1fsZATvasD6" },
        { 0x01, "kVqsMMHfkjtomJCB73kByyoJNp7941G1Y" },
        { 0x02, "29qSrTeaNwCmdCSHCXP4g7Favt53pXWRxu" },
        { 0x08, "4Zs4m7SJe1z2XoGoM3NyartJhuci4tP75z" },
        { 0x76, "pq3R54DzjrxQVUcL3C22vepqwPxUGfqdFN" },
        { 0x88, "x58Go1bBX7JBDH7tUk1meuj1GUbT4KcdG4" },
        { 0xc8, "2PpksoxfcxexFZ23S3bLAgw9MYm5pdJnm6J" },
    };
    guint8 data[64];

    for (guint i = 0; i < sizeof data; i++)
        data[i] = static_cast<guint8>(i);
    for (const auto &row : known) {
        support::Text made(dim_address_btc(data, sizeof data, row.network));
        guint8 network = 0xff;

        EXPECT_STREQ(row.address, made.get());
        EXPECT_EQ(DIM_ADDRESS_BTC, dim_address_parse(made.get(), &network));
        EXPECT_EQ(row.network, network);
    }
}

// Appendix B.3.
TEST(Address, MakesEthWithMixedCase)
{
    OWNED(GBytes)
    key(dim_hex_decode(
        "04bef4a1c532545f3812b17878794f0ebd757a714332ec489632e87b543afb9040c38a07bb149fadba50c7"
        "b240ca449f0abdeee84627a6f092991925fbe5e16645",
        nullptr));
    gsize size = 0;
    auto *data = static_cast<const guint8 *>(g_bytes_get_data(key.get(), &size));
    support::Text full(dim_address_eth(data, size));
    support::Text bare(dim_address_eth(data + 1, size - 1));

    EXPECT_STREQ("0x98d548788b2b84f3F59224417855F40305779Bf2", full.get());
    EXPECT_STREQ(full.get(), bare.get());
    EXPECT_EQ(nullptr, dim_address_eth(data, 33));
    EXPECT_EQ(91724786u, dim_address_number(full.get()));
    EXPECT_EQ(2729727604u, dim_address_number("4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj"));
    EXPECT_EQ(0u, dim_address_number("anywhere"));
}

TEST(Address, TakesABadCheckCodeForUnknown)
{
    guint8 network = 7;

    EXPECT_EQ(DIM_ADDRESS_UNKNOWN,
              dim_address_parse("4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEk", &network));
    EXPECT_EQ(0, network);
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN, dim_address_parse("", nullptr));
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN,
              dim_address_parse("0X98d548788b2b84f3F59224417855F40305779Bf2", nullptr));
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN,
              dim_address_parse("0x98d548788b2b84f3F59224417855F40305779B!2", nullptr));
    EXPECT_EQ(DIM_ADDRESS_BROADCAST, dim_address_parse("EveryWhere", &network));
    EXPECT_EQ(0x81, network);
}

// The check code is right, but a byte too many follows it.
TEST(Address, TakesTooManyBytesForUnknown)
{
    guint8 binary[26] = { 0x08, 1, 2, 3 };
    guint8 once[32], twice[32];
    support::Text good, bad;

    dim_sha256(binary, 21, once);
    dim_sha256(once, sizeof once, twice);
    memcpy(binary + 21, twice, 4);
    good.reset(dim_base58_encode(binary, 25));
    bad.reset(dim_base58_encode(binary, 26));
    EXPECT_EQ(DIM_ADDRESS_BTC, dim_address_parse(good.get(), nullptr));
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN, dim_address_parse(bad.get(), nullptr)) << bad.get();
    EXPECT_EQ(DIM_ADDRESS_UNKNOWN,
              dim_address_parse("0x98d548788b2b84f3F59224417855F40305779Bf2a", nullptr));
}

TEST(Address, OfEthIsMadeOfAWholePointAlone)
{
    guint8 point[66] = { 0x04 };

    for (gsize size = 0; size <= sizeof point; size++) {
        g_autofree char *address = dim_address_eth(point, size);
        EXPECT_EQ(address != nullptr, size == 64 || size == 65) << size;
    }
    point[0] = 0x05;
    EXPECT_EQ(nullptr, dim_address_eth(point, 65));
}

TEST(Address, MapsLegacyBytesOnlyWithAName)
{
    EXPECT_EQ(DIM_TYPE_STATION, dim_address_type(DIM_ADDRESS_BTC, 0x88, TRUE));
    EXPECT_EQ(DIM_TYPE_BOT, dim_address_type(DIM_ADDRESS_BTC, 0xc8, TRUE));
    EXPECT_EQ(0x31, dim_address_type(DIM_ADDRESS_BTC, 0x30, TRUE));
    EXPECT_EQ(DIM_TYPE_USER, dim_address_type(DIM_ADDRESS_BTC, 0x88, FALSE));
    EXPECT_EQ(DIM_TYPE_EVERY, dim_address_type(DIM_ADDRESS_BROADCAST, 0x81, TRUE));
    EXPECT_EQ(DIM_TYPE_USER, dim_address_type(DIM_ADDRESS_BROADCAST, 0x81, FALSE));
}

} // namespace
