// SPDX-License-Identifier: GPL-2.0-or-later
// Private keys under a passphrase: OpenSSL opens ours, we open its, and nobody opens them without the passphrase.
#include "base/errors.h"
#include "crypto/pbes2.h"
#include "crypto/pem.h"

#include "openssl_case.hh"
#include "quiet_jitter.hh"

namespace {

using Secret = std::unique_ptr<DimSecret, decltype(&dim_secret_unref)>;

Secret
secret(const std::string &text)
{
    return { dim_secret_new(text.data(), text.size()), dim_secret_unref };
}

std::string
closed(const PrivateKey &key, const std::string &passphrase)
{
    g_autofree char *pem = dim_private_key_lock(key.get(), secret(passphrase).get(), nullptr);

    return pem != nullptr ? pem : "(none)";
}

PrivateKey
opened(const std::string &pem, const std::string &passphrase, GError **error = nullptr)
{
    return PrivateKey(dim_private_key_unlock(pem.c_str(), secret(passphrase).get(), error));
}

int
why_not(const std::string &pem, const std::string &passphrase)
{
    g_autoptr(GError) error = nullptr;

    EXPECT_EQ(opened(pem, passphrase, &error), nullptr);
    return error != nullptr && error->domain == DIM_ERROR ? error->code : -1;
}

// One element of DER.
std::string
element(char tag, const std::string &content)
{
    const auto size = static_cast<char>(content.size());

    return content.size() < 128 ? std::string{ tag, size } + content
                                : std::string{ tag, '\x81', size } + content;
}

std::string
number(guint32 value)
{
    std::string bytes;

    for (; value > 0 || bytes.empty(); value >>= 8)
        bytes.insert(bytes.begin(), static_cast<char>(value));
    return element(2, (bytes[0] & 0x80) != 0 ? '\0' + bytes : bytes);
}

// Of a box of PBES2; by PBKDF2 if there are rounds.
struct Parts {
    std::string scrypt = number(1024), lanes = number(1), rounds = "", key_size = "";
    std::string iv = std::string(16, 'i'), locked = std::string(32, 'x');
};

std::string
box(const Parts &parts)
{
    const std::string salt = element(4, "saltsalt");
    const std::string maker = parts.rounds.empty()
                                  ? element(6, "\x2b\x06\x01\x04\x01\xda\x47\x04\x0b")
                                        + element(0x30, salt + parts.scrypt + number(8)
                                                            + parts.lanes + parts.key_size)
                                  : element(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
                                        + element(0x30, salt + parts.rounds);
    const std::string cipher =
        element(6, "\x60\x86\x48\x01\x65\x03\x04\x01\x2a") + element(4, parts.iv);
    const std::string how = element(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
                            + element(0x30, element(0x30, maker) + element(0x30, cipher));
    const std::string der = element(0x30, element(0x30, how) + element(4, parts.locked));

    return take(dim_pem_write("ENCRYPTED PRIVATE KEY", u8(der), der.size()));
}

std::string
box(std::string Parts::*part, const std::string &instead)
{
    Parts parts;

    parts.*part = instead;
    return box(parts);
}

class KeyLock : public OpenSslCase {
  protected:
    // A key that OpenSSL made and locked with "word".
    std::string
    locked(const std::string &kind, const std::string &how)
    {
        if (kind == "RSA")
            run("genpkey -algorithm RSA -out key.pem -pkeyopt rsa_keygen_bits:1024");
        else
            run("ecparam -name secp256k1 -genkey -noout -out key.pem");
        run("pkcs8 -topk8 -in key.pem -out locked.pem -passout pass:word " + how);
        return read("locked.pem");
    }
};

} // namespace

TEST_F(KeyLock, OpensslOpensOurs)
{
    for (DimKeyKind kind : { DIM_KEY_RSA, DIM_KEY_ECC }) {
        const PrivateKey key(
            dim_private_key_new(kind, kind == DIM_KEY_RSA ? 1024 : 0, nullptr));
        const std::string pem = closed(key, "Straße 你好");

        write("locked.pem", pem + "\n");
        write("word", "Straße 你好");
        const std::string spki = run("pkey -in locked.pem -passin file:word -pubout");
        const PublicKey theirs = public_key(kind == DIM_KEY_RSA ? "RSA" : "ECC", spki);
        ASSERT_NE(theirs, nullptr) << spki;
        EXPECT_TRUE(dim_public_key_equal(theirs.get(), dim_private_key_public(key.get())));
        const PrivateKey again = opened(pem, "Straße 你好");
        ASSERT_NE(again, nullptr);
        EXPECT_EQ(dim_private_key_kind(again.get()), kind);
        EXPECT_TRUE(verifies(theirs, "text", sign(again, "text")));
        EXPECT_NE(closed(key, "Straße 你好"), pem) << "salt and IV are new each time";
    }
}

TEST_F(KeyLock, OursOpensWhatOpensslLocksInAnyOfItsWays)
{
    for (const char *kind : { "RSA", "ECC" }) {
        for (const char *how :
             { "", "-scrypt", "-scrypt -scrypt_p 3", "-v2 aes-128-cbc", "-v2 aes-192-cbc",
               "-v2prf hmacWithSHA1", "-v2prf hmacWithSHA512", "-iter 100000" }) {
            const PrivateKey key = opened(locked(kind, how), "word");

            ASSERT_NE(key, nullptr) << how;
            const PublicKey theirs = public_key(kind, run("pkey -in key.pem -pubout"));
            EXPECT_TRUE(dim_public_key_equal(theirs.get(), dim_private_key_public(key.get())));
        }
    }
}

// One wrong passphrase in 256 leaves a padding that looks right.
TEST_F(KeyLock, OfWhichNoOtherPassphraseIsAnyGood)
{
    for (const char *kind : { "RSA", "ECC" }) {
        const std::string pem = locked(kind, "-iter 1");

        const std::string der = take(dim_pem_read(pem.c_str(), TRUE, nullptr));
        int lucky = 0;

        for (int i = 0; i < 1500; i++) {
            const Secret word = secret(std::to_string(i));

            ASSERT_EQ(why_not(pem, std::to_string(i)), DIM_ERROR_NO_KEY);
            g_autoptr(DimSecret) junk =
                dim_pbes2_unlock(u8(der), der.size(), word.get(), nullptr);
            lucky += junk != nullptr;
        }
        EXPECT_LT(lucky, 50) << "six are likely, and never so many";
        EXPECT_EQ(why_not(pem, ""), DIM_ERROR_NO_KEY);
        EXPECT_NE(opened(pem, "word"), nullptr);
    }
}

TEST_F(KeyLock, WhatWasChangedIsNoRsaKeyOrTheSame)
{
    const std::string pem = locked("RSA", "-iter 1");
    const std::string der = take(dim_pem_read(pem.c_str(), TRUE, nullptr));
    const PublicKey want = public_half(opened(pem, "word"));

    for (size_t i = 0; i < der.size(); i++) {
        for (int bit : { 0, 3, 7 }) {
            std::string bad = der;

            bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
            const PrivateKey key = opened(
                take(dim_pem_write("ENCRYPTED PRIVATE KEY", u8(bad), bad.size())), "word");
            EXPECT_TRUE(key == nullptr
                        || dim_public_key_equal(want.get(), dim_private_key_public(key.get())))
                << i;
        }
        EXPECT_EQ(dim_pbes2_unlock(u8(der), i, secret("word").get(), nullptr), nullptr) << i;
    }
}

TEST_F(KeyLock, WhatIsLockedInAnotherWayIsSaidToBe)
{
    EXPECT_EQ(why_not(locked("RSA", "-v1 PBE-SHA1-3DES"), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(locked("RSA", "-v2 des3"), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(locked("RSA", "-v2 camellia256"), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(locked("RSA", "-v2prf hmacWithSHA384"), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(locked("RSA", "-nocrypt"), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not("-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD\n-----END ENCRYPTED PRIVATE "
                      "KEY-----",
                      "word"),
              DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not("", "word"), DIM_ERROR_MALFORMED);
    run("genpkey -algorithm ED25519 -out key.pem");
    run("pkcs8 -topk8 -in key.pem -out locked.pem -passout pass:word");
    EXPECT_EQ(why_not(read("locked.pem"), "word"), DIM_ERROR_UNSUPPORTED);
}

// The example of RFC 7914 takes a gibibyte; a file from somebody else must not.
TEST_F(KeyLock, WhatWouldCostTooMuchIsNotTried)
{
    const std::string greedy =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHiME0GCSqGSIb3DQEFDTBAMB8GCSsGAQQB2kcECzASBAVNb3VzZQIDEAAAAgEI\n"
        "AgEBMB0GCWCGSAFlAwQBKgQQyYmguHMsOwzGMPoyObk/JgSBkJb47EWd5iAqJlyy\n"
        "+ni5ftd6gZgOPaLQClL7mEZc2KQay0VhjZm/7MbBUNbqOAXNM6OGebXxVp6sHUAL\n"
        "iBGY/Dls7B1TsWeGObE0sS1MXEpuREuloZjcsNVcNXWPlLdZtkSH6uwWzR0PyG/Z\n"
        "+ZXfNodZtd/voKlvLOw5B3opGIFaLkbtLZQwMiGtl42AS89lZg==\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";

    EXPECT_EQ(why_not(greedy, "a wrong word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(locked("ECC", "-scrypt -scrypt_r 16 -scrypt_N 1024"), "word"),
              DIM_ERROR_UNSUPPORTED);
}

// libgcrypt takes a KiB for each lane, whatever else it costs.
TEST_F(KeyLock, WhatWouldTakeMuchMemoryIsNotTried)
{
    Parts wide;

    wide.scrypt = number(2);
    wide.lanes = number(1024);
    EXPECT_EQ(why_not(box(wide), "word"), DIM_ERROR_NO_KEY);
    wide.lanes = number(1025);
    EXPECT_EQ(why_not(box(wide), "word"), DIM_ERROR_UNSUPPORTED);
}

TEST_F(KeyLock, WhatOpensslLockedLongAgoStillOpens)
{
    // openssl pkcs8 -topk8 -scrypt, and -v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 5000, of one secp256k1 key
    const std::string scrypt =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhexTeNEXW44AICQAAC\n"
        "AQgCAQEwHQYJYIZIAWUDBAEqBBB8An6E39EKUYJay3eIS5v/BIGQpsLPLSNtlCuk\n"
        "oszFgjy3D44aI7CssRGE8FCVPFaMlJXXt832D5mWRUj39wQwA9YzUUYBpjC9ZYse\n"
        "zAGabYsSy83YccLlYQu/boWScxv2qXe+d1pZIAld+W26/GZAUKSPlC+xAtvQOlMX\n"
        "WUjMt9tB0hMNReMgPUzpgVGCa9OQ15vakFofHG3jl61q9YUBtvXV\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";
    const std::string pbkdf2 =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAirz1+3Ydkf/QICE4gw\n"
        "DAYIKoZIhvcNAgsFADAdBglghkgBZQMEAQIEEHcOJyXKMMtdj5TrtOPuKj0EgZC8\n"
        "erq8CARwgdjJazrkVSEjBPicUVh43LnyOdGLvdrl/32klsq7i9EuLghyXGRYH/9I\n"
        "LvpH0JPcqeeLDiNsFZfzf76BfoUTXbBumfxS/X5aBsiIHNjgeJ1M4yb5YOj1JhiJ\n"
        "tnfSgmDw8CZqY5A+pMFBOFhJ0rilBxPgRfk0Q4NZ+1klFqjU1dZSbMdZBoGH9ro=\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";

    for (const std::string &pem : { scrypt, pbkdf2 }) {
        const PrivateKey key = opened(pem, "Zwölf Boxkämpfer");
        guint8 print[32];

        ASSERT_NE(key, nullptr);
        dim_public_key_fingerprint(dim_private_key_public(key.get()), print);
        g_autofree char *hex = dim_hex_encode(print, sizeof print);
        EXPECT_STREQ(hex, "16322aae9c2279da860b1f2e9148e85d8fa3d3438c9a47016ed8a51975062568");
        EXPECT_EQ(why_not(pem, "Zwoelf Boxkaempfer"), DIM_ERROR_NO_KEY);
    }
}

// Each part as it must be, but for one.
TEST_F(KeyLock, WhatIsBuiltWronglyIsNotTried)
{
    EXPECT_EQ(why_not(box(&Parts::iv, std::string(16, 'i')), "word"), DIM_ERROR_NO_KEY)
        << "well built, and no key";
    EXPECT_EQ(why_not(box(&Parts::scrypt, number(2000)), "word"), DIM_ERROR_MALFORMED)
        << "N is a power of two";
    EXPECT_EQ(why_not(box(&Parts::scrypt, number(0)), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::lanes, number(0)), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::scrypt, number(1 << 17)), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(box(&Parts::lanes, number(513)), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(box(&Parts::rounds, number(0)), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::rounds, number(2000)), "word"), DIM_ERROR_NO_KEY);
    EXPECT_EQ(why_not(box(&Parts::rounds, number(2000001)), "word"), DIM_ERROR_UNSUPPORTED);
    EXPECT_EQ(why_not(box(&Parts::iv, std::string(8, 'i')), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::locked, ""), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::locked, std::string(17, 'x')), "word"), DIM_ERROR_MALFORMED);
    EXPECT_EQ(why_not(box(&Parts::key_size, number(16)), "word"), DIM_ERROR_MALFORMED);
}
