// SPDX-License-Identifier: GPL-2.0-or-later
// Throw-away keys in every shape, signatures and ciphertexts made by others (tests/vectors/ref_keys.json, OpenSSL).
#pragma once

namespace sample {

/* 1024 bits */
constexpr char RSA_PKCS1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXQIBAAKBgQDdTAg2FhqRtsl1VqJu++Oey5RXJf931zWUtov4GIcUUkol6+/1\n"
    "z12KH2iid6rBX+GGRLL4H2FE6sYj1TutwetwPqaFuV17s6BWheZMg/ug2mKPkL3W\n"
    "9SKLkV683tgzyJDI5VonBF2PYbmyN/bFn0WEXmKm7FyD6UpMKavQCOTL0wIDAQAB\n"
    "AoGAI7YxXQkUII+u0xC4BdEAWo/f0HCBWYWRT/5leBP9OHpPHO+GOdTM840+BXnq\n"
    "RGqEqnZLq17lA4ofj4jJqLCynY2Z0QF1OJvfETkrBUCBk1L5XALoiBVRn6LEeXLf\n"
    "3j2J7t5B3bWzp2fNSr6K1D+kkmt7PEXZvZtvx1KUGBr5EQECQQDj2hvIqcuMFeCw\n"
    "7B1dOUezPeGXRQJZhbRoeYctnBqf0KQ6KF58ehgLT2+3kPUHZqgzPMjUo57BbXuX\n"
    "Puosm3Z7AkEA+KKeufFpQOqUOonoYp/JW4IKoKwTA48qUjxxKEuQHt7ThsVwbq56\n"
    "KJnVxfmxWz1PMWa+shsvAM8xVoGNlJvsiQJBAN5+kTr1cyosAulA57usv3MsLioE\n"
    "3TKF+ZE7euDy2pzMpFGWMg3jO69vtmvORTcg64Z9CK97xv6i5ljeutUsShkCQAv3\n"
    "N5BXT+tx3qRakrZ8XiJrRbupzFh1gWHnysJXsJ3rt15bDigleXeOv70BYUm0z6Te\n"
    "/vpvWHm/fu5c2cV3I5ECQQCJJ5VyRoe5DqEs+Wj+n7sQHiYVhPBUsWTt83IVKv1F\n"
    "yE0p62pf8o3+YnGZ79vKR61JbQpseeoW7n08iEPU503V\n"
    "-----END RSA PRIVATE KEY-----";

/* the same in PKCS#8 */
constexpr char RSA_PKCS8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAN1MCDYWGpG2yXVW\n"
    "om77457LlFcl/3fXNZS2i/gYhxRSSiXr7/XPXYofaKJ3qsFf4YZEsvgfYUTqxiPV\n"
    "O63B63A+poW5XXuzoFaF5kyD+6DaYo+Qvdb1IouRXrze2DPIkMjlWicEXY9hubI3\n"
    "9sWfRYReYqbsXIPpSkwpq9AI5MvTAgMBAAECgYAjtjFdCRQgj67TELgF0QBaj9/Q\n"
    "cIFZhZFP/mV4E/04ek8c74Y51MzzjT4FeepEaoSqdkurXuUDih+PiMmosLKdjZnR\n"
    "AXU4m98ROSsFQIGTUvlcAuiIFVGfosR5ct/ePYnu3kHdtbOnZ81KvorUP6SSa3s8\n"
    "Rdm9m2/HUpQYGvkRAQJBAOPaG8ipy4wV4LDsHV05R7M94ZdFAlmFtGh5hy2cGp/Q\n"
    "pDooXnx6GAtPb7eQ9QdmqDM8yNSjnsFte5c+6iybdnsCQQD4op658WlA6pQ6iehi\n"
    "n8lbggqgrBMDjypSPHEoS5Ae3tOGxXBurnoomdXF+bFbPU8xZr6yGy8AzzFWgY2U\n"
    "m+yJAkEA3n6ROvVzKiwC6UDnu6y/cywuKgTdMoX5kTt64PLanMykUZYyDeM7r2+2\n"
    "a85FNyDrhn0Ir3vG/qLmWN661SxKGQJAC/c3kFdP63HepFqStnxeImtFu6nMWHWB\n"
    "YefKwlewneu3XlsOKCV5d46/vQFhSbTPpN7++m9Yeb9+7lzZxXcjkQJBAIknlXJG\n"
    "h7kOoSz5aP6fuxAeJhWE8FSxZO3zchUq/UXITSnral/yjf5icZnv28pHrUltCmx5\n"
    "6hbufTyIQ9TnTdU=\n"
    "-----END PRIVATE KEY-----";

/* its public half */
constexpr char RSA_SPKI[] = "-----BEGIN PUBLIC KEY-----\n"
                            "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDdTAg2FhqRtsl1VqJu++Oey5RX\n"
                            "Jf931zWUtov4GIcUUkol6+/1z12KH2iid6rBX+GGRLL4H2FE6sYj1TutwetwPqaF\n"
                            "uV17s6BWheZMg/ug2mKPkL3W9SKLkV683tgzyJDI5VonBF2PYbmyN/bFn0WEXmKm\n"
                            "7FyD6UpMKavQCOTL0wIDAQAB\n"
                            "-----END PUBLIC KEY-----";

/* the same in PKCS#1 */
constexpr char RSA_PUBLIC_PKCS1[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIGJAoGBAN1MCDYWGpG2yXVWom77457LlFcl/3fXNZS2i/gYhxRSSiXr7/XPXYof\n"
    "aKJ3qsFf4YZEsvgfYUTqxiPVO63B63A+poW5XXuzoFaF5kyD+6DaYo+Qvdb1IouR\n"
    "Xrze2DPIkMjlWicEXY9hubI39sWfRYReYqbsXIPpSkwpq9AI5MvTAgMBAAE=\n"
    "-----END RSA PUBLIC KEY-----";

/* n; e is 65537 */
constexpr char RSA_MODULUS[] =
    "dd4c0836161a91b6c97556a26efbe39ecb945725ff77d73594b68bf8188714524a25ebeff5cf5d8a1f68a277aa"
    "c15fe1"
    "8644b2f81f6144eac623d53badc1eb703ea685b95d7bb3a05685e64c83fba0da628f90bdd6f5228b915ebcded8"
    "33c890"
    "c8e55a27045d8f61b9b237f6c59f45845e62a6ec5c83e94a4c29abd008e4cbd3";

/* d */
constexpr char RSA_EXPONENT[] =
    "23b6315d0914208faed310b805d1005a8fdfd070815985914ffe657813fd387a4f1cef8639d4ccf38d3e0579ea"
    "446a84"
    "aa764bab5ee5038a1f8f88c9a8b0b29d8d99d10175389bdf11392b0540819352f95c02e88815519fa2c47972df"
    "de3d89"
    "eede41ddb5b3a767cd4abe8ad43fa4926b7b3c45d9bd9b6fc75294181af91101";

/* of "hello world", by the official client */
constexpr char RSA_SIGNATURE[] =
    "c93db39a854e56c484544e786aba46493c9ea4a33862f910aca512e9a1d5bec8ffa92e937e00d9f775034e0f09"
    "71819d"
    "1382c141e2bcb033a23de9032385f5596118dda5f2dded427cd79d6cb20cf0fb7a13b17b292b016409faf1581a"
    "476dbb"
    "2028040799a59fb62c95c2fb5610344f20cea40e43a5c4ecc241a94174c94702";

/* of "hello world", by the official client */
constexpr char RSA_CIPHERTEXT[] =
    "68d6ea51ed59bbc897210409a2a08d035d0345d8b33a3e974145e220062ce6f368e240c2f36bacc1824247a5be"
    "e167af"
    "709c82f18acbd12cb053227ecb7fd2e15ac3f35a72dea9012facd93dc676f7782c1c1652715fe55e6ff58b3185"
    "45cd91"
    "01dae10c7f0009eeaa49e88596b5d71fa7a2ec3216e3bff98ce40d1d19e50697";

/* secp256k1, as the official client writes it */
constexpr char ECC_PKCS8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGEAgEBMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQg8VfksByDf2bDP0OK45kk\n"
    "XUy7jWdLrIj9fWHHDuWnupehRANCAAQ49Mc5OE2vY3PT+s49f0Uzb8goiDRVCjV+\n"
    "Ivzhw4zhIQwls/eMyVVpr8GH/GltuDF8/kWaTLk4xrxYEiepNoSz\n"
    "-----END PRIVATE KEY-----\n";

/* the same as OpenSSL writes it */
constexpr char ECC_SEC1[] = "-----BEGIN EC PRIVATE KEY-----\n"
                            "MHQCAQEEIPFX5LAcg39mwz9DiuOZJF1Mu41nS6yI/X1hxw7lp7qXoAcGBSuBBAAK\n"
                            "oUQDQgAEOPTHOThNr2Nz0/rOPX9FM2/IKIg0VQo1fiL84cOM4SEMJbP3jMlVaa/B\n"
                            "h/xpbbgxfP5Fmky5OMa8WBInqTaEsw==\n"
                            "-----END EC PRIVATE KEY-----";

/* the same, bare */
constexpr char ECC_SECRET[] =
    "f157e4b01c837f66c33f438ae399245d4cbb8d674bac88fd7d61c70ee5a7ba97";

/* its public half */
constexpr char ECC_SPKI[] = "-----BEGIN PUBLIC KEY-----\n"
                            "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEOPTHOThNr2Nz0/rOPX9FM2/IKIg0VQo1\n"
                            "fiL84cOM4SEMJbP3jMlVaa/Bh/xpbbgxfP5Fmky5OMa8WBInqTaEsw==\n"
                            "-----END PUBLIC KEY-----\n";

/* the same with a compressed point */
constexpr char ECC_SPKI_COMPRESSED[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDYwEAYHKoZIzj0CAQYFK4EEAAoDIgADOPTHOThNr2Nz0/rOPX9FM2/IKIg0VQo1\n"
    "fiL84cOM4SE=\n"
    "-----END PUBLIC KEY-----";

/* the same, bare */
constexpr char ECC_POINT[] = "0438f4c739384daf6373d3face3d7f45336fc8288834550a357e22fce1c38ce12"
                             "10c25b3f78cc95569afc187fc696db8"
                             "317cfe459a4cb938c6bc581227a93684b3";

/* of "hello world", by the official client */
constexpr char ECC_SIGNATURE[] = "3045022100ada9931688075e10cef38e6a60b9ed1244e300bf4edff8431e5"
                                 "ecd54f2669c5802205e523f7293c0bc89f3"
                                 "186e57c33236d1b14bf020a9c8eeeae6b483d990ec64e3";

/* a key on another curve */
constexpr char P256_SPKI[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENorw2S/7GQ6bNu9t9HJqN5LTWNP6\n"
    "OAe75NOpulh3cvsjS8ix9WWTk1iTiPonN8ydCebfLSXyd7zpExQo8kBJcA==\n"
    "-----END PUBLIC KEY-----";

/* a key far too small */
constexpr char RSA_512_SPKI[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJpa3K+4wPuESV/3MwAmWgttH7UGMeqG\n"
    "LLiUw0QOMmbGfmFxSXDWGx+6KAxkVX9e4d63r1mEO0qcEjoPrhDYiCECAwEAAQ==\n"
    "-----END PUBLIC KEY-----";

} // namespace sample
