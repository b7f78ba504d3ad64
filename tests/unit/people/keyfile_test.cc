// SPDX-License-Identifier: GPL-2.0-or-later
// An identity in a file: it comes back with its contacts on another machine, and to nobody without the passphrase.
#include "people/keyfile.h"

#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <vector>

#include "people/own.h"

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::can_read;
using support::Error;
using support::failed_with;
using support::Identity;

namespace {

struct Outcome {
    GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
    OWNED(GAsyncResult) result;

    ~Outcome()
    {
        g_main_loop_unref(loop);
    }
    GAsyncResult *
    wait()
    {
        g_main_loop_run(loop);
        return result.get();
    }
};

void
finished(GObject *, GAsyncResult *result, gpointer data)
{
    auto *outcome = static_cast<Outcome *>(data);

    outcome->result.reset(G_ASYNC_RESULT(g_object_ref(result)));
    g_main_loop_quit(outcome->loop);
}

std::string
written(DimUser *user, DimStore *store, const char *passphrase, Error &error)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store));
    Outcome outcome;

    dim_keyfile_write_async(user, contacts.get(), passphrase, nullptr, finished, &outcome);
    support::Text text(dim_keyfile_write_finish(outcome.wait(), &error));
    return text != nullptr ? text.get() : "";
}

OWNED(DimKeyfile)
read(const std::string &text, const char *passphrase, Error &error)
{
    Outcome outcome;

    dim_keyfile_read_async(text.c_str(), passphrase, nullptr, finished, &outcome);
    return OWNED(DimKeyfile)(dim_keyfile_read_finish(outcome.wait(), &error));
}

std::vector<std::string>
listed(DimStore *store)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store));
    std::vector<std::string> lines;

    dim_contacts_each(
        contacts.get(),
        [](const DimContact *contact, gpointer data) {
            static_cast<std::vector<std::string> *>(data)->push_back(
                std::string(contact->id) + " "
                + (contact->alias != nullptr ? contact->alias : "-")
                + (contact->name != nullptr ? std::string(" ") + contact->name : ""));
        },
        &lines, nullptr);
    return lines;
}

class Keyfile : public ::testing::Test {
  protected:
    void
    SetUp() override
    {
        OWNED(DimContacts) contacts(dim_contacts_new(alice.store.get()));

        ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.id(), "Bob \"the\" <b>你", &error));
        ASSERT_TRUE(dim_contacts_add(contacts.get(), carol.id(), nullptr, &error));
        ASSERT_TRUE(dim_contacts_set_name(contacts.get(), carol.id(), "Carol", &error));
        text = written(alice.user.get(), alice.store.get(), "a long word", error);
        ASSERT_NE(text, "") << error.message();
    }
    // The code of the error; its message says something.
    int
    why_not(const std::string &changed, const char *passphrase = "a long word")
    {
        Error why;

        EXPECT_EQ(read(changed, passphrase, why), nullptr);
        EXPECT_STRNE(why.message().c_str(), "");
        for (int code = 0; code < 32; code++) {
            if (why.is(DIM_ERROR, code))
                return code;
        }
        return -1;
    }
    std::string
    without(const std::string &begin, const std::string &end)
    {
        const size_t at = text.find(begin), stop = text.find(end, at);

        return text.substr(0, at) + text.substr(stop + end.size());
    }
    Error error;
    Identity alice, bob{ "Bob" }, carol{ "Carol" };
    std::string text;
};

} // namespace

TEST_F(Keyfile, BringsIdentityAndContactsToAnotherMachine)
{
    OWNED(DimKeyfile) keyfile = read(text, "a long word", error);

    ASSERT_NE(keyfile, nullptr) << error.message();
    EXPECT_TRUE(dim_id_equal(dim_user_id(dim_keyfile_user(keyfile.get())), alice.id()));
    EXPECT_EQ(dim_keyfile_count(keyfile.get()), 2u);
    support::Folder folder;
    OWNED(DimStore) store(dim_keyfile_keep(keyfile.get(), folder.path().c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(listed(store.get()), listed(alice.store.get()));
    EXPECT_EQ(listed(store.get()).size(), 2u);
    OWNED(DimUser) again(dim_user_load(store.get(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    EXPECT_STREQ(dim_document_name(dim_user_visa(again.get())), "Alice");
    EXPECT_TRUE(can_read(again.get(), dim_document_key(dim_user_visa(alice.user.get()))));
    EXPECT_EQ(dim_keyfile_keep(keyfile.get(), folder.path().c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY)) << "it is in use here";
    store.reset();
    EXPECT_EQ(dim_keyfile_keep(keyfile.get(), folder.path().c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED)) << "one is there";
}

TEST_F(Keyfile, HoldsTheKeysOfBeforeToo)
{
    OWNED(DimPrivateKey) fresh(dim_private_key_new(DIM_KEY_RSA, 1024, nullptr));
    OWNED(DimDocument) before(dim_document_ref(dim_user_visa(alice.user.get())));
    const double now = dim_document_time(before.get()) + 100000;

    ASSERT_TRUE(
        dim_user_take_key(alice.user.get(), alice.store.get(), fresh.get(), now, &error));
    text = written(alice.user.get(), alice.store.get(), "word", error);
    OWNED(DimKeyfile) keyfile = read(text, "word", error);
    ASSERT_NE(keyfile, nullptr) << error.message();
    DimUser *user = dim_keyfile_user(keyfile.get());
    EXPECT_TRUE(can_read(user, dim_document_key(before.get())));
    EXPECT_TRUE(can_read(user, dim_private_key_public(fresh.get())));
}

TEST_F(Keyfile, HoldsAnIdentityOfEveryKind)
{
    for (DimKeyKind kind : { DIM_KEY_RSA, DIM_KEY_ECC }) {
        OWNED(DimStore) store(dim_store_open_memory());
        DimRegisterOptions options = {};

        options.kind = DIM_META_MKM;
        options.identity_key = kind;
        options.visa_bits = 1024;
        options.seed = "alice";
        OWNED(DimUser) user(dim_user_register(store.get(), &options, &error));
        ASSERT_NE(user, nullptr) << error.message();
        OWNED(DimKeyfile)
        keyfile = read(written(user.get(), store.get(), "word", error), "word", error);
        ASSERT_NE(keyfile, nullptr) << error.message();
        EXPECT_TRUE(dim_id_equal(dim_user_id(dim_keyfile_user(keyfile.get())),
                                 dim_user_id(user.get())));
    }
}

TEST_F(Keyfile, TellsNothingWithoutThePassphrase)
{
    EXPECT_EQ(why_not(text, "another word"), DIM_ERROR_NO_KEY);
    EXPECT_EQ(why_not(text, ""), DIM_ERROR_NO_KEY);
    EXPECT_EQ(text.find(dim_id_text(bob.id())), std::string::npos);
    EXPECT_EQ(text.find("Bob"), std::string::npos);
    EXPECT_EQ(written(alice.user.get(), alice.store.get(), "", error), "");
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
}

TEST_F(Keyfile, IsRefusedWithoutOneOfItsParts)
{
    const std::string key = "-----END ENCRYPTED PRIVATE KEY-----\n";

    EXPECT_EQ(why_not(""), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not("hello"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(without("-----BEGIN ENCRYPTED DIM", "DIM PROFILE-----\n")),
              DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(without("-----BEGIN ENCRYPTED PRIV", key)), DIM_ERROR_NO_KEY)
        << "the visa's key signed nothing";
    const std::string alone = without("-----BEGIN ENCRYPTED PRIV", key);
    const size_t visa = alone.find("-----BEGIN ENCRYPTED PRIV");
    ASSERT_NE(visa, std::string::npos);
    const std::string first = text.substr(0, text.find(key) + key.size());
    EXPECT_EQ(why_not(first + alone.substr(alone.find("-----BEGIN ENCRYPTED DIM"))),
              DIM_ERROR_UNVERIFIED)
        << "nobody could write to it";
    EXPECT_EQ(why_not(std::string(DIM_KEYFILE_MAX_SIZE + 1, '\n')), DIM_ERROR_MALFORMED);
}

TEST_F(Keyfile, IsRefusedWhenItWasCut)
{
    for (size_t end = 0; end + 30 < text.size(); end += 97)
        EXPECT_EQ(why_not(text.substr(0, end)), DIM_ERROR_MALFORMED) << end;
}

// The lock alone does not tell: the signature does.
TEST_F(Keyfile, IsRefusedWhenItsProfileWasChanged)
{
    const std::string head = "-----BEGIN ENCRYPTED DIM PROFILE-----\n";
    const size_t start = text.find(head) + head.size();
    const size_t middle = start + (text.find("-----END", start) - start) / 2;

    for (size_t at : { middle, middle + 40, middle + 80 }) {
        std::string changed = text;

        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        const int code = why_not(changed);
        EXPECT_TRUE(code == DIM_ERROR_NO_KEY || code == DIM_ERROR_MALFORMED) << code;
    }
}

TEST_F(Keyfile, OfAnotherPersonIsNotMixedWithThisOne)
{
    const std::string other = written(bob.user.get(), bob.store.get(), "a long word", error);
    const std::string head = "-----BEGIN ENCRYPTED DIM PROFILE-----\n";

    EXPECT_EQ(why_not(other.substr(0, other.find(head)) + text.substr(text.find(head))),
              DIM_ERROR_NO_KEY);
}

TEST_F(Keyfile, IsNotReadToTheEndWhenNobodyWaitsForIt)
{
    OWNED(GCancellable) cancellable(g_cancellable_new());
    Outcome outcome;

    dim_keyfile_read_async(text.c_str(), "a long word", cancellable.get(), finished, &outcome);
    g_cancellable_cancel(cancellable.get());
    EXPECT_EQ(dim_keyfile_read_finish(outcome.wait(), &error), nullptr);
    EXPECT_TRUE(error.is(G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

// The tables of an empty store fit, a thousand contacts do not.
TEST_F(Keyfile, ComesWholeOrNotAtAll)
{
    OWNED(DimContacts) contacts(dim_contacts_new(alice.store.get()));
    support::Folder folder;
    const std::string path = folder.path() + "/" + dim_id_address(alice.id()) + "/store.db";
    OWNED(DimStore) empty(dim_store_open(folder.file("empty.db").c_str(), &error));
    struct rlimit before = {};

    empty.reset();
    for (int i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("p%d@4WDfe3zZ4T7opFSi3iDAKiuTnUHjxmXekk", i);
        OWNED(DimId) id(dim_id_parse(name, nullptr));
        ASSERT_NE(id, nullptr);
        ASSERT_TRUE(
            dim_contacts_add(contacts.get(), id.get(), std::string(900, 'x').c_str(), &error));
    }
    text = written(alice.user.get(), alice.store.get(), "word", error);
    OWNED(DimKeyfile) keyfile = read(text, "word", error);
    ASSERT_NE(keyfile, nullptr) << error.message();
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit tight = before;
    tight.rlim_cur = 600000;
    signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
    EXPECT_EQ(dim_keyfile_keep(keyfile.get(), folder.path().c_str(), &error), nullptr);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(g_file_test(path.c_str(), G_FILE_TEST_EXISTS))
        << "nobody would log in with it";
    OWNED(DimStore) store(dim_keyfile_keep(keyfile.get(), folder.path().c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(listed(store.get()).size(), 1002u);
}

TEST_F(Keyfile, AddsToAListWhomItDoesNotHold)
{
    OWNED(DimKeyfile) keyfile = read(text, "a long word", error);
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    guint added = 7;

    ASSERT_NE(keyfile, nullptr) << error.message();
    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.id(), "my own word", &error));
    ASSERT_TRUE(dim_keyfile_merge(keyfile.get(), store.get(), &added, &error));
    EXPECT_EQ(added, 1u);
    const auto lines = listed(store.get());
    EXPECT_EQ(lines.size(), 2u);
    EXPECT_NE(std::find(lines.begin(), lines.end(),
                        std::string(dim_id_text(bob.id())) + " my own word"),
              lines.end());
    ASSERT_TRUE(dim_keyfile_merge(keyfile.get(), store.get(), &added, &error));
    EXPECT_EQ(added, 0u);
}

// What cannot be read again must not be written.
TEST_F(Keyfile, IsNotWrittenWithMoreThanIsRead)
{
    OWNED(DimContacts) contacts(dim_contacts_new(alice.store.get()));

    ASSERT_TRUE(dim_contacts_set_alias(contacts.get(), bob.id(),
                                       std::string(5 << 20, 'x').c_str(), &error));
    EXPECT_EQ(written(alice.user.get(), alice.store.get(), "word", error), "");
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
}
