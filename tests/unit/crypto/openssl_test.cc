// SPDX-License-Identifier: GPL-2.0-or-later
// Keys that another program has just made, in every shape that it writes: they are read, and both work with what the other does.
#include <vector>

#include "base/errors.h"

#include "openssl_case.hh"

namespace {

const std::string kWords = "hello world";
const std::string kTalkKey(73, 'k');

class OpenSsl : public OpenSslCase {
  protected:
    // It signs, and it verifies what was signed here.
    void
    exchange_signatures(const PrivateKey &mine, const PublicKey &theirs)
    {
        write("words", kWords);
        run("dgst -sha256 -sign key.pem -out theirs.sig words");
        EXPECT_TRUE(verifies(theirs, kWords, read("theirs.sig")));
        EXPECT_FALSE(verifies(theirs, kWords + ".", read("theirs.sig")));
        write("mine.sig", sign(mine, kWords));
        EXPECT_EQ(run("dgst -sha256 -verify public.pem -signature mine.sig words"),
                  "Verified OK\n");
    }
    void
    exchange_secrets(const PrivateKey &mine, const PublicKey &theirs)
    {
        write("secret", kTalkKey);
        run("pkeyutl -encrypt -pubin -inkey public.pem -in secret -out theirs.box "
            "-pkeyopt rsa_padding_mode:pkcs1");
        const std::string box = read("theirs.box");
        EXPECT_EQ(take(dim_private_key_decrypt(mine.get(), u8(box), box.size(), nullptr)),
                  kTalkKey);
        g_autoptr(DimSecret) secret = dim_secret_new(kTalkKey.data(), kTalkKey.size());
        write("mine.box", take(dim_public_key_encrypt(theirs.get(), secret, nullptr)));
        EXPECT_EQ(run("pkeyutl -decrypt -inkey key.pem -in mine.box "
                      "-pkeyopt rsa_padding_mode:pkcs1"),
                  kTalkKey);
    }
};

// The base64 of a PEM text, in lines of so many columns.
std::string
wrapped(const std::string &pem, size_t columns, const std::string &end)
{
    const size_t start = pem.find('\n') + 1;
    const size_t tail = pem.find("-----END");
    const std::string body = replaced(pem.substr(start, tail - start), "\n", "");
    std::string text = pem.substr(0, start - 1) + end;

    for (size_t at = 0; at < body.size(); at += columns)
        text += body.substr(at, columns) + end;
    return text + replaced(pem.substr(tail), "\n", "");
}

std::vector<std::string>
shapes_of(const std::string &pem)
{
    return { pem,
             pem.substr(0, pem.size() - 1), // no line end behind it
             replaced(pem, "\n", "\r\n"),
             wrapped(pem, 76, "\r\n"),
             wrapped(pem, 76, "\n") + "\n\n",
             wrapped(pem, 1000000, "\r\n"),
             wrapped(pem, 1000000, "\n"),
             wrapped(pem, 1, "\n"),
             "\n\t " + pem + " \n",
             "Somebody's key:\n" + pem };
}

std::string
relabelled(const std::string &pem)
{
    return pem.find("RSA PUBLIC") != std::string::npos ? replaced(pem, "RSA PUBLIC", "PUBLIC")
                                                       : replaced(pem, "PUBLIC", "RSA PUBLIC");
}

} // namespace

TEST_F(OpenSsl, RsaKeysOfAllSizesAndShapesAreReadAndWork)
{
    for (const char *bits : { "1023", "1024", "1031", "1536", "2048", "3072", "4096" }) {
        run(std::string("genpkey -algorithm RSA -out key.pem -pkeyopt rsa_keygen_bits:")
            + bits);
        const std::string pkcs8 = read("key.pem");
        const std::string pkcs1 = run("rsa -in key.pem -traditional");
        const std::string spki = run("rsa -in key.pem -pubout");
        const std::string short_form = run("rsa -in key.pem -RSAPublicKey_out");
        const PublicKey want = public_key("RSA", spki);

        write("public.pem", spki);
        ASSERT_NE(want, nullptr) << bits;
        EXPECT_EQ(std::to_string(dim_public_key_bits(want.get())), bits);
        for (const std::string &pem :
             { spki, short_form, relabelled(spki), relabelled(short_form) }) {
            for (const std::string &text : shapes_of(pem)) {
                const PublicKey key = public_key("RSA", text);

                ASSERT_NE(key, nullptr) << bits << text;
                EXPECT_TRUE(dim_public_key_equal(want.get(), key.get())) << bits << text;
            }
        }
        for (const std::string &pem : { pkcs8, pkcs1 }) {
            std::vector<std::string> texts = shapes_of(pem);

            texts.insert(texts.end(), { spki + pem, pem + spki, short_form + "\r\n" + pem });
            for (const std::string &text : texts) {
                const PrivateKey key = private_key("RSA", text);

                ASSERT_NE(key, nullptr) << bits << text.substr(0, 40);
                EXPECT_TRUE(
                    dim_public_key_equal(want.get(), dim_private_key_public(key.get())));
            }
        }
        const PrivateKey mine = private_key("RSA", pkcs1);
        exchange_signatures(mine, want);
        exchange_secrets(mine, want);
    }
}

TEST_F(OpenSsl, Secp256k1KeysOfAllShapesAreReadAndWork)
{
    // Points and secrets that begin with a zero come one time in 256: more than one key.
    for (int i = 0; i < 20; i++) {
        run("ecparam -name secp256k1 -genkey -out key.pem");
        const std::string sec1 = read("key.pem"); // with its parameters in front
        const std::string pkcs8 = run("pkcs8 -topk8 -nocrypt -in key.pem");
        const std::string spki = run("ec -in key.pem -pubout");
        const std::string pressed = run("ec -in key.pem -pubout -conv_form compressed");
        const PublicKey want = public_key("ECC", spki);

        write("public.pem", spki);
        ASSERT_NE(want, nullptr) << spki;
        const std::string point = to_hex(take(dim_public_key_data(want.get())));
        const std::string parity = strchr("02468ace", point.back()) != nullptr ? "02" : "03";
        g_autofree char *loud = g_ascii_strup(point.c_str(), -1);
        std::vector<std::string> texts = shapes_of(spki);

        for (const std::string &text : shapes_of(pressed))
            texts.push_back(text);
        texts.insert(texts.end(), { point, point.substr(2), parity + point.substr(2, 64), loud,
                                    " " + point + "\n" });
        for (const std::string &text : texts) {
            const PublicKey key = public_key("ECC", text);

            ASSERT_NE(key, nullptr) << text;
            EXPECT_TRUE(dim_public_key_equal(want.get(), key.get())) << text;
        }
        for (const std::string &pem : { sec1, sec1.substr(sec1.find("-----BEGIN EC PRIV")),
                                        pkcs8, spki + sec1, pkcs8 + spki }) {
            const PrivateKey key = private_key("ECC", pem);

            ASSERT_NE(key, nullptr) << pem;
            EXPECT_TRUE(dim_public_key_equal(want.get(), dim_private_key_public(key.get())));
        }
        exchange_signatures(private_key("ECC", pkcs8), want);
    }
}

TEST_F(OpenSsl, WhatOnlyLooksLikeAKeyIsNone)
{
    const char *const makers[] = {
        "genpkey -algorithm RSA -out key.pem -pkeyopt rsa_keygen_bits:512",
        "genpkey -algorithm RSA -out key.pem -pkeyopt rsa_keygen_bits:1000",
        "genpkey -algorithm RSA -out key.pem -pkeyopt rsa_keygen_bits:1024 -aes-128-cbc -pass "
        "pass:x",
        "ecparam -name prime256v1 -genkey -noout -out key.pem",
        "ecparam -name secp384r1 -genkey -noout -out key.pem",
        "ecparam -name secp256k1 -param_enc explicit -genkey -noout -out key.pem",
        "genpkey -algorithm ED25519 -out key.pem",
    };

    for (const char *maker : makers) {
        run(maker);
        const std::string key = read("key.pem");
        const std::string half =
            key.find("ENCRYPTED") == std::string::npos ? run("pkey -in key.pem -pubout") : key;

        for (const char *algorithm : { "RSA", "ECC" }) {
            EXPECT_EQ(private_key(algorithm, key), nullptr) << maker << algorithm;
            EXPECT_EQ(public_key(algorithm, key), nullptr) << maker << " is no public half";
            EXPECT_EQ(public_key(algorithm, half), nullptr) << maker << algorithm;
        }
    }
}
