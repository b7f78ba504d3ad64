// SPDX-License-Identifier: GPL-2.0-or-later
// The table of framings: who speaks which, and what MTP says.
#include "tests/unit/transport/framing_ends.hh"

using namespace ends;

TEST(Framing, IsMtpUnlessSomebodySaysGet)
{
    const std::string packet = End(DIM_TRANSPORT_MTP).write(DIM_PACKET_MESSAGE, "{}", 77);

    for (const std::string junk : { "", "G", "GE", "GET", "\r\n" }) {
        End whole, bytewise;
        const All expected = { { DIM_PACKET_MESSAGE, "{}", 77 } };

        EXPECT_EQ(whole.hear(junk + packet), expected) << junk;
        EXPECT_EQ(bytewise.hear_bytewise(junk + packet), expected) << junk;
        EXPECT_TRUE(dim_framer_is_numbered(whole.get()));
        EXPECT_EQ(whole.talk, "");
    }
}

TEST(Framing, OfMtpSaysNothingByItselfAndAnswersWithTheNumber)
{
    End client(DIM_TRANSPORT_MTP);

    EXPECT_EQ(client.talk, "");
    EXPECT_TRUE(dim_framer_is_ready(client.get()));
    EXPECT_EQ(End().hear(client.answer(9)), (All{ { DIM_PACKET_MESSAGE_RESPONSE, "OK", 9 } }));
}

TEST(Framing, HoldsAFewBytesUntilItKnows)
{
    End station;

    EXPECT_FALSE(dim_framer_is_ready(station.get()));
    station.hear("GE");
    EXPECT_EQ(dim_framer_held(station.get()), 2u);
    EXPECT_EQ(dim_framer_pieces(station.get(), nullptr), 0u);
    EXPECT_EQ(station.write(DIM_PACKET_MESSAGE, "x").substr(0, 3), "DIM") << "a stranger to it";
}
