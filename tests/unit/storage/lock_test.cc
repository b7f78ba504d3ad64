// SPDX-License-Identifier: GPL-2.0-or-later
// The files around a store: modes, folder, the lock of one process and its forked children, damaged files kept aside.
#include "storage/lock.h"

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/files.hh"

namespace {

unsigned
mode_of(const std::string &path)
{
    struct stat info;

    return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

} // namespace

TEST_F(Files, ArePrivateWhateverTheUmask)
{
    const std::string deep = folder.file("one/two/store.db");
    const mode_t before = umask(0);

    {
        OWNED(DimStore) store(dim_store_open(deep.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "a", "b"));
        EXPECT_STREQ(dim_store_path(store.get()), deep.c_str());
        EXPECT_EQ(mode_of(folder.file("one")), 0700U);
        EXPECT_EQ(mode_of(folder.file("one/two")), 0700U);
        for (const char *tail : { "", "-wal", "-shm", ".lock" })
            EXPECT_EQ(mode_of(deep + tail), 0600U) << tail;
    }
    umask(before);
    EXPECT_EQ(mode_of(deep), 0600U);
}

TEST_F(Files, AreMadePrivateWhenTheyWereNot)
{
    make(1);
    ASSERT_EQ(chmod(path.c_str(), 0644), 0);
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST_F(Files, AreNotPutWhereOthersMayWrite)
{
    for (mode_t mode : { 0770, 0702, 01777 }) {
        ASSERT_EQ(chmod(folder.path().c_str(), mode), 0);
        EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
        EXPECT_FALSE(fs::exists(path));
    }
    ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0); /* others may look at the names: fine */
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    EXPECT_NE(store, nullptr) << error.message();
}

TEST_F(Files, AreNotAFolderOrADevice)
{
    fs::create_directory(path);
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_open("/dev/null/x/store.db", &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
}

/* As root things can be given away, else the system's own are another's. */
TEST_F(Files, AreNotKeptInWhatBelongsToAnother)
{
    const std::string inside = folder.file("theirs/store.db");
    const std::string theirs = folder.file("theirs.db");

    fs::create_directory(folder.file("theirs"));
    if (geteuid() == 0) {
        write_file(theirs, "");
        ASSERT_EQ(chown(folder.file("theirs").c_str(), 65534, 65534), 0);
        ASSERT_EQ(chown(theirs.c_str(), 65534, 65534), 0);
    } else {
        fs::create_symlink("/etc/hostname", theirs);
    }
    EXPECT_EQ(dim_store_open(geteuid() == 0 ? inside.c_str() : "/etc/store.db", &error),
              nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_open(theirs.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(fs::exists(inside));
}

TEST_F(Files, AreLockedAgainstThisProcess)
{
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    const std::string other = folder.file("./store.db");

    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY));
    EXPECT_EQ(dim_store_open(other.c_str(), &error), nullptr); /* another spelling */
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY));
    OWNED(DimStore) neighbour(dim_store_open(folder.file("other.db").c_str(), &error));
    EXPECT_NE(neighbour, nullptr) << error.message();
    dim_store_unref(dim_store_ref(store.get())); /* not the last one: still locked */
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    store.reset();
    OWNED(DimStore) again(dim_store_open(path.c_str(), &error));
    EXPECT_NE(again, nullptr) << error.message();
}

TEST_F(Files, AreLockedAgainstOtherProcesses)
{
    auto in_child = [this]() -> int { /* 0 opened, 1 busy, 2 anything else */
                                      const pid_t child = fork();
                                      int status = 0;

                                      if (child == 0) {
                                          execl("/proc/self/exe", "files_test", "--open",
                                                path.c_str(), nullptr);
                                          _exit(3);
                                      }
                                      waitpid(child, &status, 0);
                                      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };

    EXPECT_EQ(in_child(), 0);
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(in_child(), 1);
    EXPECT_EQ(in_child(), 1) << "asking must not take the lock away";
    store.reset();
    EXPECT_EQ(in_child(), 0);
}

TEST_F(Files, ALockThatIsALinkIsNotFollowed)
{
    const std::string precious = folder.file("precious");

    write_file(precious, "untouched");
    fs::create_symlink(precious, path + ".lock");
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(read_file(precious), "untouched");
}

TEST_F(Files, AreMadePrivateOnlyWhenTheyArePlainFiles)
{
    const std::string pipe = folder.file("pipe");

    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_FALSE(dim_lock_make_private(pipe.c_str(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_lock_make_private(folder.path().c_str(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_lock_make_private(folder.file("none/store.db").c_str(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_TRUE(dim_lock_make_private(path.c_str(), &error)) << error.message();
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_EQ(read_file(path), "");
}

TEST_F(Files, ALockRemembersWhetherItsHolderCameToTheEnd)
{
    OWNED(DimLock) lock(dim_lock_take(path.c_str(), &error));

    ASSERT_NE(lock, nullptr) << error.message();
    EXPECT_FALSE(dim_lock_was_unclean(lock.get()));
    EXPECT_TRUE(dim_lock_is_ours(lock.get()));
    EXPECT_EQ(dim_lock_take(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY));
    lock.reset(); // as if it had been killed
    lock.reset(dim_lock_take(path.c_str(), &error));
    ASSERT_NE(lock, nullptr) << error.message();
    EXPECT_TRUE(dim_lock_was_unclean(lock.get()));
    dim_lock_set_clean(lock.get());
    lock.reset();
    lock.reset(dim_lock_take(path.c_str(), &error));
    ASSERT_NE(lock, nullptr) << error.message();
    EXPECT_FALSE(dim_lock_was_unclean(lock.get()));
}

TEST_F(Files, ALockIsNotAForkedChilds)
{
    OWNED(DimLock) lock(dim_lock_take(path.c_str(), &error));
    int status = -1;

    ASSERT_NE(lock, nullptr) << error.message();
    const pid_t child = fork();
    if (child == 0)
        _exit(dim_lock_is_ours(lock.get()) ? 1 : 0);
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_TRUE(dim_lock_is_ours(lock.get()));
}

TEST_F(Files, KeptAsideGoWithTheirLog)
{
    write_file(path, "file");
    write_file(path + "-wal", "log");
    write_file(path + "-shm", "index");
    support::Text name(dim_lock_keep_aside(path.c_str(), &error));
    ASSERT_NE(name, nullptr) << error.message();
    EXPECT_EQ(read_file(folder.file(name.get())), "file");
    EXPECT_EQ(read_file(folder.file(name.get()) + "-wal"), "log");
    EXPECT_EQ(read_file(folder.file(name.get()) + "-shm"), "index");
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(dim_lock_keep_aside(path.c_str(), &error), nullptr) << "there is nothing left";
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
}

/* A helper that the killed program had forked (libpurple's name resolver) must not keep the lock. */
TEST(StoreCrash, LeavesNoLockToForkedChildren)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    int ends[2];
    pid_t grandchild = 0;
    Error error;

    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        DimStore *store = dim_store_open(path.c_str(), nullptr);
        const pid_t inner = store != nullptr ? fork() : -1;

        if (inner == 0) {
            close(ends[1]);
            for (int i = 0; i < 600; i++)
                usleep(100000);
            _exit(0);
        }
        if (write(ends[1], &inner, sizeof inner) != sizeof inner)
            _exit(1);
        pause();
        _exit(0);
    }
    ASSERT_EQ(read(ends[0], &grandchild, sizeof grandchild),
              static_cast<ssize_t>(sizeof grandchild));
    ASSERT_GT(grandchild, 0);
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_BUSY));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    EXPECT_NE(store, nullptr) << error.message();
    kill(grandchild, SIGKILL);
    close(ends[0]);
    close(ends[1]);
}

int
main(int count, char **words)
{
    if (count == 3 && std::string(words[1]) == "--open") {
        Error error;
        OWNED(DimStore) store(dim_store_open(words[2], &error));

        if (store != nullptr)
            return 0;
        return error.is(DIM_ERROR, DIM_ERROR_BUSY) ? 1 : 2;
    }
    ::testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}
