// SPDX-License-Identifier: GPL-2.0-or-later
// The dim-station program under kill -9 in the middle of a burst: whatever it acknowledged comes after the next start.
#include <csignal>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>

#include "tests/support/folder.hh"
#include "tests/unit/station/caller.hh"

using namespace station_test;

namespace {

constexpr int KILLS = 50;

// The real program on a free port.
class Program {
  public:
    explicit Program(const std::string &folder)
    {
        std::string line;

        if (pipe(out_) != 0)
            return;
        pid_ = fork();
        if (pid_ == 0) {
            dup2(out_[1], 1);
            close(out_[0]);
            close(out_[1]);
            execl(DIM_STATION_PROGRAM, DIM_STATION_PROGRAM, "--listen", "127.0.0.1:0", "--data",
                  folder.c_str(), static_cast<char *>(nullptr));
            _exit(127);
        }
        close(out_[1]);
        for (char c; read(out_[0], &c, 1) == 1 && c != '\n';)
            line += c;
        greeting = line;
        if (line.rfind(':') != std::string::npos)
            port = static_cast<guint16>(std::stoi(line.substr(line.rfind(':') + 1)));
    }
    ~Program()
    {
        if (pid_ > 0)
            end(SIGKILL);
        close(out_[0]);
    }
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;
    // The status that waitpid() tells.
    int
    end(int signal)
    {
        int status = 0;

        ::kill(pid_, signal);
        waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }
    int
    wait()
    {
        int status = 0;

        waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }
    guint16 port = 0;
    std::string greeting;

  private:
    pid_t pid_ = -1;
    int out_[2] = { -1, -1 };
};

std::string
signature_of(const std::string &payload)
{
    OWNED(DimMessage)
    message(dim_message_parse(payload.data(), static_cast<gssize>(payload.size()), nullptr));

    return message ? dim_message_signature_text(message.get()) : "";
}

// Sends a burst and kills the station somewhere in it; returns the payloads that were acknowledged.
std::vector<std::string>
burst(Program *program, const Person &from, const std::vector<std::string> &payloads, int wait)
{
    Caller caller(program->port, from);
    std::map<guint64, std::string> sent;
    std::vector<std::string> acknowledged;

    EXPECT_TRUE(caller.login());
    for (const std::string &payload : payloads)
        sent[caller.send(payload)] = payload;
    const gint64 until = g_get_monotonic_time() + wait;
    caller.wait(1000, [&] { return g_get_monotonic_time() >= until; });
    program->end(SIGKILL);
    // What it wrote before it died is still in the line.
    for (const auto &[serial, payload] : sent) {
        if (caller.acknowledged(serial, 200))
            acknowledged.push_back(payload);
    }
    return acknowledged;
}

TEST(Kill, LosesNothingThatWasAcknowledgedAndShowsNothingTwice)
{
    support::Folder folder;
    Person anna("Anna");
    Person ben("Ben");
    std::string who;
    size_t all = 0;
    int torn = 0;

    for (int round = 0; round < KILLS; round++) {
        std::vector<std::string> payloads;
        std::set<std::string> got;
        size_t twice = 0;

        for (int i = 0; i < 150; i++)
            payloads.push_back(
                letter(anna, ben, std::to_string(round) + "/" + std::to_string(i)));
        auto program = std::make_unique<Program>(folder.path());
        ASSERT_NE(program->port, 0) << program->greeting;
        const std::string name =
            program->greeting.substr(0, program->greeting.find(" listening"));
        if (round == 0)
            who = name;
        ASSERT_EQ(name, who) << "its identity stays";
        auto acknowledged = burst(program.get(), anna, payloads, 1000 + round * 1500);
        all += acknowledged.size();
        torn += !acknowledged.empty() && acknowledged.size() < payloads.size();

        program = std::make_unique<Program>(folder.path());
        ASSERT_NE(program->port, 0) << program->greeting;
        Caller reader(program->port, ben);
        OWNED(DimContent) online(dim_report_new("online"));
        ASSERT_TRUE(reader.login());
        reader.ask(online.get()); // who speaks is pushed to at once
        reader.wait(10000, [&] {
            got.clear();
            twice = 0;
            for (const std::string &payload : reader.raw)
                twice += got.insert(signature_of(payload)).second ? 0 : 1;
            for (const std::string &payload : acknowledged) {
                if (got.count(signature_of(payload)) == 0)
                    return false;
            }
            return true;
        });
        for (const std::string &payload : acknowledged)
            ASSERT_EQ(got.count(signature_of(payload)), 1u) << "lost in round " << round;
        EXPECT_EQ(twice, 0u);
        // Empty it, so that the next round starts from nothing.
        reader.wait(100, [] { return false; });
        const int status = program->end(SIGTERM);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    EXPECT_GT(all, 0u);
    EXPECT_GT(torn, KILLS / 4) << "the kills must fall into the bursts";
    RecordProperty("acknowledged", static_cast<int>(all));
}

TEST(Kill, TakesItsFolderForItselfAlone)
{
    support::Folder folder;
    Program first(folder.path());
    Program second(folder.path());
    const int status = second.wait();

    EXPECT_NE(first.port, 0);
    EXPECT_EQ(second.port, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

TEST(Kill, StopsCleanlyAndKeepsWhatWaits)
{
    support::Folder folder;
    Person anna("Anna");
    Person ben("Ben");
    auto program = std::make_unique<Program>(folder.path());
    {
        Caller caller(program->port, anna);

        ASSERT_TRUE(caller.login());
        ASSERT_TRUE(caller.acknowledged(caller.send(letter(anna, ben, "keep me"))));
        const int status = program->end(SIGTERM);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
        EXPECT_TRUE(caller.closed());
    }
    program = std::make_unique<Program>(folder.path());
    Caller reader(program->port, ben);
    ASSERT_TRUE(reader.login());
    EXPECT_TRUE(reader.wait(5000, [&] { return reader.letters.size() == 1; }));
}

// As a service that is started again and again would: users have pinned the identity that lies in the damaged file.
TEST(Kill, BesideADamagedStoreNoNewStationBegins)
{
    support::Folder folder;
    const std::string store = folder.file("station/store.db");
    std::string identity;

    {
        Program first(folder.path());
        identity = first.greeting.substr(0, first.greeting.find(" listening"));
        ASSERT_NE(first.port, 0);
        first.end(SIGTERM);
    }
    const std::string backup = folder.file("backup");
    std::filesystem::copy_file(store, backup);
    ASSERT_TRUE(
        g_file_set_contents(store.c_str(), std::string(8192, 'x').c_str(), 8192, nullptr));
    for (int i = 0; i < 3; i++) {
        Program again(folder.path());

        EXPECT_EQ(again.port, 0) << again.greeting;
        const int status = again.wait();
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    }
    // The backup that the sentence asks for.
    std::filesystem::rename(backup, store);
    Program last(folder.path());
    EXPECT_EQ(last.greeting.substr(0, last.greeting.find(" listening")), identity);
}

} // namespace
