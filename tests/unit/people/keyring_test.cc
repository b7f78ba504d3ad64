// SPDX-License-Identifier: GPL-2.0-or-later
// DimKeyring: a key for each direction, its age, its wrapped copies, and what is kept over restarts.
#include "people/keyring.h"

#include <gtest/gtest.h>

#include "people/contacts.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::id_of;

namespace {

const double day = 24 * 3600;

class Keyring : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimKeyring) keyring{ dim_keyring_new(store.get(), clock.get()) };
    OWNED(DimId) bob = id_of("0x1111111111111111111111111111111111111111");
    OWNED(DimId) eve = id_of("0x2222222222222222222222222222222222222222");
    Error error;

    OWNED(DimCipherKey) sending(DimId *to, gboolean *fresh = nullptr)
    {
        DimCipherKey *key = dim_keyring_sending(keyring.get(), to, fresh, &error);

        EXPECT_NE(key, nullptr) << error.message();
        return OWNED(DimCipherKey)(dim_cipher_key_ref(key));
    }
    void
    restart()
    {
        keyring.reset(dim_keyring_new(store.get(), clock.get()));
    }
};

} // namespace

TEST_F(Keyring, KeepsOneKeyForEachReceiverOverARestart)
{
    gboolean fresh = FALSE;
    OWNED(DimCipherKey) first = sending(bob.get(), &fresh);

    EXPECT_TRUE(fresh);
    OWNED(DimCipherKey) again = sending(bob.get(), &fresh);
    EXPECT_FALSE(fresh);
    EXPECT_TRUE(dim_cipher_key_equal(first.get(), again.get()));
    OWNED(DimCipherKey) other = sending(eve.get(), &fresh);
    EXPECT_TRUE(fresh);
    EXPECT_FALSE(dim_cipher_key_equal(first.get(), other.get()));
    restart();
    OWNED(DimCipherKey) kept = sending(bob.get(), &fresh);
    EXPECT_FALSE(fresh);
    EXPECT_TRUE(dim_cipher_key_equal(first.get(), kept.get()));
}

TEST_F(Keyring, ChangesMyKeyAfterAWeek)
{
    gboolean fresh = FALSE;
    OWNED(DimCipherKey) first = sending(bob.get());

    clock.sleep(6.9 * day);
    sending(bob.get(), &fresh);
    EXPECT_FALSE(fresh);
    clock.sleep(0.2 * day);
    OWNED(DimCipherKey) second = sending(bob.get(), &fresh);
    EXPECT_TRUE(fresh);
    EXPECT_FALSE(dim_cipher_key_equal(first.get(), second.get()));
    restart();
    OWNED(DimCipherKey) kept = sending(bob.get(), &fresh);
    EXPECT_TRUE(dim_cipher_key_equal(second.get(), kept.get()));
}

TEST_F(Keyring, ChangesMyKeyAfterTenThousandMessages)
{
    gboolean fresh = FALSE;

    sending(bob.get());
    for (int i = 1; i < 10000; i++)
        ASSERT_NE(dim_keyring_sending(keyring.get(), bob.get(), &fresh, &error), nullptr);
    EXPECT_FALSE(fresh);
    sending(bob.get(), &fresh);
    EXPECT_TRUE(fresh);
}

TEST_F(Keyring, DropsWrappedCopiesWithTheirKeyOrTheReceivers)
{
    OWNED(GPtrArray) wrapped(g_ptr_array_new());
    OWNED(GPtrArray) first = support::one_lock();
    OWNED(GPtrArray) other = support::one_lock();
    OWNED(GPtrArray) both = support::one_lock();

    g_ptr_array_insert(
        both.get(), 0,
        dim_public_key_ref(static_cast<DimPublicKey *>(g_ptr_array_index(first.get(), 0))));
    dim_keyring_keep_wrapped(keyring.get(), bob.get(), first.get(), wrapped.get());
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), first.get()), nullptr)
        << "no key yet";
    sending(bob.get());
    dim_keyring_keep_wrapped(keyring.get(), bob.get(), first.get(), wrapped.get());
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), first.get()), wrapped.get());
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), other.get()), nullptr);
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), both.get()), nullptr);
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), eve.get(), first.get()), nullptr);
    clock.sleep(8 * day);
    sending(bob.get());
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), first.get()), nullptr);
}

TEST_F(Keyring, LearnsOneKeyForEachDirectionAndGroup)
{
    OWNED(DimCipherKey) one(dim_cipher_key_new());
    OWNED(DimCipherKey) two(dim_cipher_key_new());

    EXPECT_EQ(dim_keyring_receiving(keyring.get(), bob.get(), nullptr), nullptr);
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, one.get(), &error));
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), eve.get(), two.get(), &error));
    restart();
    EXPECT_TRUE(dim_cipher_key_equal(dim_keyring_receiving(keyring.get(), bob.get(), nullptr),
                                     one.get()));
    EXPECT_TRUE(dim_cipher_key_equal(dim_keyring_receiving(keyring.get(), bob.get(), eve.get()),
                                     two.get()));
    EXPECT_EQ(dim_keyring_receiving(keyring.get(), eve.get(), nullptr), nullptr);
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, two.get(), &error));
    EXPECT_TRUE(dim_cipher_key_equal(dim_keyring_receiving(keyring.get(), bob.get(), nullptr),
                                     two.get()));
    OWNED(DimCipherKey) mine = sending(bob.get());
    EXPECT_FALSE(dim_cipher_key_equal(mine.get(), two.get())) << "directions are apart";
}

TEST_F(Keyring, NeverLearnsThePlainKey)
{
    OWNED(DimCipherKey) good(dim_cipher_key_new());
    OWNED(DimCipherKey) plain(dim_cipher_key_plain());

    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, good.get(), &error));
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, plain.get(), &error));
    EXPECT_TRUE(dim_cipher_key_equal(dim_keyring_receiving(keyring.get(), bob.get(), nullptr),
                                     good.get()));
}

TEST_F(Keyring, ReplacesABrokenRecord)
{
    OWNED(GBytes) junk(g_bytes_new("{\"algorithm\":\"AES\",\"data\":\"x\"}", 29));
    const std::string row = std::string("to ") + dim_id_text(bob.get());
    DimRecord record = { row.c_str(), clock.now(), nullptr, nullptr, junk.get() };
    gboolean fresh = FALSE;

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_TALK_KEYS, &record, &error));
    sending(bob.get(), &fresh);
    EXPECT_TRUE(fresh);
}

TEST_F(Keyring, ServesMoreDirectionsThanItCaches)
{
    OWNED(DimCipherKey) first = sending(bob.get());

    for (int i = 0; i < 1200; i++) {
        char text[64];
        g_snprintf(text, sizeof text, "0x%040d", i);
        sending(id_of(text).get());
    }
    OWNED(DimCipherKey) again = sending(bob.get());
    EXPECT_TRUE(dim_cipher_key_equal(first.get(), again.get()));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 1201U);
}

// A key that seems to be made next month would never be old enough.
TEST_F(Keyring, MakesANewKeyWhenTheClockWentBack)
{
    gboolean fresh = FALSE;
    OWNED(DimCipherKey) first = sending(bob.get(), &fresh);

    clock.sleep(-6 * day);
    OWNED(DimCipherKey) same = sending(bob.get(), &fresh);
    EXPECT_FALSE(fresh);
    clock.sleep(-2 * day);
    OWNED(DimCipherKey) other = sending(bob.get(), &fresh);
    EXPECT_TRUE(fresh);
    EXPECT_FALSE(dim_cipher_key_equal(first.get(), other.get()));
}

TEST_F(Keyring, ForgetsKeysThatNoMessageNeedsAnyMore)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimCipherKey) key(dim_cipher_key_new());
    const auto rows = [&] { return dim_store_count(store.get(), DIM_TABLE_TALK_KEYS); };

    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.get(), nullptr, &error));
    for (DimId *one : { bob.get(), eve.get() }) {
        ASSERT_TRUE(dim_keyring_learn(keyring.get(), one, nullptr, key.get(), &error));
        sending(one);
    }
    clock.sleep(6.9 * day);
    sending(eve.get());
    EXPECT_EQ(rows(), 4U);
    clock.sleep(0.2 * day);
    sending(eve.get());
    clock.sleep(0.9 * day);
    sending(eve.get());
    EXPECT_EQ(rows(), 3U) << "mine to bob is worn, the others are not";
    clock.sleep(81 * day);
    sending(bob.get());
    EXPECT_NE(dim_keyring_receiving(keyring.get(), eve.get(), nullptr), nullptr);
    clock.sleep(2 * day);
    sending(bob.get());
    EXPECT_EQ(dim_keyring_receiving(keyring.get(), eve.get(), nullptr), nullptr);
    EXPECT_EQ(rows(), 2U);
    clock.sleep(3000 * day);
    sending(eve.get());
    EXPECT_NE(dim_keyring_receiving(keyring.get(), bob.get(), nullptr), nullptr)
        << "a contact's stays";
}

// Names cost nothing: whoever makes them puts out others who are no contacts, and does not fill the disk.
TEST_F(Keyring, KeepsSoManyKeysOfPeopleOutsideOfTheList)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimCipherKey) key(dim_cipher_key_new());

    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.get(), nullptr, &error));
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, key.get(), &error));
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), eve.get(), nullptr, key.get(), &error));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (int i = 0; i < 6000; i++) {
        char text[64];

        clock.sleep(0.001);
        g_snprintf(text, sizeof text, "0x%040d", i);
        ASSERT_TRUE(
            dim_keyring_learn(keyring.get(), id_of(text).get(), nullptr, key.get(), &error));
    }
    ASSERT_TRUE(dim_store_commit(store.get(), &error));
    EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 4096U + 512U + 1U);
    EXPECT_GE(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 4096U);
    restart();
    EXPECT_NE(dim_keyring_receiving(keyring.get(), bob.get(), nullptr), nullptr);
    EXPECT_EQ(dim_keyring_receiving(keyring.get(), eve.get(), nullptr), nullptr);
    EXPECT_NE(dim_keyring_receiving(keyring.get(),
                                    id_of("0x0000000000000000000000000000000000005999").get(),
                                    nullptr),
              nullptr);
}
