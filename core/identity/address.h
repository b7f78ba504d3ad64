/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses: BTC-style, ETH and broadcast, one row each in the address table (protocol §2.2, §2.3). */
#pragma once

#include "types.h"

G_BEGIN_DECLS

typedef enum {
    DIM_ADDRESS_BTC,
    DIM_ADDRESS_ETH,
    DIM_ADDRESS_BROADCAST,
    DIM_ADDRESS_UNKNOWN, /* opaque text of 4..64 characters: a user that cannot be verified */
} DimAddressKind;

/* Entity types after mapping of legacy bytes (protocol §2.3). */
enum {
    DIM_TYPE_USER = 0x00,
    DIM_TYPE_GROUP = 0x01,
    DIM_TYPE_STATION = 0x02,
    DIM_TYPE_ISP = 0x03,
    DIM_TYPE_BOT = 0x04,
    DIM_TYPE_ICP = 0x05,
    DIM_TYPE_ANY = 0x80,
    DIM_TYPE_EVERY = 0x81,
};

/* Recognises any text; *network gets the raw byte (0 for ETH and unknown). The letter case of an ETH address is not checked here
 * (protocol §2.2). */
DimAddressKind dim_address_parse(const char *text, guint8 *network);
/* base58(network, ripemd160(sha256(data)), check). New string. */
char *dim_address_btc(const guint8 *data, gsize size, guint8 network);
/* 0x and EIP-55 hex of the last 20 bytes of Keccak-256 of 64 bytes (a leading 0x04 of 65 is dropped). New string, or NULL for any other size. */
char *dim_address_eth(const guint8 *data, gsize size);
/* An ETH address (0x and 40 hex digits, whatever their case) as EIP-55 spells it. New string; NULL for anything else (programmer's
 * mistake). */
char *dim_address_spell_eth(const char *text);
/* The raw byte mapped to a type; without a name always USER, but for the two broadcast addresses with a name. */
guint8 dim_address_type(DimAddressKind kind, guint8 network, gboolean has_name);
/* Search number (protocol §2.6): from the last 4 bytes; 0 for others. */
guint32 dim_address_number(const char *text);

G_END_DECLS
