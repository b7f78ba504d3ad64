// SPDX-License-Identifier: GPL-2.0-or-later
// Random contents at a session, as if just opened, from a person, another device of mine and one who writes to all: it finds a
// handler, a line or a polite refusal for each of them, and lives.
#include "session/session.h"

#include <cstdint>
#include <cstdlib>

#include "session/inner.h"

namespace {

struct World {
    DimStore *home = dim_store_open_memory();
    DimUser *me = nullptr;
    DimStation *address = dim_station_new("station.example", 9394);
    DimId *peer = dim_id_parse("0x5575CD418f113E5C2FE51870501aA404b6572Ceb", nullptr);
    DimEvents events = {};

    World()
    {
        DimRegisterOptions options = {};

        options.kind = DIM_META_ETH;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        options.nickname = "Me";
        me = dim_user_register(home, &options, nullptr);
        events.received = [](DimSession *, const DimMessage *, const char *text, gpointer) {
            g_assert(text[0] != '\0' && g_utf8_validate(text, -1, nullptr));
        };
        g_assert(me != nullptr && peer != nullptr);
    }
};

World &
world()
{
    static World one;

    return one;
}

void
hear(DimSession *session, const DimId *from, const DimId *to, DimContent *content)
{
    DimMessage *message = dim_message_new(from, to, nullptr, content);

    dim_contents_take(session, message, 0);
    dim_message_unref(message);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DimContent *content = dim_content_parse(reinterpret_cast<const char *>(data),
                                            static_cast<gssize>(size), nullptr);
    const DimId *me = dim_user_id(world().me);

    if (content == nullptr)
        return 0;
    DimStore *store = dim_store_open_memory();
    DimSessionOptions options = {};
    options.user = world().me;
    options.station = world().address;
    options.store = store;
    options.events = &world().events;
    DimSession *session = dim_session_new(&options);
    for (int again = 0; again < 2; again++) {
        hear(session, world().peer, me, content);
        hear(session, me, world().peer, content);
        hear(session, world().peer, dim_id_anyone(), content);
    }
    dim_session_unref(session);
    dim_store_unref(store);
    dim_content_unref(content);
    return 0;
}
