// SPDX-License-Identifier: GPL-2.0-or-later
// A session whose peer has founded a group: what is signed about it, and what is said in it in each form that there is.
#pragma once

#include "session_case.hh"

namespace {
using support::Text;

class GroupTest : public SessionTest {
  protected:
    OWNED(DimMeta) group_meta;
    OWNED(DimId) group;
    std::string id; // of the group
    int serial = 100;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        group_meta.reset(
            dim_meta_new(DIM_META_MKM, dim_user_signer(peer.user), "group", nullptr));
        group.reset(dim_meta_make_id(group_meta.get(), DIM_TYPE_GROUP, nullptr));
        id = dim_id_text(group.get());
    }
    void
    enter()
    {
        open();
        introduce(peer);
        introduce(stranger);
    }

    // ---- what is signed ----

    OWNED(DimDocument)
    bulletin(double ago, const std::string &name = "Friends")
    {
        JsonObject *properties = json_object_new();

        json_object_set_string_member(properties, "founder", dim_id_text(peer.id()));
        json_object_set_string_member(properties, "name", name.c_str());
        OWNED(DimDocument)
        document(dim_document_new(group.get(), "bulletin", properties, clock.now() - ago,
                                  dim_user_signer(peer.user), nullptr));
        json_object_unref(properties);
        return document;
    }
    static std::string
    quoted(const DimId *who)
    {
        return std::string("\"") + dim_id_text(who) + "\"";
    }
    // A content about the group.
    std::string
    about(const std::string &head, double ago, const std::string &rest = "")
    {
        return head + ",\"sn\":" + std::to_string(serial++) + ",\"group\":\"" + id
               + "\",\"time\":" + std::to_string(clock.now() - ago) + rest + "}";
    }
    std::string
    reset(double ago, const std::vector<const Person *> &people)
    {
        std::string members;

        for (const Person *person : people)
            members += (members.empty() ? "" : ",") + quoted(person->id());
        return about(R"({"type":137,"command":"reset")", ago, ",\"members\":[" + members + "]");
    }
    // Signed by the actor for all to see.
    static std::string
    signed_by(const Person &actor, DimContent *content)
    {
        OWNED(DimMessage)
        instant(dim_message_new(actor.id(), dim_id_anyone(), nullptr, content));
        DimSealing how = {};

        how.signer = dim_user_signer(actor.user);
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
        return Text(dim_message_to_text(sealed.get())).get();
    }
    static OWNED(DimContent) content_of(const std::string &json)
    {
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        EXPECT_NE(content, nullptr) << json;
        return content;
    }
    static std::string
    record(const Person &actor, const std::string &json)
    {
        OWNED(DimContent) content = content_of(json);

        return signed_by(actor, content.get());
    }
    std::string
    told_bulletin(const Person &teller, double ago)
    {
        OWNED(DimDocument) document = bulletin(ago);
        OWNED(DimContent)
        content(dim_document_command_new(group.get(), group_meta.get(), document.get()));

        return signed_by(teller, content.get());
    }
    // ---- what is sent to me ----

    void
    hear(const Person &from, const std::string &json)
    {
        OWNED(DimContent) content = content_of(json);

        line.send(from.seal(me, content.get(), false));
        clock.advance(1);
    }
    void
    forward(const Person &from, const std::vector<std::string> &messages)
    {
        std::string all;

        for (const std::string &message : messages)
            all += (all.empty() ? "" : ",") + message;
        hear(from, "{\"type\":255,\"sn\":" + std::to_string(serial++) + ",\"secrets\":[" + all
                       + "]}");
    }
    // The group as its founder tells of it.
    void
    tell(const std::vector<const Person *> &people, double ago = 50)
    {
        forward(peer, { told_bulletin(peer, 100), record(peer, reset(ago, people)) });
    }
    std::string
    line_of(const std::string &text)
    {
        return about("{\"type\":1,\"text\":\"" + text + "\"", 0);
    }
    void
    say(const Person &from, const std::string &text)
    {
        hear(from, line_of(text));
    }

    // The envelope names the group, or is for it as a whole.
    struct Way {
        bool whole = false;
        bool with_key = true;
        DimCipherKey *talk = nullptr;
        std::string more; // members of the envelope, as ",\"GHT\":1"
    };
    std::string
    seal(const Person &from, const std::string &json, const Way &way)
    {
        OWNED(DimContent) content = content_of(json);
        OWNED(DimMessage)
        instant(dim_message_new(from.id(), way.whole ? group.get() : me.id(), group.get(),
                                content.get()));
        OWNED(DimCipherKey)
        talk(way.talk != nullptr ? dim_cipher_key_ref(way.talk) : dim_cipher_key_new());
        OWNED(GPtrArray) keys(g_ptr_array_new());
        OWNED(GPtrArray) wrapped;
        DimSealing how = {};

        g_ptr_array_add(keys.get(), dim_document_key(dim_user_visa(me.user)));
        if (way.with_key)
            wrapped.reset(dim_seal_wrap(talk.get(), me.id(), keys.get(), nullptr, nullptr));
        how.signer = dim_user_signer(from.user);
        how.talk = talk.get();
        how.wrapped = wrapped.get();
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
        std::string text = Text(dim_message_to_text(sealed.get())).get();
        return text.substr(0, text.size() - 1) + way.more + "}";
    }
    void
    send_in(const Person &from, const std::string &text, const Way &way)
    {
        line.send(seal(from, line_of(text), way));
        clock.advance(1);
    }

    // ---- what I asked ----

    // Commands of that name that this person was sent.
    int
    asked(const Person &who, const char *command) const
    {
        int count = 0;

        for (DimMessage *message : heard) {
            if (!dim_id_equal(dim_message_receiver(message), who.id())
                || dim_message_content(message) != nullptr)
                continue;
            const auto opened = who.open(message);

            if (opened
                && g_strcmp0(dim_content_command(dim_message_content(opened.get())), command)
                       == 0)
                count++;
        }
        return count;
    }
    // Rows that wait on the shelf.
    guint
    waiting() const
    {
        return dim_store_count(me.store, DIM_TABLE_WAITING);
    }
    using Lines = std::vector<std::string>;
};

} // namespace
