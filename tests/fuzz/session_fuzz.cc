// SPDX-License-Identifier: GPL-2.0-or-later
// Random contents at a session that is online, from a person, another device of mine and one who writes to all: it finds a
// handler, a line or a polite refusal for each of them, ends its turn, keeps it, and goes on.
#include "session/session.h"

#include <cstdint>
#include <cstdlib>

#include "message/commands.h"
#include "message/seal.h"
#include "session/inner.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/fake_station.hh"
#include "tests/support/fixed_user.hh"

namespace {

struct World {
    OWNED(DimUser) me = support::fixed_user('1', "Me");
    OWNED(DimUser) peer = support::fixed_user('2', "Peer");
    OWNED(DimUser) station = support::fixed_user('3', "Station", "station", DIM_TYPE_STATION);
    OWNED(DimStation) address{ dim_station_new("station.example", 9394) };
};

World &
world()
{
    static World one;

    return one;
}

// What this user puts on the wire for me; nothing of what cannot be sealed.
std::string
seal(const DimUser *from, DimContent *content)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    OWNED(GPtrArray) locks(g_ptr_array_new());
    OWNED(JsonObject) meta(dim_meta_to_json(dim_user_meta(from)));
    OWNED(JsonObject) visa(dim_document_to_json(dim_user_visa(from)));
    DimId *me = dim_user_id(world().me.get());
    DimSealing how = {};

    g_ptr_array_add(locks.get(), dim_document_key(dim_user_visa(world().me.get())));
    OWNED(GPtrArray)
    wrapped(dim_seal_wrap(talk.get(), me, locks.get(), nullptr, nullptr));
    OWNED(DimMessage) instant(dim_message_new(dim_user_id(from), me, nullptr, content));
    how.signer = dim_user_signer(from);
    how.talk = talk.get();
    how.wrapped = wrapped.get();
    how.meta = meta.get();
    how.visa = visa.get();
    OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
    return sealed ? support::Text(dim_message_to_text(sealed.get())).get() : std::string();
}

// A session from its first packet to its last.
class Visit {
  public:
    Visit()
    {
        DimSessionOptions options = {};

        clock.sleep(static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC
                    - clock.now()); // messages are of today
        events.received = [](DimSession *, const DimMessage *, const char *text,
                             gpointer self) {
            g_assert(text[0] != '\0' && g_utf8_validate(text, -1, nullptr));
            static_cast<Visit *>(self)->shown++;
        };
        events.notice = [](DimSession *, const char *text, gpointer) {
            g_assert(text[0] != '\0' && g_utf8_validate(text, -1, nullptr));
        };
        line.on_connected = [this] { greet(DIM_HANDSHAKE_AGAIN); };
        options.user = world().me.get();
        options.station = world().address.get();
        options.store = store.get();
        options.dial = line.dial.get();
        options.clock = clock.get();
        options.events = &events;
        options.events_data = this;
        session.reset(dim_session_new(&options));
        dim_session_open(session.get());
        clock.advance(1);
        greet(DIM_HANDSHAKE_SUCCESS);
        clock.advance(10); // a backlog would be in
        g_assert(dim_session_state(session.get()) == DIM_STATE_ONLINE);
    }

    // Over the line, as a person and the station do.
    void
    hear(const DimUser *from, DimContent *content)
    {
        const std::string sealed = seal(from, content);

        if (sealed.empty())
            return;
        serial = line.send(sealed);
        end_turn();
    }
    // Opened already: from another device of mine, or to everybody.
    void
    take(const DimUser *from, const DimId *to, DimContent *content)
    {
        OWNED(DimMessage) message(dim_message_new(dim_user_id(from), to, nullptr, content));

        dim_turn_touch(session.get());
        dim_parcel_open(session.get(), message.get(), message.get(), "tag", 0);
        end_turn();
    }
    // Nothing is open, and what came was acknowledged: so it was committed.
    void
    end_turn()
    {
        clock.advance(0.1);
        for (int turns = 0; turns < 1000 && session->turn != 0; turns++)
            clock.advance(0.01);
        g_assert(session->turn == 0);
        g_assert(!dim_store_in_transaction(store.get()));
        g_assert(dim_session_state(session.get()) == DIM_STATE_ONLINE);
        g_assert(serial == 0 || line.is_acknowledged(serial));
    }
    // It goes on: a plain line is shown, once.
    void
    talk_goes_on()
    {
        OWNED(DimContent) hello(dim_content_new_text("hello"));
        const guint before = shown;

        hear(world().peer.get(), hello.get());
        g_assert(shown == before + 1);
    }

    guint shown = 0;

  private:
    void
    greet(DimHandshakeStep step)
    {
        OWNED(DimContent)
        content(dim_handshake_new(step, std::string(64, 'a').c_str()));

        line.send(seal(world().station.get(), content.get()));
    }

    support::FakeClock clock;
    support::FakeStation line;
    DimEvents events = {};
    guint64 serial = 0; // of the last packet
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimSession) session;
};

void
hear_all(Visit *visit, DimContent *content)
{
    const DimUser *me = world().me.get(), *peer = world().peer.get();

    for (int again = 0; again < 2; again++) {
        visit->hear(peer, content);
        visit->take(me, dim_user_id(peer), content);
        visit->take(peer, dim_id_anyone(), content);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What this target judges does happen: a text that is sent twice is shown once, be it a person's or of another device of mine,
// and none of what somebody writes to all.
extern "C" int
LLVMFuzzerInitialize(int *, char ***)
{
    OWNED(DimContent) text(dim_content_new_text("counted"));
    Visit visit;

    hear_all(&visit, text.get());
    g_assert(visit.shown == 1 + 1);
    return 0;
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(DimContent)
    content(dim_content_parse(reinterpret_cast<const char *>(data), static_cast<gssize>(size),
                              nullptr));

    if (!content)
        return 0;
    Visit visit;

    hear_all(&visit, content.get());
    visit.talk_goes_on();
    return 0;
}
