// SPDX-License-Identifier: GPL-2.0-or-later
// The front door of a login: what may be sent, and that closing ends all of it.
#include "session_case.hh"

namespace {

TEST_F(SessionTest, RefusesWhatIsNoPerson)
{
    open();
    DimContent *content = dim_content_new_text("hello");

    EXPECT_FALSE(dim_session_send(session, dim_id_everyone(), content, nullptr));
    EXPECT_FALSE(dim_session_send(session, me.id(), content, nullptr));
    dim_content_unref(content);
}

TEST_F(SessionTest, RefusesGroupsAndAddressesOfNobody)
{
    DimContent *content = dim_content_new_text("hello");
    GError *error = nullptr;

    open();
    for (const char *text : { "nobody@nowhere", "stations@everywhere", "anyone@anywhere" }) {
        DimId *id = dim_id_parse(text, nullptr);

        if (id == nullptr)
            continue;
        EXPECT_FALSE(dim_session_send(session, id, content, &error)) << text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED)) << text;
        g_clear_error(&error);
        dim_id_unref(id);
    }
    dim_content_unref(content);
    EXPECT_EQ(dim_session_pending(session), 0u);
}

// The longest text that leaves here is one that a session like ours shows.
TEST_F(SessionTest, SendsNothingThatItWouldNotTake)
{
    size_t good = DIM_CONTENT_MAX / 2, bad = DIM_CONTENT_MAX;

    open();
    introduce(peer);
    while (bad - good > 1) {
        size_t size = (good + bad) / 2;
        OWNED(DimContent) content(dim_content_new_text(std::string(size, 'x').c_str()));
        support::Error error;
        bool taken = dim_session_send(session, peer.id(), content.get(), &error) != FALSE;

        EXPECT_TRUE(taken || error.is(DIM_ERROR, DIM_ERROR_NOT_ALLOWED));
        (taken ? good : bad) = size;
    }
    line.send(peer.say(me, std::string(good, 'x').c_str()));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ std::string(good, 'x') });
}

TEST_F(SessionTest, TakesTextsWithoutALine)
{
    line.dial.next = [](guint) { return support::LoopbackDial::REFUSE; };
    open();
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(send(peer, "for later"));
    close();
    line.dial.next = [](guint) { return support::LoopbackDial::ACCEPT; };
    open();
    introduce(peer);
    EXPECT_EQ(talk_for(peer).size(), 1u);
}

TEST_F(SessionTest, ClosingIsTheEndOfAllNews)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    line.send(peer.say(me, "hello too"));
    dim_session_close(session);
    shown.clear();
    deliveries.clear();
    clock.advance(1000);
    EXPECT_TRUE(shown.empty());
    EXPECT_TRUE(deliveries.empty());
    EXPECT_TRUE(failures.empty());
    EXPECT_FALSE(line.is_connected());
    EXPECT_EQ(clock.timers(), 0u);
    dim_session_close(session); // again: nothing
}

TEST_F(SessionTest, MayBeClosedInsideEveryEvent)
{
    open();
    introduce(peer);
    events.received = [](DimSession *each, const DimMessage *, const char *text,
                         gpointer self) {
        static_cast<SessionTest *>(self)->shown.emplace_back(text);
        dim_session_close(each);
    };
    line.send(peer.say(me, "the last"));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "the last" });
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
    close();
    events.state_changed = [](DimSession *each, DimState state, gpointer) {
        if (state == DIM_STATE_HANDSHAKING)
            dim_session_close(each);
    };
    open();
    clock.advance(2);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
    EXPECT_EQ(clock.timers(), 0u);
}

TEST_F(SessionTest, ANewNicknameIsAnnounced)
{
    open();
    const int before = count_commands("document");
    const double old = dim_document_time(dim_user_visa(me.user));

    ASSERT_TRUE(dim_session_set_nickname(session, "me, anew", nullptr));
    clock.advance(1);
    EXPECT_EQ(count_commands("document"), before + 1);
    EXPECT_STREQ(dim_document_name(dim_user_visa(me.user)), "me, anew");
    EXPECT_GT(dim_document_time(dim_user_visa(me.user)), old);
    close();
    session = nullptr;
}
} // namespace
