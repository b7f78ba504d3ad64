// SPDX-License-Identifier: GPL-2.0-or-later
// Writers whose messages somebody meddles with on the way, and a session that reads what comes of it.
#pragma once

#include "base/codec.h"
#include "base/json.h"

#include "tests/unit/session/session_case.hh"
#include "verdicts.hh"

namespace {
using tamper::cases;
using tamper::table;
using tamper::Verdict;

// Somebody with a key of his own; the visa's key is lent, for RSA keys take long to make.
struct Writer {
    OWNED(DimPrivateKey) key{ dim_private_key_new(DIM_KEY_ECC, 256, nullptr) };
    OWNED(DimMeta) meta{ dim_meta_new(DIM_META_ETH, key.get(), nullptr, nullptr) };
    OWNED(DimId) id{ dim_meta_make_id(meta.get(), 0, nullptr) };
    OWNED(DimDocument) visa;

    Writer(const Person &lender, double now)
    {
        OWNED(JsonObject)
        properties(dim_json_copy(dim_document_properties(dim_user_visa(lender.user))));

        json_object_set_string_member(properties.get(), "name", "Wanda");
        for (const char *name : { "did", "ID", "time", "created_time" })
            json_object_remove_member(properties.get(), name);
        visa.reset(
            dim_document_new(id.get(), "visa", properties.get(), now, key.get(), nullptr));
    }

    // The same content, as a client without bindings seals it.
    void
    unbind(JsonObject *wire, const DimCipherKey *talk, DimContent *content) const
    {
        const support::Text text(dim_content_to_text(content));
        OWNED(GBytes) iv(dim_json_bytes(wire, "IV", nullptr));
        OWNED(GBytes)
        data(dim_cipher_key_encrypt(
            talk, text.get(), strlen(text.get()),
            static_cast<const guint8 *>(g_bytes_get_data(iv.get(), nullptr)), nullptr));
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(data.get(), &size));
        OWNED(GBytes) proof(dim_private_key_sign(key.get(), bytes, size, nullptr));

        json_object_set_string_member(wire, "data",
                                      support::Text(dim_base64_encode(bytes, size)).get());
        bytes = static_cast<const guint8 *>(g_bytes_get_data(proof.get(), &size));
        json_object_set_string_member(wire, "signature",
                                      support::Text(dim_base64_encode(bytes, size)).get());
    }
    // With IV and all; attach: meta and visa too.
    std::string
    seal(const Person &to, DimContent *content, bool attach, bool bound) const
    {
        OWNED(DimCipherKey) talk(dim_cipher_key_new());
        OWNED(GPtrArray) keys(g_ptr_array_new());
        OWNED(DimMessage) instant(dim_message_new(id.get(), to.id(), nullptr, content));
        OWNED(JsonObject) meta_json(dim_meta_to_json(meta.get()));
        OWNED(JsonObject) visa_json(dim_document_to_json(visa.get()));
        DimSealing how = {};

        g_ptr_array_add(keys.get(), dim_document_key(dim_user_visa(to.user)));
        OWNED(GPtrArray)
        wrapped(dim_seal_wrap(talk.get(), to.id(), keys.get(), nullptr, nullptr));
        how.signer = key.get();
        how.talk = talk.get();
        how.wrapped = wrapped.get();
        how.meta = attach ? meta_json.get() : nullptr;
        how.visa = attach ? visa_json.get() : nullptr;
        how.visa_time = dim_document_time(visa.get());
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
        if (bound)
            return support::Text(dim_message_to_text(sealed.get())).get();
        OWNED(JsonObject) wire(dim_message_to_json(sealed.get()));
        unbind(wire.get(), talk.get(), content);
        return support::Text(dim_json_write(wire.get())).get();
    }
};

// What was shown: by whom, which type, which words.
struct Line {
    std::string sender;
    int type;
    double time;
    guint64 serial;
    std::string text;
    bool
    operator==(const Line &other) const
    {
        return equals(other) && serial == other.serial;
    }
    // But for the serial number.
    bool
    equals(const Line &other) const
    {
        return sender == other.sender && type == other.type && !(time < other.time)
               && !(time > other.time) && text == other.text;
    }
};

// A message as it left its writer, and what should be shown of it.
struct Letter {
    std::string wire;
    Line line;
    bool bound;
};

class TamperTest : public SessionTest {
  protected:
    std::vector<Line> lines;
    std::unique_ptr<Writer> known;
    int count = 0;
    bool binding = true; // whether the writers write one

    void
    SetUp() override
    {
        SessionTest::SetUp();
        ASSERT_EQ(table().broken(), "");
        events.received = [](DimSession *, const DimMessage *message, const char *text,
                             gpointer self) {
            static_cast<TamperTest *>(self)->lines.push_back(
                { dim_id_text(dim_message_sender(message)), dim_message_type(message),
                  dim_message_shown_time(message), dim_message_serial(message), text });
        };
        open();
        known = std::make_unique<Writer>(peer, clock.now());
        // who is on the list has no measure: all that was tampered with is looked at at once
        ASSERT_TRUE(
            dim_contacts_add(dim_session_contacts(session), known->id.get(), nullptr, nullptr));
        deliver(letter(*known, true).wire);
        ASSERT_EQ(lines.size(), 1u);
    }
    void
    TearDown() override
    {
        // Whatever came before: the line stands, and the next message is shown.
        const Letter last = letter(*known, false);

        lines.clear();
        deliver(last.wire);
        EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
        EXPECT_TRUE(lines == std::vector<Line>{ last.line });
        EXPECT_STREQ(dim_book_name(dim_session_book(session), known->id.get()), "Wanda");
        SessionTest::TearDown();
    }

    void
    deliver(const std::string &wire)
    {
        line.send(wire);
        clock.advance(0.02);
    }
    // A text like no other; a picture now and then, whose type stands elsewhere.
    Letter
    letter(const Writer &writer, bool attach, int type = DIM_CONTENT_TEXT)
    {
        const std::string text = "genuine " + std::to_string(++count);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "text", text.c_str());
        if (type == DIM_CONTENT_IMAGE)
            json_object_set_string_member(object, "filename", "a.png");
        OWNED(DimContent) content(dim_content_new_take(type, object));
        return { writer.seal(me, content.get(), attach, binding),
                 { dim_id_text(writer.id.get()), type, dim_content_time(content.get()),
                   dim_content_serial(content.get()),
                   type == DIM_CONTENT_IMAGE ? "[Image] a.png " + text : text },
                 binding };
    }

    // Nothing of what a stranger attached is believed unless it is his.
    void
    check_book(const Writer &writer, const std::string &what)
    {
        DimBook *book = dim_session_book(session);
        DimMeta *meta = dim_book_meta(book, writer.id.get());
        const char *name;

        EXPECT_TRUE(
            meta == nullptr
            || dim_public_key_equal(dim_meta_key(meta), dim_meta_key(writer.meta.get())))
            << what;
        name = dim_book_name(book, writer.id.get());
        EXPECT_TRUE(name == nullptr || std::string(name) == "Wanda") << what << ": " << name;
    }
    // What became of a letter that arrived as `wire`.
    bool
    fits(Verdict verdict, const Letter &was) const
    {
        const bool nothing = lines.empty();
        const bool same = lines == std::vector<Line>{ was.line };
        const bool one_of_his = lines.size() == 1 && lines[0].sender == was.line.sender;

        switch (verdict) {
        case Verdict::NOTHING:
            return nothing;
        case Verdict::GENUINE:
            return same;
        case Verdict::EITHER:
            return nothing || same;
        case Verdict::ALTERED:
            return one_of_his && !same;
        case Verdict::SERIAL:
            return nothing || (one_of_his && lines[0].equals(was.line));
        case Verdict::MISSING:
            break;
        }
        return false;
    }
    void
    judge(const std::string &member,
          const std::string &tampering,
          bool is_stranger,
          const Letter &was,
          const std::string &wire)
    {
        const std::string what = member + " " + tampering + (is_stranger ? " stranger" : "")
                                 + (was.bound ? " bound" : "");
        const Verdict verdict = table().of(member, tampering, is_stranger, was.bound);

        cases()++;
        lines.clear();
        deliver(wire);
        EXPECT_TRUE(fits(verdict, was))
            << what << (verdict == Verdict::MISSING ? ": no such row; " : ": ") << lines.size()
            << " lines, " << (lines.empty() ? "" : lines[0].sender + ": " + lines[0].text)
            << "\n"
            << wire;
    }
};

} // namespace
