/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address table: how each kind of address is recognised, made and counted. */
#include "identity/address.h"

#include <string.h>

#include "base/codec.h"
#include "crypto/digest.h"

#define BTC_BINARY_SIZE 25 /* network, 20 bytes of digest, 4 of check code */
#define BTC_CHECK_AT    21
#define ETH_TEXT_SIZE   42

typedef struct {
    DimAddressKind kind;
    gboolean (*recognise)(const char *text, guint8 *network);
    guint32 (*number)(const char *text);
} AddressRow;

static void
btc_check_code(const guint8 *payload, guint8 code[4])
{
    guint8 once[32];
    guint8 twice[32];

    dim_sha256(payload, BTC_CHECK_AT, once);
    dim_sha256(once, sizeof once, twice);
    memcpy(code, twice, 4);
}

/* The 25 bytes of a BTC-style address with a good check code, else NULL. */
static GBytes *
btc_binary(const char *text)
{
    g_autoptr(GBytes) binary = NULL;
    const guint8 *data;
    gsize size = strlen(text);
    guint8 code[4];

    if (size < 26 || size > 35)
        return NULL;
    binary = dim_base58_decode(text, NULL);
    if (binary == NULL)
        return NULL;
    data = g_bytes_get_data(binary, &size);
    if (size != BTC_BINARY_SIZE)
        return NULL;
    btc_check_code(data, code);
    if (memcmp(code, data + BTC_CHECK_AT, sizeof code) != 0)
        return NULL;
    return g_steal_pointer(&binary);
}

static guint32
last_number(GBytes *binary)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(binary, &size);

    if (size < 4)
        return 0;
    data += size - 4;
    return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static gboolean
is_btc(const char *text, guint8 *network)
{
    g_autoptr(GBytes) binary = btc_binary(text);

    if (binary == NULL)
        return FALSE;
    *network = *(const guint8 *)g_bytes_get_data(binary, NULL);
    return TRUE;
}

static guint32
btc_number(const char *text)
{
    g_autoptr(GBytes) binary = btc_binary(text);

    return binary == NULL ? 0 : last_number(binary);
}

/* The check by letter case is left to the meta (protocol §2.2). */
static gboolean
is_eth(const char *text, guint8 *network)
{
    if (strlen(text) != ETH_TEXT_SIZE || text[0] != '0' || text[1] != 'x')
        return FALSE;
    for (const char *p = text + 2; *p != '\0'; p++)
        if (!g_ascii_isxdigit(*p))
            return FALSE;
    *network = 0;
    return TRUE;
}

static guint32
eth_number(const char *text)
{
    g_autoptr(GBytes) binary = dim_hex_decode(text + 2, NULL);

    return binary == NULL ? 0 : last_number(binary);
}

static gboolean
is_broadcast(const char *text, guint8 *network)
{
    if (g_ascii_strcasecmp(text, "anywhere") == 0)
        *network = DIM_TYPE_ANY;
    else if (g_ascii_strcasecmp(text, "everywhere") == 0)
        *network = DIM_TYPE_EVERY;
    else
        return FALSE;
    return TRUE;
}

static guint32
no_number(G_GNUC_UNUSED const char *text)
{
    return 0;
}

static gboolean
is_anything(G_GNUC_UNUSED const char *text, guint8 *network)
{
    *network = 0;
    return TRUE;
}

/* The last row takes what the others left. */
static const AddressRow dim_address_table[] = {
    { DIM_ADDRESS_BROADCAST, is_broadcast, no_number },
    { DIM_ADDRESS_BTC, is_btc, btc_number },
    { DIM_ADDRESS_ETH, is_eth, eth_number },
    { DIM_ADDRESS_UNKNOWN, is_anything, no_number },
};

static const AddressRow *
find_row(const char *text, guint8 *network)
{
    const AddressRow *row = dim_address_table;

    while (!row->recognise(text, network))
        row++;
    return row;
}

DimAddressKind
dim_address_parse(const char *text, guint8 *network)
{
    guint8 unused = 0;

    g_return_val_if_fail(text != NULL, DIM_ADDRESS_UNKNOWN);
    return find_row(text, network != NULL ? network : &unused)->kind;
}

char *
dim_address_btc(const guint8 *data, gsize size, guint8 network)
{
    guint8 sha[32];
    guint8 binary[BTC_BINARY_SIZE];

    dim_sha256(data, size, sha);
    binary[0] = network;
    dim_ripemd160(sha, sizeof sha, binary + 1);
    btc_check_code(binary, binary + BTC_CHECK_AT);
    return dim_base58_encode(binary, sizeof binary);
}

/* EIP-55: a letter is a capital where the hash of the lower-case text has a high bit in that digit. */
static void
spread_case(char *digits)
{
    guint8 hash[32];

    dim_keccak256(digits, 40, hash);
    for (guint i = 0; i < 40; i++) {
        guint8 nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0x0f;

        if (nibble >= 8)
            digits[i] = g_ascii_toupper(digits[i]);
    }
}

char *
dim_address_eth(const guint8 *data, gsize size)
{
    g_autofree char *digits = NULL;
    guint8 hash[32];

    if (size == 65 && data[0] == 0x04) {
        data++;
        size--;
    }
    if (size != 64)
        return NULL;
    dim_keccak256(data, size, hash);
    digits = dim_hex_encode(hash + 12, 20);
    spread_case(digits);
    return g_strconcat("0x", digits, NULL);
}

char *
dim_address_spell_eth(const char *text)
{
    g_autofree char *digits = NULL;
    guint8 unused;

    g_return_val_if_fail(text != NULL && is_eth(text, &unused), NULL);
    digits = g_ascii_strdown(text + 2, -1);
    spread_case(digits);
    return g_strconcat("0x", digits, NULL);
}

guint8
dim_address_type(DimAddressKind kind, guint8 network, gboolean has_name)
{
    static const struct {
        guint8 network, type;
    } legacy[] = {
        { 0x08, DIM_TYPE_USER }, { 0x10, DIM_TYPE_GROUP },   { 0x30, DIM_TYPE_GROUP | 0x30 },
        { 0x76, DIM_TYPE_ISP },  { 0x88, DIM_TYPE_STATION }, { 0xc8, DIM_TYPE_BOT },
    };

    if (!has_name || kind == DIM_ADDRESS_ETH || kind == DIM_ADDRESS_UNKNOWN)
        return DIM_TYPE_USER;
    for (guint i = 0; i < G_N_ELEMENTS(legacy); i++)
        if (legacy[i].network == network)
            return legacy[i].type;
    return network;
}

guint32
dim_address_number(const char *text)
{
    guint8 network;

    g_return_val_if_fail(text != NULL, 0);
    return find_row(text, &network)->number(text);
}
