// SPDX-License-Identifier: GPL-2.0-or-later
// A desk where a group is talked about: its bulletin is in the book, records come in from whom the test wants.
#pragma once

#include "command/standing.h"
#include "message/seal.h"
#include "people/groups.h"

#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class GroupDeskTest : public DeskTest {
  protected:
    OWNED(DimId) group;

    // A group of the peer's, with its meta, his and the bulletin in the book.
    void
    found(const std::string &properties)
    {
        ASSERT_TRUE(dim_book_save_meta(book.get(), peer().id(), peer().meta(), nullptr));
        publish(properties);
    }
    // The same where nothing is known of him.
    void
    publish(const std::string &properties)
    {
        const DimPrivateKey *key = dim_user_signer(peer().user.get());
        OWNED(DimMeta)
        meta(dim_meta_new(DIM_META_MKM, key, "group", nullptr));

        group.reset(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, nullptr));
        ASSERT_TRUE(group && dim_id_is_group(group.get()));
        ASSERT_TRUE(dim_book_save_meta(book.get(), group.get(), meta.get(), nullptr));
        OWNED(JsonObject) members(dim_json_parse(fill(properties).c_str(), -1, nullptr));
        OWNED(DimDocument)
        bulletin(dim_document_new(group.get(), "bulletin", members.get(), clock.now() - 1000,
                                  key, nullptr));
        ASSERT_EQ(dim_book_save_document(book.get(), group.get(), bulletin.get(), nullptr),
                  DIM_BOOK_RECEIVED);
    }
    void
    found()
    {
        found(R"({"founder":"<peer>","name":"Friends"})");
    }
    bool
    tell(const DimId *from,
         const std::string &command,
         double ago,
         const std::string &rest = "",
         const DimId *to = me().id())
    {
        return hear(from,
                    R"({"type":137,"sn":7,"time":)" + std::to_string(clock.now() - ago)
                        + R"(,"command":")" + command + R"(","group":")"
                        + dim_id_text(group.get()) + "\"" + rest + "}",
                    to);
    }
    DimStanding
    standing(const DimId *who)
    {
        return dim_group_standing(&desk, group.get(), who);
    }
    bool
    may_speak(const DimId *who)
    {
        return standing(who) != DIM_STANDING_OUTSIDER;
    }
    // The same, signed for all to see: what was opened from a broadcast. Content type as the sender writes it.
    bool
    tell_all(const Identity &from,
             const std::string &command,
             double ago,
             const std::string &rest = "",
             int type = 137)
    {
        OWNED(DimContent)
        said(dim_content_parse(fill("{\"type\":" + std::to_string(type)
                                    + ",\"sn\":7,\"time\":" + std::to_string(clock.now() - ago)
                                    + ",\"command\":\"" + command + "\",\"group\":\""
                                    + dim_id_text(group.get()) + "\"" + rest + "}")
                                   .c_str(),
                               -1, nullptr));
        OWNED(DimMessage)
        instant(dim_message_new(from.id(), dim_id_anyone(), nullptr, said.get()));
        DimSealing how = {};
        DimUnsealing open = {};

        how.signer = dim_user_signer(from.user.get());
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
        OWNED(DimMessage) opened(dim_unseal(sealed.get(), &open, nullptr, nullptr));
        DimHandler *handler = dim_command_find(dim_message_content(opened.get()));
        GError *failure = nullptr;
        const bool good =
            handler != nullptr
            && handler(&desk, opened.get(), dim_message_content(opened.get()), &failure);
        error.take(failure);
        return good;
    }
    // The signed messages that are kept.
    OWNED(GPtrArray)
    evidence()
    {
        return OWNED(GPtrArray)(dim_groups_signed(store.get(), group.get(), nullptr));
    }
    guint
    kept() const
    {
        return dim_store_count(store.get(), DIM_TABLE_GROUPS);
    }
};

const char THREE[] = R"(,"members":["<peer>","<me>","<stranger>"])";
const char TWO[] = R"(,"members":["<peer>","<me>"])";

} // namespace
