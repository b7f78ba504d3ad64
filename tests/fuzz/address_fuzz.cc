// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as an address, and addresses made of random bytes: what is recognised is what its own maker writes.
#include "identity/address.h"

#include <cstdint>
#include <cstring>
#include <string>

static void
check_made(const uint8_t *data, size_t size)
{
    const guint8 network = size > 0 ? data[0] : 0;
    guint8 seen = 0;
    char *btc = dim_address_btc(data, size, network);
    char *eth = dim_address_eth(data, size);
    std::string wrong = btc;

    // Networks that are not users' may need a name; the address itself is recognised all the same.
    g_assert(dim_address_parse(btc, &seen) == DIM_ADDRESS_BTC && seen == network);
    wrong[wrong.size() / 2] = wrong[wrong.size() / 2] == 'a' ? 'b' : 'a';
    g_assert(dim_address_parse(wrong.c_str(), &seen) != DIM_ADDRESS_BTC);
    g_assert((eth != nullptr) == (size == 64 || (size == 65 && data[0] == 0x04)));
    if (eth != nullptr) {
        char *spelt = dim_address_spell_eth(eth);

        g_assert(dim_address_parse(eth, &seen) == DIM_ADDRESS_ETH && seen == 0);
        g_assert(strcmp(spelt, eth) == 0);
        g_free(spelt);
    }
    g_free(btc);
    g_free(eth);
}

static void
check_read(const char *text)
{
    guint8 network = 0x55;
    const DimAddressKind kind = dim_address_parse(text, &network);

    g_assert(kind <= DIM_ADDRESS_UNKNOWN);
    dim_address_number(text);
    g_assert(dim_address_type(kind, network, FALSE) == DIM_TYPE_USER);
    dim_address_type(kind, network, TRUE);
    if (kind != DIM_ADDRESS_ETH)
        return;
    char *spelt = dim_address_spell_eth(text);
    char *again = dim_address_spell_eth(spelt);

    g_assert(network == 0 && strlen(spelt) == 42);
    g_assert(g_ascii_strcasecmp(spelt, text) == 0 && strcmp(spelt, again) == 0);
    g_free(spelt);
    g_free(again);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_read(std::string(reinterpret_cast<const char *>(data), size).c_str());
    check_made(data, size);
    return 0;
}
