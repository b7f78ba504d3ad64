// SPDX-License-Identifier: GPL-2.0-or-later
// As a guest: a host that initialised libgcrypt with a tiny pool keeps it, and our keys work all the same.
#include "crypto/libgcrypt.h"

#include <gtest/gtest.h>
#include <vector>

#include "base/errors.h"

#include "helpers.hh"
#include "sample_keys.hh"

class Host : public testing::Environment {
  public:
    void
    SetUp() override
    {
        ASSERT_NE(gcry_check_version(nullptr), nullptr);
        gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
        gcry_control(GCRYCTL_INIT_SECMEM, 16384, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
};

static auto *const host = testing::AddGlobalTestEnvironment(new Host);

TEST(Guest, KeepsWhatTheHostHasChosen)
{
    ASSERT_NE(host, nullptr);
    dim_crypto_init();
    dim_crypto_init();
    EXPECT_NE(gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P), 0u);
    void *more = gcry_malloc_secure(64 * 1024);
    EXPECT_EQ(more, nullptr) << "the host's pool is small, and was not told to grow";
    gcry_free(more);
}

TEST(Guest, HoldsManyKeysThoughTheHostsPoolIsSmall)
{
    std::vector<PrivateKey> keys;

    for (int i = 0; i < 100; i++) {
        keys.push_back(private_key("RSA", sample::RSA_PKCS1));
        ASSERT_NE(keys.back(), nullptr) << i;
    }
    for (const auto &key : keys)
        EXPECT_EQ(to_hex(sign(key, "hello world")), sample::RSA_SIGNATURE);
    std::string data = from_hex(sample::RSA_CIPHERTEXT);
    EXPECT_EQ(take(dim_private_key_decrypt(keys.front().get(), u8(data), data.size(), nullptr)),
              "hello world");
}

TEST(Guest, TellsWhatFailed)
{
    g_autoptr(GError) error = nullptr;

    EXPECT_TRUE(dim_gcry_ok(0, "signing", &error));
    EXPECT_EQ(error, nullptr);
    EXPECT_FALSE(dim_gcry_ok(gcry_error(GPG_ERR_ENOMEM), "signing", &error));
    EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_CRYPTO));
    EXPECT_EQ(std::string(error->message).rfind("signing: ", 0), 0u);
}
