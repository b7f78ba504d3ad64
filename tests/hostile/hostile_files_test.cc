// SPDX-License-Identifier: GPL-2.0-or-later
// hostile_files_test FOLDER: a session is given each file of make_hostile.py: nothing is shown of what is broken, one line is
// said, no step is long, and the talk goes on.
#include <algorithm>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/codec.h"
#include "base/json.h"

#include "tests/unit/session/session_case.hh"

namespace {

const char *folder;
const double most_milliseconds = 50;
#ifdef DIM_HOSTILE_SLOW
const double patience = 40; // sanitizers
#else
const double patience = 1;
#endif

std::string
read_file(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);

    return { std::istreambuf_iterator<char>(file), {} };
}

double
cpu_milliseconds()
{
    timespec now = {};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::string
base64(GBytes *bytes)
{
    gsize size = 0;
    auto *data = static_cast<const guint8 *>(g_bytes_get_data(bytes, &size));

    return support::Text(dim_base64_encode(data, size)).get();
}

void
replace_all(std::string *text, const std::string &from, const std::string &to)
{
    for (size_t at = 0; (at = text->find(from, at)) != std::string::npos; at += to.size())
        text->replace(at, from.size(), to);
}

// What came of one file.
struct Result {
    std::string name;
    double milliseconds;
    size_t said;
};

class HostileTest : public SessionTest {
  protected:
    std::vector<std::string> said; // debug lines and warnings of the product
    std::vector<Result> results;
    int count = 0;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        g_log_set_default_handler(
            [](const char *domain, GLogLevelFlags, const char *text, gpointer self) {
                if (domain != nullptr && g_str_has_prefix(domain, "dim-"))
                    static_cast<HostileTest *>(self)->said.emplace_back(std::string(domain)
                                                                        + ": " + text);
            },
            this);
        open();
        introduce(peer);
        introduce(stranger);
        // who is on the list has no measure: every file is opened at once
        ASSERT_TRUE(
            dim_contacts_add(dim_session_contacts(session), stranger.id(), nullptr, nullptr));
        ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        g_log_set_default_handler(g_log_default_handler, nullptr);
    }

    // The stranger locks that text for me, and signs it.
    std::string
    fill(std::string message, const std::string &plain)
    {
        static const guint8 iv[DIM_IV_SIZE] = { 1, 2, 3 };
        OWNED(DimCipherKey) talk(dim_cipher_key_new());
        OWNED(DimSecret) secret(dim_cipher_key_to_secret(talk.get()));
        OWNED(GBytes)
        wrapped(dim_public_key_encrypt(dim_document_key(dim_user_visa(me.user)), secret.get(),
                                       nullptr));
        OWNED(GBytes)
        data(dim_cipher_key_encrypt(talk.get(), plain.data(), plain.size(), iv, nullptr));
        gsize size = 0;
        const void *bytes = g_bytes_get_data(data.get(), &size);
        OWNED(GBytes)
        proof(dim_private_key_sign(dim_user_signer(stranger.user), bytes, size, nullptr));
        OWNED(GBytes) iv_bytes(g_bytes_new(iv, sizeof iv));

        replace_all(&message, "@DATA@", base64(data.get()));
        replace_all(&message, "@SIGNATURE@", base64(proof.get()));
        replace_all(&message, "@IV@", base64(iv_bytes.get()));
        replace_all(&message, "@KEY@", base64(wrapped.get()));
        replace_people(&message);
        return message;
    }
    void
    replace_people(std::string *text)
    {
        replace_all(text, "@SENDER@", dim_id_text(stranger.id()));
        replace_all(text, "@NOBODY@", "0x98d548788b2b84f3F59224417855F40305779Bf2");
        replace_all(text, "@ME@", dim_id_text(me.id()));
    }
    // The type that the envelope of this content says, if it is one at all: what says another is refused before it is obeyed.
    static std::string
    type_of(const std::string &text)
    {
        OWNED(DimContent)
        content(dim_content_parse(text.data(), static_cast<gssize>(text.size()), nullptr));

        return ",\"type\":" + std::to_string(content ? dim_content_type(content.get()) : 1);
    }
    // What goes over the line.
    std::string
    payload(const std::string &kind, const std::string &type, std::string text)
    {
        const std::string good = "{\"type\":1,\"sn\":" + std::to_string(++count)
                                 + ",\"time\":1700000000,\"text\":\"forged\"}";
        const std::string rest = ",\"receiver\":\"@ME@\",\"data\":\"@DATA@\",\"signature\":"
                                 "\"@SIGNATURE@\",\"IV\":\"@IV@\",\"key\":\"@KEY@\"";

        if (kind == "line")
            return text;
        if (kind == "message")
            return fill(std::move(text), good);
        if (kind == "meta")
            return fill("{\"sender\":\"@NOBODY@\"" + rest + ",\"meta\":" + text + "}", good);
        replace_people(&text);
        return fill("{\"sender\":\"@SENDER@\"" + type + rest + "}", text);
    }
    void
    give(const std::string &kind, const std::string &name, const std::string &text)
    {
        const bool may = g_str_has_suffix(name.c_str(), "-shown");
        const std::string wire = payload(kind, may ? "" : type_of(text), text);
        const size_t failed = failures.size();
        const double start = cpu_milliseconds();

        said.clear();
        shown.clear();
        if (kind == "line")
            line.send_raw(wire);
        else
            line.send(wire);
        clock.advance(0.1);
        results.push_back({ kind + "/" + name, cpu_milliseconds() - start,
                            said.size() + failures.size() - failed });
        EXPECT_EQ(shown.empty(), !may)
            << results.back().name << ": " << (may ? "" : shown[0].substr(0, 200));
        EXPECT_LE(said.size(), 16u) << results.back().name;
        if (kind != "line") {
            const bool quiet = may || g_str_has_suffix(name.c_str(), "-quiet");
            const size_t most = g_str_has_suffix(name.c_str(), "-lines") ? 16 : !quiet;

            EXPECT_TRUE(said.size() <= most && (quiet || !said.empty()))
                << results.back().name << ": " << said.size() << " lines\n"
                << (said.empty() ? ""
                                 : said[0].substr(0, 300) + "\n" + said.back().substr(0, 300));
            EXPECT_TRUE(said.empty() || said[0].size() < 400) << results.back().name;
            EXPECT_EQ(failures.size(), failed) << results.back().name;
        }
    }
    // The other talk goes on; a line that was spoiled is dialled again.
    void
    go_on(const std::string &kind)
    {
        const std::string words = "still here " + std::to_string(count++);

        if (kind == "line") {
            line.send_raw(std::string(8, '\0')); // ends what was announced too short
            for (int i = 0; i < 20 && dim_session_state(session) != DIM_STATE_ONLINE; i++)
                clock.advance(30);
        }
        shown.clear();
        line.send(peer.say(me, words.c_str(), false));
        clock.advance(0.1);
        if (kind == "line" && shown.empty()) {
            // the announced body swallowed it: the line falls silent, and another is dialled
            line.hang_up();
            for (int i = 0; i < 20; i++)
                clock.advance(30);
            line.send(peer.say(me, words.c_str(), false));
            clock.advance(1);
        }
        EXPECT_EQ(shown, std::vector<std::string>{ words }) << results.back().name;
    }
    void
    give_all(const std::string &kind)
    {
        std::vector<std::filesystem::path> files;

        for (const auto &entry :
             std::filesystem::directory_iterator(std::string(folder) + "/" + kind))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto &path : files) {
            give(kind, path.filename().string(), read_file(path));
            go_on(kind);
        }
        std::sort(results.begin(), results.end(), [](const Result &a, const Result &b) {
            return a.milliseconds > b.milliseconds;
        });
        printf("%s: %zu files; the slowest:", kind.c_str(), results.size());
        for (size_t i = 0; i < results.size() && i < 3; i++)
            printf(" %s %.1f ms", results[i].name.c_str(), results[i].milliseconds);
        printf("\n");
        EXPECT_LT(results[0].milliseconds, most_milliseconds * patience) << results[0].name;
        EXPECT_GT(results.size(), 50u);
    }
};

TEST_F(HostileTest, Messages)
{
    give_all("message");
}

TEST_F(HostileTest, Contents)
{
    give_all("content");
}

TEST_F(HostileTest, Metas)
{
    give_all("meta");
}

TEST_F(HostileTest, Lines)
{
    give_all("line");
}

} // namespace

int
main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    if (argc != 2) {
        fprintf(stderr, "usage: hostile_files_test FOLDER\n");
        return 2;
    }
    folder = argv[1];
    return RUN_ALL_TESTS();
}
