// SPDX-License-Identifier: GPL-2.0-or-later
// A station's answers without its sockets: a content in, what would be said out.
#pragma once

#include <vector>

#include "base/json.h"
#include "message/commands.h"
#include "station/answers.h"

#include "tests/unit/station/person.hh"

namespace station_test {
namespace { // the owners of C values are local to each file

const char SESSION[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

class Answers : public ::testing::Test {
  protected:
    Answers()
    {
        support::Error error;

        user_ = station_in(store_.get());
        book_ = dim_book_new(store_.get(), dim_clock_system());
        clerk_ = dim_clerk_new(user_.get(), book_, settings_.get(), store_.get(), &error);
        keeper_.reset(
            dim_keeper_new(store_.get(), settings_.get(), dim_clock_system(), &error));
        DimOffice office{};
        office.clerk = clerk_;
        office.settings = settings_.get();
        office.clock = dim_clock_system();
        office.keeper = keeper_.get();
        answers_ = dim_answers_new(&office);
    }
    ~Answers() override
    {
        dim_answers_free(answers_);
        dim_clerk_free(clerk_);
        dim_book_free(book_);
    }
    // What the station answers to a content of this person, as JSON texts.
    std::vector<std::string>
    answers(const Person &who, DimContent *content)
    {
        const std::string text = seal(who, dim_id_any_station(), content, nullptr, true);
        return answers_to(text);
    }
    std::vector<std::string>
    answers_to(const std::string &text)
    {
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));
        support::Error error;
        std::vector<std::string> texts;
        DimQuestion question{};
        guint work = 0;

        EXPECT_EQ(dim_clerk_check(clerk_, message.get(), &work), DIM_CLERK_GOOD);
        OWNED(DimContent) content(dim_clerk_open(clerk_, message.get(), FALSE, &work, &error));
        EXPECT_TRUE(content) << error.message();
        question.session = SESSION;
        question.host = "127.0.0.1";
        question.port = 5678;
        question.message = message.get();
        question.text = text.c_str();
        question.content = content.get();
        question.replies =
            g_ptr_array_new_with_free_func(reinterpret_cast<GDestroyNotify>(dim_content_unref));
        dim_answers_give(answers_, &question);
        for (guint i = 0; i < question.replies->len; i++)
            texts.emplace_back(
                Text(dim_content_to_text(static_cast<DimContent *>(question.replies->pdata[i])))
                    .get());
        g_ptr_array_unref(question.replies);
        effect_ = question.effect;
        work_ = question.work;
        wasted_ = question.wasted;
        return texts;
    }
    std::vector<std::string>
    answers(const Person &who, const std::string &json)
    {
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        return content ? answers(who, content.get()) : std::vector<std::string>();
    }
    // The only answer, as an object.
    OWNED(JsonObject)
    answer(const Person &who, const std::string &json)
    {
        const std::vector<std::string> texts = answers(who, json);

        EXPECT_EQ(texts.size(), 1u) << json;
        return OWNED(JsonObject)(
            dim_json_parse(texts.empty() ? "{}" : texts[0].c_str(), -1, nullptr));
    }
    // The texts of receipts.
    static std::vector<std::string>
    words(const std::vector<std::string> &texts)
    {
        std::vector<std::string> all;

        for (const std::string &text : texts) {
            OWNED(DimContent) content(dim_content_parse(text.c_str(), -1, nullptr));
            const char *word = dim_content_text(content.get());

            EXPECT_NE(dim_receipt_signature(content.get()), nullptr) << text;
            all.emplace_back(word != nullptr ? word : "(no text)");
        }
        return all;
    }
    using Words = std::vector<std::string>;

    OWNED(DimSettings) settings_{ dim_settings_new() };
    OWNED(DimStore) store_{ dim_store_open_memory() };
    OWNED(DimUser) user_;
    OWNED(DimKeeper) keeper_;
    DimBook *book_ = nullptr;
    DimClerk *clerk_ = nullptr;
    DimAnswers *answers_ = nullptr;
    DimEffect effect_ = DIM_EFFECT_NONE;
    double work_ = 0;
    double wasted_ = 0;
    Person anna_{ "Anna" };
    Person ben_{ "Ben" };
};

} // namespace
} // namespace station_test
