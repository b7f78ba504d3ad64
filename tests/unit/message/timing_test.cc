// SPDX-License-Identifier: GPL-2.0-or-later
// What cannot be opened takes the same time whatever is wrong with it: how far it came must not be seen (threat T6).
#include <algorithm>
#include <ctime>
#include <vector>

#include "tests/unit/message/seal_case.hh"

namespace {

using Seconds = double;

Seconds
cpu_now()
{
    timespec now = {};

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Seconds
median(std::vector<Seconds> samples)
{
    std::nth_element(samples.begin(), samples.begin() + static_cast<long>(samples.size() / 2),
                     samples.end());
    return samples[samples.size() / 2];
}

class Timing : public Seal {
  protected:
    // As large as the gate lets through: there the cipher costs as much as RSA does.
    static constexpr gsize SIZE = 2400 * 1024;

    static support::Text
    coded(GBytes *bytes)
    {
        gsize size = 0;
        auto *data = static_cast<const guint8 *>(g_bytes_get_data(bytes, &size));

        return support::Text(dim_base64_encode(data, size));
    }
    OWNED(GBytes)
    wrap_text(const std::string &key)
    {
        OWNED(DimSecret) secret(secret_of(key));

        return OWNED(GBytes)(
            dim_public_key_encrypt(dim_private_key_public(reader), secret.get(), nullptr));
    }
    std::string
    text_of(const DimCipherKey *key)
    {
        OWNED(DimSecret) plain(dim_cipher_key_to_secret(key));

        return { reinterpret_cast<const char *>(dim_secret_data(plain.get())),
                 dim_secret_size(plain.get()) };
    }
    OWNED(DimMessage)
    message(GBytes *wrapped)
    {
        auto wire = sealed(bob_.get());
        OWNED(GBytes) blocks(g_bytes_new_take(g_malloc0(SIZE), SIZE));
        OWNED(GBytes)
        proof(dim_private_key_sign(signer, g_bytes_get_data(blocks.get(), nullptr), SIZE,
                                   nullptr));

        json_object_remove_member(wire.get(), "keys");
        json_object_set_string_member(wire.get(), "key", coded(wrapped).get());
        json_object_set_string_member(wire.get(), "data", coded(blocks.get()).get());
        json_object_set_string_member(wire.get(), "signature", coded(proof.get()).get());
        return OWNED(DimMessage)(dim_message_from_json(wire.get(), nullptr));
    }
    Seconds
    time_of(const DimMessage *message, GPtrArray *keys)
    {
        DimUnsealing how = { bob_.get(), nullptr, keys };
        support::Error error;
        const Seconds start = cpu_now();

        EXPECT_EQ(dim_unseal(message, &how, nullptr, &error), nullptr);
        return cpu_now() - start;
    }
};

// The slowest may take a fifth more than the quickest; what is left out costs more than that. Once out of five is enough:
// other programs disturb, but they do not mend.
TEST_F(Timing, IsTheSameWhateverIsWrong)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());
    OWNED(GBytes) junk(g_bytes_new(std::string(128, '\1').data(), 128));
    OWNED(GBytes) no_key = wrap_text("no key");
    OWNED(GBytes) wrong = wrap_text(text_of(other.get()));
    OWNED(GBytes) right = wrap_text(text_of(talk_.get()));
    OWNED(GPtrArray) keys(g_ptr_array_new());
    std::vector<OWNED(DimMessage)> messages;
    double worst = 2;

    g_ptr_array_add(keys.get(), reader);
    for (GBytes *wrapped : { junk.get(), no_key.get(), wrong.get(), right.get() })
        messages.push_back(message(wrapped));
    for (int round = 0; round < 5 && worst > 1.2; round++) {
        std::vector<std::vector<Seconds>> samples(messages.size());
        std::vector<Seconds> medians;

        for (int i = 0; i < 41; i++) {
            for (size_t cause = 0; cause < messages.size(); cause++)
                samples[cause].push_back(time_of(messages[cause].get(), keys.get()));
        }
        for (const auto &each : samples)
            medians.push_back(median(each));
        const auto [least, most] = std::minmax_element(medians.begin(), medians.end());
        worst = std::min(worst, *most / *least);
        printf("no padding %.0f µs, no key %.0f µs, wrong key %.0f µs, right key %.0f µs\n",
               medians[0] * 1e6, medians[1] * 1e6, medians[2] * 1e6, medians[3] * 1e6);
    }
    EXPECT_LE(worst, 1.2);
}

} // namespace
