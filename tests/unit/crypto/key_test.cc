// SPDX-License-Identifier: GPL-2.0-or-later
// What is common to all keys: key objects in and out, equality, fingerprints, workers.
#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "crypto/digest.h"

#include "helpers.hh"
#include "quiet_jitter.hh"
#include "sample_keys.hh"
#include "tests/unit/wipe_witness.hh"

static std::string
written(const PublicKey &key)
{
    Object object(dim_public_key_to_json(key.get()));
    g_autofree char *text = dim_json_write(object.get());
    return text;
}

static std::string
kept(const PrivateKey &key)
{
    return take(dim_private_key_to_secret(key.get(), nullptr));
}

TEST(PublicKey, IsPassedOnAsItCame)
{
    for (const char *data : { sample::RSA_PUBLIC_PKCS1, sample::RSA_SPKI }) {
        Object object = key_object("RSA", data);
        json_object_set_double_member(object.get(), "time", 1.5);
        PublicKey key(dim_public_key_from_json(object.get(), nullptr));
        g_autofree char *want = dim_json_write(object.get());
        EXPECT_EQ(written(key), want);
        json_object_set_int_member(object.get(), "changed", 1); // ours is a copy
        EXPECT_EQ(written(key), want);
    }
}

TEST(PrivateKey, LeavesNoTextBehindThatItWasReadFrom)
{
    for (const char *algorithm : { "RSA", "ECC" }) {
        const char *text = *algorithm == 'R' ? sample::RSA_PKCS1 : sample::ECC_SECRET;
        g_autofree char *json = dim_json_write(key_object(algorithm, text).get());
        g_autoptr(DimSecret) secret = dim_secret_new(json, strlen(json));

        wiped.clear();
        PrivateKey key(dim_private_key_from_secret(secret, nullptr));
        ASSERT_NE(key, nullptr);
        EXPECT_NE(wiped.find(text), std::string::npos) << algorithm;
    }
}

TEST(PrivateKey, IsWrittenAsTheOfficialClientsDo)
{
    PrivateKey rsa = private_key("RSA", sample::RSA_PKCS8);
    PrivateKey ecc = private_key("ECC", sample::ECC_SEC1);

    EXPECT_EQ(kept(rsa),
              "{\"algorithm\":\"RSA\",\"data\":\"" + replaced(sample::RSA_PKCS1, "\n", "\\n")
                  + "\",\"mode\":\"ECB\",\"padding\":\"PKCS1\",\"digest\":\"SHA256\"}");
    EXPECT_EQ(written(public_half(rsa)),
              "{\"algorithm\":\"RSA\",\"data\":\"" + replaced(sample::RSA_SPKI, "\n", "\\n")
                  + "\",\"mode\":\"ECB\",\"padding\":\"PKCS1\",\"digest\":\"SHA256\"}");
    EXPECT_EQ(written(public_half(ecc)),
              "{\"algorithm\":\"ECC\",\"data\":\"" + replaced(sample::ECC_SPKI, "\n", "\\n")
                  + "\",\"curve\":\"SECP256k1\",\"digest\":\"SHA256\"}");
    EXPECT_NE(
        kept(ecc).find(
            "-----END PRIVATE KEY-----\\n\",\"curve\":\"SECP256k1\",\"digest\":\"SHA256\"}"),
        std::string::npos);
}

TEST(PrivateKey, TellsTheJavaScriptClientItsSize)
{
    PrivateKey key(dim_private_key_new(DIM_KEY_RSA, 2048, nullptr));

    EXPECT_NE(written(public_half(key)).find("\"keySize\":256}"), std::string::npos);
    EXPECT_NE(kept(key).find("\"keySize\":256}"), std::string::npos);
}

TEST(Key, KnowsItsAliasesAndShortNames)
{
    for (const char *name : { "RSA", "SHA256withRSA", "RSA/ECB/PKCS1Padding" })
        EXPECT_NE(public_key(name, sample::RSA_SPKI), nullptr) << name;
    for (const char *name : { "ECC", "SHA256withECDSA" })
        EXPECT_NE(public_key(name, sample::ECC_SPKI), nullptr) << name;
    Object brief(json_object_new());
    json_object_set_string_member(brief.get(), "A", "RSA");
    json_object_set_string_member(brief.get(), "D", sample::RSA_SPKI);
    PublicKey key(dim_public_key_from_json(brief.get(), nullptr));
    EXPECT_NE(key, nullptr);
}

TEST(Key, IsRefusedWithAReason)
{
    const struct {
        const char *text;
        DimError code;
    } cases[] = {
        { "{}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"RSA\"}", DIM_ERROR_MALFORMED },
        { "{\"data\":\"x\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"RSA\",\"data\":5}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"RSA\",\"data\":\"\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"RSA\",\"data\":\"AAAA\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"ECC\",\"data\":\"\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"DSA\",\"data\":\"AAAA\"}", DIM_ERROR_UNSUPPORTED },
        { "{\"algorithm\":\"rsa\",\"data\":\"AAAA\"}", DIM_ERROR_UNSUPPORTED },
    };

    for (const auto &one : cases) {
        Object object(dim_json_parse(one.text, -1, nullptr));
        g_autoptr(GError) error = nullptr;
        g_autoptr(GError) secret_error = nullptr;
        g_autoptr(DimSecret) secret = dim_secret_new(one.text, strlen(one.text));
        EXPECT_EQ(dim_public_key_from_json(object.get(), &error), nullptr) << one.text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, one.code)) << one.text;
        EXPECT_EQ(dim_private_key_from_secret(secret, &secret_error), nullptr) << one.text;
        EXPECT_TRUE(g_error_matches(secret_error, DIM_ERROR, one.code)) << one.text;
    }
    g_autoptr(DimSecret) junk = dim_secret_new("junk", 4);
    EXPECT_EQ(dim_private_key_from_secret(junk, nullptr), nullptr);
}

TEST(Key, IsEqualByItsNumbersAlone)
{
    PublicKey spki = public_key("RSA", sample::RSA_SPKI),
              pkcs1 = public_key("RSA", sample::RSA_PUBLIC_PKCS1);
    PublicKey ecc = public_key("ECC", sample::ECC_SPKI),
              hex = public_key("ECC", sample::ECC_POINT);
    PublicKey other(dim_public_key_ref(dim_private_key_public(
        PrivateKey(dim_private_key_new(DIM_KEY_ECC, 256, nullptr)).get())));
    guint8 one[32], two[32];

    EXPECT_TRUE(dim_public_key_equal(spki.get(), pkcs1.get()));
    EXPECT_TRUE(dim_public_key_equal(ecc.get(), hex.get()));
    EXPECT_FALSE(dim_public_key_equal(ecc.get(), other.get()));
    EXPECT_FALSE(dim_public_key_equal(ecc.get(), spki.get()));
    dim_public_key_fingerprint(spki.get(), one);
    dim_public_key_fingerprint(pkcs1.get(), two);
    EXPECT_EQ(memcmp(one, two, 32), 0);
    dim_public_key_fingerprint(ecc.get(), two);
    EXPECT_NE(memcmp(one, two, 32), 0);
}

TEST(Key, FingerprintIsTheDigestOfItsSpki)
{
    PublicKey key = public_key("RSA", sample::RSA_PUBLIC_PKCS1);
    std::string der = take(dim_public_key_data(public_key("RSA", sample::RSA_SPKI).get()));
    guint8 want[32], got[32];

    dim_sha256(der.data(), der.size(), want);
    dim_public_key_fingerprint(key.get(), got);
    EXPECT_EQ(memcmp(want, got, 32), 0);
}

TEST(Key, DataOfRsaIsTheDerAsItStood)
{
    EXPECT_EQ(take(dim_public_key_data(public_key("RSA", sample::RSA_SPKI).get())).size(),
              162u);
    EXPECT_EQ(
        take(dim_public_key_data(public_key("RSA", sample::RSA_PUBLIC_PKCS1).get())).size(),
        140u);
    EXPECT_EQ(
        take(dim_public_key_data(public_half(private_key("RSA", sample::RSA_PKCS1)).get()))
            .size(),
        162u);
}

/* The published identity "hulk" (protocol appendix B.1): PKCS#1 under the label PUBLIC KEY, without wrapping. */
TEST(Key, VerifiesThePublishedIdentity)
{
    PublicKey key =
        public_key("RSA", "-----BEGIN PUBLIC "
                          "KEY-----\nMIGJAoGBALB+vbUK48UU9rjlgnohQowME+3JtTb2hLPqtatVOW364/"
                          "EKFq0/PSdnZVE9V2Zq+pbX7dj3nCS4pWnYf40EL"
                          "H8wuDm0Tc4jQ70v4LgAcdy3JGTnWUGiCsY+"
                          "0Z8kNzRkm3FJid592FL7ryzfvIzB9bjg8U2JqlyCVAyUYEnKv4lDAgMBAAE=\n-----"
                          "END PUBLIC KEY-----");
    std::string fingerprint = take(dim_base64_decode(
        "jIPGWpWSbR/DQH6ol3t9DSFkYroVHQDvtbJErmFztMUP2DgRrRSNWuoKY5Y26qL38wfXJQXjYiWqNWKQmQe/"
        "gK8M8NkU7lRwm+2nh9wSBYV6Q4WXsCboKbnM0+"
        "HVn9Vdfp21hMMGrxTX1pBPRbi0567ZjNQC8ffdW2WvQSoec2I=",
        -1, nullptr));

    ASSERT_NE(key, nullptr);
    EXPECT_TRUE(verifies(key, "hulk", fingerprint));
    EXPECT_FALSE(verifies(key, "hulx", fingerprint));
}

TEST(Key, WorksOnSeveralThreadsAtOnce)
{
    PrivateKey rsa = private_key("RSA", sample::RSA_PKCS1),
               ecc = private_key("ECC", sample::ECC_SECRET);
    std::vector<std::thread> threads;
    std::atomic<int> good{ 0 };

    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&] {
            PrivateKey made(dim_private_key_new(DIM_KEY_RSA, 1024, nullptr));
            for (int j = 0; j < 10; j++) {
                good += verifies(public_half(rsa), "x", sign(rsa, "x"));
                good += verifies(public_half(ecc), "x", sign(ecc, "x"));
                good += verifies(public_half(made), "x", sign(made, "x"));
            }
        });
    }
    for (auto &thread : threads)
        thread.join();
    EXPECT_EQ(good, 120);
}
