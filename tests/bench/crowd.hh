// SPDX-License-Identifier: GPL-2.0-or-later
// Groups of very many members, as one of them knows them, and what their founder tells of all at once.
#pragma once

#include <memory>
#include <vector>

#include "command/standing.h"
#include "people/groups.h"

#include "tests/bench/party.hh"

namespace bench {
namespace {

constexpr unsigned MEMBERS = 19900; // in two records: one names ten thousand at most

class Crowd {
  public:
    Crowd(const Party &founder, const Party &member, unsigned number)
    {
        const DimPrivateKey *signer = dim_user_signer(founder.user());
        const DimDesk *desk = member.desk();
        support::Error error;

        OWNED(DimMeta)
        meta(dim_meta_new(DIM_META_MKM, signer, ("crowd" + std::to_string(number)).c_str(),
                          &error));
        must(meta != nullptr, error.message());
        id_.reset(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, &error));
        now_ = static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC - 1000;
        must(dim_book_save_meta(desk->book, id_.get(), meta.get(), &error), error.message());
        publish(founder, desk->book);
        const std::string text =
            R"({"records":[)" + record(founder, "reset", 0, dim_id_text(founder.id()), 10000)
            + "," + record(founder, "invite", 1, dim_id_text(member.id()), MEMBERS - 10000)
            + "]}";
        DimGroupNews news{};
        news.group = id_.get();
        news.founder = founder.id();
        news.me = member.id();
        news.now = now_;
        news.text = text.c_str();
        news.wants = [](const char *, gpointer) -> gboolean { return TRUE; };
        gboolean others_went = FALSE;
        must(dim_groups_save(desk->store, &news, &others_went, &error), error.message());
    }
    // One more, whom nobody knows.
    std::string
    invitation(unsigned number) const
    {
        return R"({"type":137,"command":"invite","sn":)" + std::to_string(number + 1)
               + R"(,"group":")" + dim_id_text(id_.get()) + R"(","time":)"
               + std::to_string(now_ + 10 + number) + R"(,"members":[")" + invented(number)
               + "\"]}";
    }
    bool
    grew(const Party &member, unsigned count) const
    {
        g_auto(DimGroupPage) page = {};

        return dim_group_page_read(member.desk(), id_.get(), &page, nullptr)
               && dim_history_members(page.history, &page.rules)->len == MEMBERS + count;
    }

  private:
    static std::string
    invented(unsigned number)
    {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040x", number + 1);
        return text;
    }
    void
    publish(const Party &founder, DimBook *book)
    {
        support::Error error;
        OWNED(JsonObject) properties(json_object_new());

        json_object_set_string_member(properties.get(), "founder", dim_id_text(founder.id()));
        OWNED(DimDocument)
        bulletin(dim_document_new(id_.get(), "bulletin", properties.get(), now_,
                                  dim_user_signer(founder.user()), &error));
        must(bulletin != nullptr, error.message());
        must(dim_book_save_document(book, id_.get(), bulletin.get(), &error)
                 == DIM_BOOK_RECEIVED,
             "a bulletin was refused");
    }
    // So many names in all, the first of them somebody's.
    std::string
    record(const Party &founder,
           const char *command,
           unsigned after,
           const std::string &first,
           unsigned count) const
    {
        std::string text = std::string(R"({"type":137,"sn":1,"command":")") + command
                           + R"(","actor":")" + dim_id_text(founder.id()) + R"(","time":)"
                           + std::to_string(now_ + after) + R"(,"members":[")" + first + "\"";

        for (unsigned i = 1; i < count; i++)
            text += ",\"" + invented(100000 * (after + 1) + i) + "\"";
        return text + "]}";
    }

    OWNED(DimId) id_;
    double now_ = 0;
};

// One message, which goes round all of them so many times.
OWNED(DimContent)
invitations(const std::vector<std::unique_ptr<Crowd>> &crowds, unsigned rounds)
{
    std::string all;
    support::Error error;

    for (unsigned i = 0; i < rounds; i++) {
        for (const auto &crowd : crowds)
            all += (all.empty() ? "" : ",") + crowd->invitation(i);
    }
    OWNED(DimContent)
    content(dim_content_parse((R"({"type":202,"sn":1,"contents":[)" + all + "]}").c_str(), -1,
                              &error));
    must(content != nullptr, error.message());
    return content;
}

} // namespace
} // namespace bench
