// SPDX-License-Identifier: GPL-2.0-or-later
// A desk that notes what the handlers ask of it, and four who may speak: peer, stranger, station, and another station.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "command/command.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

namespace support {
namespace { // the owners below are each file's own

using Words = std::vector<std::string>;

inline std::string
json_of(JsonObject *object)
{
    OWNED(JsonObject) mine(object);

    return Text(dim_json_write(mine.get())).get();
}

inline std::string
meta_json(const Identity &who)
{
    return json_of(dim_meta_to_json(who.meta()));
}

inline std::string
json_of(const DimDocument *document)
{
    return json_of(dim_document_to_json(document));
}

inline std::string
quoted(const std::string &text)
{
    GString *out = g_string_new(nullptr);

    dim_json_append_string(out, text.c_str());
    return Text(g_string_free(out, FALSE)).get();
}

// The ID that a named meta proves with this network byte; its key is thrown away.
inline OWNED(DimId) made_id(const char *name, guint8 network)
{
    OWNED(DimPrivateKey) key(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, key.get(), name, nullptr));

    return OWNED(DimId)(dim_meta_make_id(meta.get(), network, nullptr));
}

// Keys are slow to make: one set for all tests of a program.
inline const Identity &
me()
{
    static const Identity identity{ "Me" };
    return identity;
}
inline const Identity &
peer()
{
    static const Identity identity{ "Peer" };
    return identity;
}
inline const Identity &
stranger()
{
    static const Identity identity{ "Stranger" };
    return identity;
}
inline DimId *
station()
{
    static const OWNED(DimId) id = made_id("station", DIM_TYPE_STATION);
    return id.get();
}
inline DimId *
other_station()
{
    static const OWNED(DimId) id = made_id("station", DIM_TYPE_STATION);
    return id.get();
}
inline DimId *
bot()
{
    static const OWNED(DimId) id = made_id("bot", DIM_TYPE_BOT);
    return id.get();
}

// Text with <me>, <peer>, <stranger>, <station>, their .meta and .visa, and <now>, filled in.
class DeskTest : public ::testing::Test {
  protected:
    FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimBook) book{ dim_book_new(store.get(), clock.get()) };
    OWNED(DimContacts) contacts{ dim_contacts_new(store.get()) };
    std::set<std::string> asked; // commands for whose answer I wait
    DimDesk desk = {};
    DimId *known_station = nullptr;
    const DimId *service = nullptr; // the one whom the station named

    Words done;    // what was asked of the desk, replies apart
    Words replies; // "<to>: <command or the text of a receipt>"
    std::vector<OWNED(DimContent)> told;
    Error error;

    void
    SetUp() override
    {
        // The visas are of today.
        clock.sleep(static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC + 60 - clock.now());
        desk.user = me().user.get();
        desk.book = book.get();
        desk.clock = clock.get();
        desk.station = [](gpointer self) { return mine(self)->known_station; };
        desk.reply = [](gpointer self, const DimId *to, DimContent *content) {
            mine(self)->note_reply(to, content);
        };
        desk.learned = [](gpointer self, const DimId *id) {
            note(self, "learned " + name(id));
        };
        desk.document = [](gpointer self, DimDocument *document) {
            note(self, "document " + name(dim_document_owner(document)) + " "
                           + dim_document_name(document));
        };
        desk.challenged = [](gpointer self, const DimMessage *message, const char *key) {
            note(self, "challenged by " + name(dim_message_sender(message)) + " "
                           + (key ? key : "?"));
        };
        desk.greeted = [](gpointer self, const DimMessage *message, const char *key) {
            note(self,
                 "greeted by " + name(dim_message_sender(message)) + " " + (key ? key : "?"));
        };
        desk.confirmed = [](gpointer self, const DimMessage *message,
                            const DimContent *receipt) {
            const char *signature = dim_receipt_signature(receipt);

            note(self, "confirmed by " + name(dim_message_sender(message)) + " "
                           + (signature ? signature : "?") + " "
                           + std::to_string(dim_receipt_serial(receipt)));
        };
        desk.alive = [](gpointer self, const DimId *who, double when) {
            const double ago = mine(self)->clock.now() - when;

            note(self, "alive " + name(who) + " " + std::to_string(static_cast<long>(ago + 0.5))
                           + " s ago");
        };
        desk.contacts = contacts.get();
        desk.store = store.get();
        desk.data = this;
        answer_questions();
    }
    void
    answer_questions()
    {
        desk.expected = [](gpointer self, const char *command) {
            return static_cast<gboolean>(mine(self)->asked.erase(command));
        };
        desk.tell = [](gpointer self, const char *text) {
            note(self, std::string("told: ") + text);
        };
        desk.named = [](gpointer self, const char *word, const DimId *id) {
            note(self, std::string(word) + " is " + name(id));
        };
        desk.serves = [](gpointer self, const DimId *who) {
            const DimId *one = mine(self)->service;

            return static_cast<gboolean>(one != nullptr && dim_id_equal(one, who));
        };
        desk.said = [](gpointer self, DimMessage *message) {
            note(self, "I said to " + name(dim_message_receiver(message)) + " "
                           + (dim_content_text(dim_message_content(message))
                                  ? dim_content_text(dim_message_content(message))
                                  : "?"));
        };
        desk.members = [](gpointer self, const DimId *group) {
            note(self, "members of " + name(group));
        };
    }

    static std::string
    name(const DimId *id)
    {
        const std::map<std::string, const DimId *> names = {
            { "me", me().id() },
            { "peer", peer().id() },
            { "stranger", stranger().id() },
            { "station", station() },
            { "bot", bot() },
            { "other station", other_station() },
        };

        for (const auto &entry : names) {
            if (dim_id_equal(entry.second, id))
                return entry.first;
        }
        return dim_id_text(id);
    }

    std::string
    fill(std::string text) const
    {
        std::map<std::string, std::string> words = {
            { "<station>", dim_id_text(station()) },
            { "<now>", std::to_string(clock.now()) },
        };
        const std::map<std::string, const Identity *> people = { { "me", &me() },
                                                                 { "peer", &peer() },
                                                                 { "stranger", &stranger() } };

        for (const auto &entry : people) {
            words["<" + entry.first + ">"] = dim_id_text(entry.second->id());
            words["<" + entry.first + ".meta>"] = meta_json(*entry.second);
            words["<" + entry.first + ".visa>"] =
                json_of(dim_user_visa(entry.second->user.get()));
        }
        for (const auto &word : words) {
            for (size_t at = text.find(word.first); at != std::string::npos;
                 at = text.find(word.first, at + word.second.size()))
                text.replace(at, word.first.size(), word.second);
        }
        return text;
    }

    // A whole content as its verified sender said it. FALSE when it is refused; why is in `error`.
    bool
    hear(const DimId *from, const std::string &content_text, const DimId *to = me().id())
    {
        Error unreadable;
        OWNED(DimContent)
        content(dim_content_parse(fill(content_text).c_str(), -1, &unreadable));

        if (!content)
            throw std::runtime_error(unreadable.message() + ": " + content_text);
        OWNED(DimMessage) message(dim_message_new(from, to, nullptr, content.get()));
        DimHandler *handler = dim_command_find(content.get());
        if (handler == nullptr)
            handler = dim_customized_find(content.get());
        if (handler == nullptr)
            throw std::runtime_error("nobody handles " + content_text);
        GError *failure = nullptr;
        const bool good = handler(&desk, message.get(), content.get(), &failure);
        EXPECT_EQ(good, failure == nullptr) << content_text;
        error.take(failure);
        return good;
    }
    // The same for the members after type, sn and time.
    bool
    say(const DimId *from, const std::string &members, const DimId *to = me().id())
    {
        return hear(from, "{\"type\":136,\"sn\":7,\"time\":<now>," + members + "}", to);
    }

    std::vector<guint>
    rows() const
    {
        return { dim_store_count(store.get(), DIM_TABLE_METAS),
                 dim_store_count(store.get(), DIM_TABLE_DOCUMENTS),
                 dim_store_count(store.get(), DIM_TABLE_LOGINS) };
    }
    // Refused with this code, and nothing happened but a word to the sender.
    ::testing::AssertionResult
    refuses(const DimId *from, const std::string &members, int code)
    {
        const std::vector<guint> before = rows();
        const Words done_before = done;

        if (say(from, members))
            return ::testing::AssertionFailure() << "taken: " << members;
        if (done != done_before || rows() != before)
            return ::testing::AssertionFailure()
                   << "refused, but not without effect: " << members;
        return failed_with(error, code) << " " << members;
    }
    // Taken without a word, and nothing happened.
    ::testing::AssertionResult
    ignores(const DimId *from, const std::string &members)
    {
        const std::vector<guint> before = rows();
        const Words done_before = done;
        const Words replies_before = replies;

        if (!say(from, members))
            return ::testing::AssertionFailure() << error.message() << ": " << members;
        if (done != done_before || rows() != before || replies != replies_before)
            return ::testing::AssertionFailure() << "not without effect: " << members;
        return ::testing::AssertionSuccess();
    }

    void
    introduce(const Identity &who)
    {
        ASSERT_TRUE(dim_book_save_meta(book.get(), who.id(), who.meta(), nullptr));
        ASSERT_EQ(dim_book_save_document(book.get(), who.id(), dim_user_visa(who.user.get()),
                                         nullptr),
                  DIM_BOOK_RECEIVED);
    }
    // A fresh book; nothing was told or asked yet.
    void
    forget()
    {
        book.reset();
        contacts.reset();
        store.reset(dim_store_open_memory());
        contacts.reset(dim_contacts_new(store.get()));
        desk.contacts = contacts.get();
        desk.store = store.get();
        book.reset(dim_book_new(store.get(), clock.get()));
        desk.book = book.get();
        done.clear();
        replies.clear();
        told.clear();
    }

  private:
    static DeskTest *
    mine(gpointer self)
    {
        return static_cast<DeskTest *>(self);
    }
    static void
    note(gpointer self, const std::string &what)
    {
        mine(self)->done.push_back(what);
    }
    void
    note_reply(const DimId *to, DimContent *content)
    {
        std::string what = dim_content_command(content);

        if (what == "receipt")
            what = dim_content_text(content);
        replies.push_back(name(to) + ": " + what);
        told.emplace_back(dim_content_ref(content));
    }
};

} // namespace
} // namespace support
