// SPDX-License-Identifier: GPL-2.0-or-later
// Several stations of one account: the quickest is dialled, and when it fails the others are, with what waits to leave.
#include <map>

#include "session_case.hh"
#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

// A station that lets people in, or does as it is told.
struct Place {
    FakeStation line;
    const Person *identity;
    double slowness = 0;
    std::vector<std::string> bodies; // what was not for the station

    void
    serve(SessionTest *test)
    {
        line.on_packet = [this, test](const Packet &packet) {
            if (packet.type == DIM_PACKET_MESSAGE)
                answer(test, packet.body);
        };
    }
    void
    refuse()
    {
        line.dial.next = [](guint) { return support::LoopbackDial::REFUSE; };
        line.hang_up();
    }
    void
    accept()
    {
        line.dial.next = [](guint) { return support::LoopbackDial::ACCEPT; };
    }

  private:
    void
    answer(SessionTest *test, const std::string &body)
    {
        OWNED(DimMessage) message(dim_message_parse(body.c_str(), -1, nullptr));
        const auto opened = identity->open(message.get());

        if (opened == nullptr) {
            bodies.push_back(body);
            return;
        }
        DimContent *said = dim_message_content(opened.get());

        if (g_strcmp0(dim_content_command(said), "handshake") != 0)
            return;
        test->clock.toil(slowness);
        OWNED(DimContent)
        reply(dim_handshake_new(dim_handshake_step(said) == DIM_HANDSHAKE_START
                                    ? DIM_HANDSHAKE_AGAIN
                                    : DIM_HANDSHAKE_SUCCESS,
                                test->key.c_str()));
        line.send(identity->seal(test->me, reply.get(), true));
    }
};

class ChoiceTest : public SessionTest {
  protected:
    Place first, second;
    Person other{ DIM_META_MKM, DIM_TYPE_STATION };
    OWNED(DimStation) next{ dim_station_new("second.example", 9394) };
    bool single = true;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        first.identity = &station;
        second.identity = &other;
        first.serve(this);
        second.serve(this);
        dial_.connect = [](gpointer self, const char *host, guint16 port, DimDialed done,
                           gpointer data) {
            auto *test = static_cast<ChoiceTest *>(self);
            Place &place = std::string(host) == "second.example" ? test->second : test->first;
            const DimDial *dial = place.line.dial.get();
            gpointer handle = dial->connect(dial->data, host, port, done, data);

            test->calls_[handle] = dial;
            return handle;
        };
        dial_.cancel = [](gpointer self, gpointer handle) {
            const DimDial *dial = static_cast<ChoiceTest *>(self)->calls_[handle];

            dial->cancel(dial->data, handle);
        };
        dial_.data = this;
    }
    void
    open_both()
    {
        OWNED(GPtrArray) others(g_ptr_array_new());
        DimSessionOptions options = {};

        g_ptr_array_add(others.get(), next.get());
        options.user = me.user;
        options.station = address;
        options.others = others.get();
        options.store = me.store;
        options.dial = &dial_;
        options.clock = clock.get();
        options.events = &events;
        options.events_data = this;
        options.single = single;
        session = dim_session_new(&options);
        dim_session_open(session);
        clock.advance(1);
    }
    bool
    is_online_at(const Place &place) const
    {
        const Place &elsewhere = &place == &first ? second : first;

        return dim_session_state(session) == DIM_STATE_ONLINE && place.line.is_connected()
               && !elsewhere.line.is_connected();
    }

  private:
    DimDial dial_ = {};
    std::map<gpointer, const DimDial *> calls_;
};

TEST_F(ChoiceTest, GoesToTheNextAtOnceWhenOneRefuses)
{
    first.refuse();
    open_both();
    EXPECT_TRUE(is_online_at(second));
    EXPECT_TRUE(failures.empty()) << "nobody has to know";
    EXPECT_EQ(first.line.dial.dials, 1u);
}

TEST_F(ChoiceTest, DoesNotWaitForOneThatNeverAnswers)
{
    first.line.dial.next = [](guint) { return support::LoopbackDial::HANG; };
    open_both();
    clock.advance(13);
    EXPECT_EQ(second.line.dial.dials, 0u);
    clock.advance(3);
    EXPECT_TRUE(is_online_at(second));
    EXPECT_EQ(first.line.dial.cancelled, 1u);
}

// What waits leaves at the other station, byte for byte, and the reader's receipt finds it from there.
TEST_F(ChoiceTest, WhatWaitsLeavesAtTheOtherStation)
{
    first.line.acknowledges = false;
    open_both();
    ASSERT_TRUE(is_online_at(first));
    OWNED(DimContent)
    visa(dim_document_command_new(peer.id(), dim_user_meta(peer.user),
                                  dim_user_visa(peer.user)));
    first.line.send(station.seal(me, visa.get(), true));
    clock.advance(1);
    ASSERT_TRUE(send(peer, "keep at it"));
    clock.advance(1);
    ASSERT_FALSE(first.bodies.empty());
    const std::string body = first.bodies.back();
    first.refuse();
    clock.advance(2);
    ASSERT_TRUE(is_online_at(second));
    EXPECT_TRUE(failures.empty());
    ASSERT_EQ(std::count(second.bodies.begin(), second.bodies.end(), body), 1);
    OWNED(DimMessage) sealed(dim_message_parse(body.c_str(), -1, nullptr));
    OWNED(DimContent) receipt(dim_receipt_new("Message received.", sealed.get()));
    second.line.send(peer.seal(me, receipt.get(), true));
    clock.advance(1);
    ASSERT_FALSE(deliveries.empty());
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_DELIVERED);
    EXPECT_EQ(dim_session_pending(session), 0u);
}

TEST_F(ChoiceTest, TakesTheQuickerOnceBothAreKnown)
{
    first.slowness = 3;
    second.slowness = 1;
    open_both();
    clock.advance(10);
    EXPECT_TRUE(is_online_at(first)) << "as listed";
    close();
    open_both();
    clock.advance(10);
    EXPECT_TRUE(is_online_at(second)) << "nobody knows how quick it is";
    close();
    for (int i = 0; i < 2; i++) {
        open_both();
        clock.advance(10);
        EXPECT_TRUE(is_online_at(second));
        close();
    }
    EXPECT_GT(dim_station_measure(address, me.store),
              dim_station_measure(next.get(), me.store));
}

TEST_F(ChoiceTest, TriesOneThatFailedLastForAnHour)
{
    first.refuse();
    open_both();
    close();
    first.accept();
    open_both();
    EXPECT_TRUE(is_online_at(second));
    close();
    clock.sleep(3700);
    open_both();
    EXPECT_TRUE(is_online_at(first));
}

TEST_F(ChoiceTest, TellsOnceWhenNoneIsThere)
{
    first.refuse();
    second.refuse();
    open_both();
    EXPECT_EQ(failures.size(), 1u);
    EXPECT_EQ(first.line.dial.dials, 1u);
    EXPECT_EQ(second.line.dial.dials, 1u);
    clock.advance(300);
    EXPECT_EQ(first.line.dial.dials + second.line.dial.dials, 2u) << "the host begins anew";
}

TEST_F(ChoiceTest, BeginsANewRoundByTheLadder)
{
    single = false;
    first.refuse();
    second.refuse();
    open_both();
    EXPECT_EQ(failures.size(), 1u);
    clock.advance(4);
    EXPECT_EQ(first.line.dial.dials + second.line.dial.dials, 2u) << "not before 6 seconds";
    clock.advance(5);
    EXPECT_EQ(first.line.dial.dials + second.line.dial.dials, 4u);
    EXPECT_EQ(failures.size(), 2u);
    clock.advance(7);
    EXPECT_EQ(first.line.dial.dials + second.line.dial.dials, 4u) << "longer each time";
    second.accept();
    clock.advance(30);
    EXPECT_TRUE(is_online_at(second));
}

// Another identity at one address says nothing of the other address (P-117).
TEST_F(ChoiceTest, EachIsPinnedByItself)
{
    open_both();
    close();
    open_both();
    close();
    OWNED(DimId) at_first(dim_station_pinned(address, me.store, nullptr));
    OWNED(DimId) at_second(dim_station_pinned(next.get(), me.store, nullptr));
    ASSERT_TRUE(at_first != nullptr && at_second != nullptr);
    EXPECT_TRUE(dim_id_equal(at_first.get(), station.id()));
    EXPECT_TRUE(dim_id_equal(at_second.get(), other.id()));

    const Person impostor{ DIM_META_MKM, DIM_TYPE_STATION };
    first.identity = &impostor;
    ASSERT_TRUE(dim_station_set_measure(address, me.store, 0.0001, nullptr)); // goes first
    open_both();
    EXPECT_TRUE(is_online_at(second));
    ASSERT_EQ(notices.size(), 1u) << "it should be read all the same";
    EXPECT_NE(notices[0].find(dim_id_text(impostor.id())), std::string::npos);
    OWNED(DimId) still(dim_station_pinned(address, me.store, nullptr));
    ASSERT_NE(still, nullptr);
    EXPECT_TRUE(dim_id_equal(still.get(), station.id()));
}

} // namespace
