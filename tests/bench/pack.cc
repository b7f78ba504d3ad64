// SPDX-License-Identifier: GPL-2.0-or-later
// Packing and unpacking without a disk: parse, gate, duplicates in memory, crypto.
#include "tests/bench/figures.hh"
#include "tests/bench/floors.h"
#include "tests/bench/talk.hh"

namespace bench {
namespace {

constexpr unsigned BURST = 200;

std::vector<std::string>
packets(const Talk &talk, bool rewrapped)
{
    std::vector<std::string> all;

    for (unsigned i = 0; i < BURST; i++) {
        if (rewrapped) {
            Array fresh = talk.wrap();

            all.emplace_back(talk.pack(fresh.get()).get());
        } else {
            all.emplace_back(talk.pack().get());
        }
    }
    return all;
}

Work
sending(const Talk &talk)
{
    return { [&talk] {
                for (unsigned i = 0; i < BURST; i++)
                    talk.pack();
            },
             BURST };
}

Work
receiving(const Talk &talk, const std::vector<std::string> &all, bool known)
{
    return { [&talk, &all, known] {
                std::set<std::string> seen;

                for (const std::string &text : all)
                    talk.unpack(text, known, seen);
            },
             BURST };
}

Work
bare(void (*call)(), unsigned times)
{
    return { [call, times] {
                for (unsigned i = 0; i < times; i++)
                    call();
            },
             times };
}

} // namespace

void
measure_pack(std::vector<Figure> &figures, std::vector<std::string> &notes)
{
    Talk rsa(DIM_KEY_RSA), ecc(DIM_KEY_ECC);

    floor_init();
    std::vector<std::string> rsa_known = packets(rsa, false), ecc_known = packets(ecc, false);
    std::vector<std::string> rsa_anew = packets(rsa, true), ecc_anew = packets(ecc, true);

    figures.push_back(rate("send 100 bytes, talk key known, RSA-1024", "`gcry_pk_sign`",
                           alternate(sending(rsa), bare(floor_rsa_sign, BURST)), 0.90));
    figures.push_back(rate("send 100 bytes, talk key known, secp256k1",
                           "`secp256k1_ecdsa_sign`",
                           alternate(sending(ecc), bare(floor_ecc_sign, 10 * BURST)), 0.50));
    figures.push_back(rate(
        "receive, talk key known, RSA-1024", "`gcry_pk_verify`",
        alternate(receiving(rsa, rsa_known, true), bare(floor_rsa_verify, 10 * BURST)), 0.40));
    figures.push_back(rate(
        "receive, talk key known, secp256k1", "`secp256k1_ecdsa_verify`",
        alternate(receiving(ecc, ecc_known, true), bare(floor_ecc_verify, 10 * BURST)), 0));
    figures.push_back(
        rate("receive, known key wrapped anew, RSA-1024", "`gcry_pk_decrypt`",
             alternate(receiving(rsa, rsa_anew, true), bare(floor_rsa_decrypt, BURST)), 20));
    // Here the curve's verification alone is a twentieth of the floor: no target.
    figures.push_back(
        rate("receive, known key wrapped anew, secp256k1", "`gcry_pk_decrypt`",
             alternate(receiving(ecc, ecc_anew, true), bare(floor_rsa_decrypt, BURST)), 0));
    figures.push_back(
        rate("receive, key not known, RSA-1024", "`gcry_pk_decrypt`",
             alternate(receiving(rsa, rsa_anew, false), bare(floor_rsa_decrypt, BURST)), 0));
    notes.push_back(
        "RSA-1024 and secp256k1 say what the sender signs with. Verifying on secp256k1 alone "
        "takes about a twentieth of an RSA decryption, which bounds those lines.");
    floor_clear();
}

OwnRates
own_rates()
{
    Talk talk(DIM_KEY_ECC);
    std::vector<std::string> all = packets(talk, true);

    floor_init();
    OwnRates rates = { 1 / fastest(sending(talk)), 1 / fastest(receiving(talk, all, true)),
                       1 / fastest(bare(floor_ecc_verify, BURST)) };
    floor_clear();
    return rates;
}

} // namespace bench
