/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimLine: one connected socket: what came in and is no packet yet, what waits to go out, and its allowance. Owned by the hub. */
#pragma once

#include "station/settings.h"
#include "transport/framing.h"

G_BEGIN_DECLS

typedef struct _DimLine DimLine;

/* The fields are the hub's and line.c's; others use the functions. */
struct _DimLine {
    int fd;
    char *host;
    /* of the host, or of its /64: what one caller can have many connections from */
    char *address;
    guint16 port;
    DimFramer *framer;           /* MTP or WebSocket: who calls decides */
    gsize held;                  /* bytes in the framer, of unfinished fragments too */
    guint64 pieces, piece_bytes; /* fragments of the framer that were spent on */
    GQueue out;                  /* of GBytes */
    gsize out_size;              /* bytes in it, without what of its head was written */
    gsize out_offset;            /* bytes of its head that were written */
    double tokens, byte_tokens;
    double spent;       /* in this turn */
    gint64 filled_at;   /* when the tokens were counted; microseconds as all times here */
    gint64 heard_at;    /* last byte in */
    gint64 good_at;     /* a stranger's last acceptable message */
    gint64 moved_at;    /* last byte out, or since when nothing waits */
    const char *doomed; /* why it will be closed at the end of this turn; static text */
    gboolean trusted;   /* logged in */
    gboolean parting;   /* doomed, but what waits is written once more if the turn is settled */
    gboolean dirty, starved, resting, armed, full;
    gpointer guest; /* the server's */
};

/* Who calls, as far as connections are counted: the IPv4 address or name as it is, the /64 of an IPv6 address. New string. */
char *dim_line_address(const char *host);
/* Takes the descriptor. */
DimLine *dim_line_new(int fd,
                      const char *host,
                      guint16 port,
                      const DimSettings *limits,
                      const DimClock *clock);
/* Closes the descriptor. */
void dim_line_free(DimLine *line);

/* Reads once into buffer and on into the framer. FALSE if the other end is gone. */
gboolean dim_line_read(DimLine *line, void *buffer, gsize size, gint64 now);
/* Adds what time has brought to the allowance; TRUE if there is some. */
gboolean dim_line_refill(DimLine *line, const DimSettings *limits, gint64 now);
/* Appends bytes to what waits. */
void dim_line_push(DimLine *line, GBytes *bytes);
/* Writes what the socket takes. FALSE if the other end is gone. */
gboolean dim_line_flush(DimLine *line, gint64 now);

G_END_DECLS
