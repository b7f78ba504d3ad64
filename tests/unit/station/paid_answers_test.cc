// SPDX-License-Identifier: GPL-2.0-or-later
// What the station is asked is paid by who asks, by the size of what he is told; honest questions cost little.
#include "tests/unit/station/answers.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

const size_t LONG = 58000; // bytes of a document that is hardly kept

// A visa with a name of so many bytes, newer than the first one.
OWNED(DimDocument)
visa_of(const Person &who, size_t size, const char *terminal)
{
    return who.visa(dim_document_time(dim_user_visa(who.user.get())) + 1,
                    std::string(size, 'x').c_str(), terminal);
}

std::string
question(const char *command, const std::string &members = "")
{
    return std::string(R"({"type":136,"sn":24,"command":")") + command + "\"" + members + "}";
}

std::string
about(const Person &whom)
{
    return R"(,"did":")" + whom.name() + "\"";
}

std::string
array_of(const std::string &one, int count)
{
    std::string all = one;

    for (int i = 1; i < count; i++)
        all += "," + one;
    return R"({"type":202,"sn":6,"contents":[)" + all + "]}";
}

class Paid : public Answers {
  protected:
    Paid()
    {
        OWNED(DimContent)
        introduction(dim_document_command_new(ben_.id(), dim_user_meta(ben_.user.get()),
                                              dim_user_visa(ben_.user.get())));

        EXPECT_EQ(words(answers(anna_, introduction.get())), Words{ "Document received." });
    }
    void
    push(const DimDocument *visa)
    {
        OWNED(DimContent)
        content(dim_document_command_new(ben_.id(), nullptr, const_cast<DimDocument *>(visa)));

        ASSERT_EQ(words(answers(ben_, content.get())), Words{ "Document received." });
    }
    // A login message of so many bytes.
    void
    log_in(size_t size)
    {
        const std::string now = std::to_string(dim_clock_now(dim_clock_system()));

        ASSERT_EQ(words(answers(ben_, question("login", about(ben_) + R"(,"time":)" + now
                                                            + R"(,"agent":")"
                                                            + std::string(size, 'a') + "\""))),
                  Words{ "Login received." });
    }
};

// A small message must not make the station seal megabytes in one turn, for nothing.
TEST_F(Paid, DocumentsByTheirSize)
{
    push(visa_of(ben_, LONG, "phone").get());
    EXPECT_EQ(answers(anna_, question("document", about(ben_))).size(), 2u);
    EXPECT_GT(work_, 2 + LONG / 16384.0);
    EXPECT_LT(work_, 3 + LONG / 16384.0);
    const size_t count = answers(anna_, array_of(question("document", about(ben_)), 64)).size();
    EXPECT_GE(count, 20u);
    EXPECT_LT(count, 50u) << "an array stops where it has cost enough: 128 are asked for";
    EXPECT_LT(work_, 110);
}

// It comes on top of the documents, and is in its forward twice.
TEST_F(Paid, TheLoginThatIsToldOnByItsSize)
{
    log_in(LONG / 2);
    EXPECT_EQ(answers(anna_, question("document", about(ben_))).size(), 2u);
    EXPECT_GT(work_, 2 + LONG / 16384.0);
}

TEST_F(Paid, EachAnswerOfAnArray)
{
    for (const std::string &one :
         { question("handshake", R"(,"title":"Hello world!")"), question("meta", about(ben_)),
           question("ans", R"(,"names":"archivist")"),
           question("report", R"(,"title":"online")"), question("search") }) {
        EXPECT_EQ(answers(anna_, array_of(one, 64)).size(), 64u) << one;
        EXPECT_GE(work_, 64) << one;
        EXPECT_LT(work_, 80) << one;
    }
}

// A client asks about all whom it knows at once: a hundred are a fraction of what a line may spend.
TEST_F(Paid, AnHonestQuestionCostsLittle)
{
    log_in(100);
    EXPECT_EQ(answers(anna_, question("document", about(ben_))).size(), 2u);
    EXPECT_LT(work_ * 100, settings_->burst / 4.0);
    EXPECT_EQ(answers(anna_, question("meta", about(ben_))).size(), 1u);
    EXPECT_LT(work_ * 100, settings_->burst / 4.0);
}

// All of them together have one allowance.
TEST(PaidByStrangers, WhatTheyAreToldByItsSize)
{
    House house([](DimSettings *settings) { settings->stranger_rate = 40; });
    Person anna("Anna");
    Person eve("Eve");
    auto a = house.caller(anna);
    auto e = house.caller(eve);
    OWNED(DimDocument) visa = visa_of(anna, LONG, nullptr);
    OWNED(DimContent) push(dim_document_command_new(anna.id(), nullptr, visa.get()));
    OWNED(DimContent) ask(dim_document_query_new(anna.id(), 0));
    Packet packet;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(a->acknowledged(a->ask(push.get())));
    e->greet();
    ASSERT_TRUE(e->wait(5000, [&] { return !e->session.empty(); }));
    const size_t before = e->commands.size();
    const gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 12; i++)
        e->send(seal(eve, dim_id_any_station(), ask.get(), nullptr, false));
    ASSERT_TRUE(e->wait(20000, [&] { return e->commands.size() >= before + 12; }));
    EXPECT_GT(g_get_monotonic_time() - start, 900000)
        << "five or six for each, ten at once and forty a second";
}

} // namespace
