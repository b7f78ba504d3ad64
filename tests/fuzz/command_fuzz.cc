// SPDX-License-Identifier: GPL-2.0-or-later
// Random contents at the command handlers, from a peer, the station and myself: no harm is done, and nobody gains a meta by it.
#include "command/command.h"

#include <cstdint>
#include <cstdlib>

#include "base/json.h"

namespace {

struct World {
    DimStore *home = dim_store_open_memory();
    DimUser *me = nullptr;
    DimId *peer, *station;
    int replies = 0;

    World()
    {
        DimRegisterOptions options = {};

        options.kind = DIM_META_ETH;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        options.nickname = "Me";
        me = dim_user_register(home, &options, nullptr);
        peer = dim_id_parse("0x5575CD418f113E5C2FE51870501aA404b6572Ceb", nullptr);
        station = dim_id_parse("gsp@w9GCuMrCySttDmmxZRy8VPSZzvNxTJDK3", nullptr);
        g_assert(me != nullptr && peer != nullptr && station != nullptr);
    }
};

World &
world()
{
    static World one;

    return one;
}

// What handlers do beyond the book has tests of its own; here they must only be able to.
void
fill_desk(DimDesk *desk, DimBook *book, DimContacts *contacts)
{
    desk->user = world().me;
    desk->book = book;
    desk->contacts = contacts;
    desk->clock = dim_clock_system();
    desk->station = [](gpointer) { return world().station; };
    desk->reply = [](gpointer, const DimId *, DimContent *content) {
        char *text = dim_content_to_text(content);
        DimContent *read = dim_content_parse(text, -1, nullptr);

        g_assert(read != nullptr); // what we say can be read
        world().replies++;
        dim_content_unref(read);
        g_free(text);
    };
    desk->learned = [](gpointer, const DimId *) {};
    desk->document = [](gpointer, DimDocument *) {};
    desk->challenged = [](gpointer, const DimMessage *, const char *) {};
    desk->greeted = [](gpointer, const DimMessage *, const char *) {};
    desk->confirmed = [](gpointer, const DimMessage *, const DimContent *receipt) {
        dim_receipt_signature(receipt);
        dim_receipt_serial(receipt);
    };
    desk->alive = [](gpointer, const DimId *, double) {};
    desk->expected = [](gpointer, const char *) -> gboolean { return TRUE; };
    desk->serves = [](gpointer, const DimId *) -> gboolean { return TRUE; };
    desk->tell = [](gpointer, const char *text) {
        g_assert(text[0] != '\0' && g_utf8_validate(text, -1, nullptr));
    };
    desk->named = [](gpointer, const char *, const DimId *) {};
    desk->said = [](gpointer, DimMessage *message) { dim_message_sender(message); };
    desk->members = [](gpointer, const DimId *group) { g_assert(dim_id_is_group(group)); };
}

void
hear(const DimId *from, DimContent *content)
{
    DimHandler *handler = dim_command_find(content);
    DimStore *store = dim_store_open_memory();
    DimBook *book = dim_book_new(store, dim_clock_system());
    DimContacts *contacts = dim_contacts_new(store);
    DimMessage *message = dim_message_new(from, dim_user_id(world().me), nullptr, content);
    DimDesk desk = {};

    fill_desk(&desk, book, contacts);
    desk.store = store;
    world().replies = 0;
    for (int again = 0; handler != nullptr && again < 2; again++) {
        GError *error = nullptr;
        const gboolean good = handler(&desk, message, content, &error);

        g_assert(good == (error == nullptr));
        g_clear_error(&error);
    }
    g_assert(world().replies <= 64); // a command of a few kB does not make us talk for ever
    DimMeta *meta = dim_book_meta(book, world().peer);
    g_assert(meta == nullptr || dim_meta_matches(meta, world().peer));
    dim_message_unref(message);
    dim_contacts_free(contacts);
    dim_book_free(book);
    dim_store_unref(store);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DimContent *content = dim_content_parse(reinterpret_cast<const char *>(data),
                                            static_cast<gssize>(size), nullptr);

    if (content == nullptr)
        return 0;
    hear(world().peer, content);
    hear(world().station, content);
    hear(dim_user_id(world().me), content);
    dim_content_unref(content);
    return 0;
}
