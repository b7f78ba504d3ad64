/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forward typedefs of every public type, and the two words a front end shows: state and delivery. */
#pragma once

#include <glib.h>

typedef struct _DimClock DimClock;
typedef struct _DimSecret DimSecret;
typedef struct _DimCipherKey DimCipherKey;
typedef struct _DimPublicKey DimPublicKey;
typedef struct _DimPrivateKey DimPrivateKey;
typedef struct _DimId DimId;
typedef struct _DimMeta DimMeta;
typedef struct _DimDocument DimDocument;
typedef struct _DimContent DimContent;
typedef struct _DimMessage DimMessage;
typedef struct _DimStore DimStore;
typedef struct _DimUser DimUser;
typedef struct _DimBook DimBook;
typedef struct _DimContacts DimContacts;
typedef struct _DimKeyring DimKeyring;
typedef struct _DimSeen DimSeen;
typedef struct _DimOutbox DimOutbox;
typedef struct _DimStation DimStation;
typedef struct _DimDial DimDial;
typedef struct _DimGate DimGate;
typedef struct _DimEvents DimEvents;
typedef struct _DimDesk DimDesk;
typedef struct _DimSession DimSession;

/* How a line to a station is framed (protocol §6.1). */
typedef enum {
    DIM_TRANSPORT_MTP,       /* the default: every message is numbered and acknowledged */
    DIM_TRANSPORT_WEBSOCKET, /* gets through where only the web does */
} DimTransport;

/* Where a login stands (protocol §6.6). */
typedef enum {
    DIM_STATE_OFFLINE,
    DIM_STATE_CONNECTING,
    DIM_STATE_CONNECTED,
    DIM_STATE_HANDSHAKING,
    DIM_STATE_ONLINE,
    DIM_STATE_ERROR,
} DimState;

/* What became of a message of ours (protocol §7.3), in the order in which it happens. */
typedef enum {
    DIM_DELIVERY_QUEUED,      /* kept here, not yet given to a station */
    DIM_DELIVERY_SENT,        /* the station's transport has it */
    DIM_DELIVERY_UNCONFIRMED, /* sent, and a minute without a word from the station */
    DIM_DELIVERY_KEPT,        /* the station says that it relayed or cached it */
    DIM_DELIVERY_DELIVERED,   /* the receiver's own signed receipt is in */
    DIM_DELIVERY_FAILED,
} DimDelivery;
