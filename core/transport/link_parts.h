/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of the link share: its fields, and failing. Private to the link. */
#pragma once

#include "transport/arrivals.h"
#include "transport/link.h"
#include "transport/window.h"
#include "transport/wire.h"

struct _DimLink {
    gint refs; /* the owner's, and one for each call of ours on the stack */
    const DimClock *clock;
    const DimLinkEvents *events; /* NULL once the owner is gone or was told of a failure */
    gpointer data;

    DimWire *wire;
    DimFramer *framer;
    DimArrivals *arrivals;
    DimWindow *window;
    guint64 serial; /* of the last message or command of ours */
    /* without numbers: up to which message each PING asks that is not answered */
    GArray *marks;
    guint64 asked; /* up to which message was asked already */
    gboolean asks; /* a PING is due */
    gint64 heard;
    gint64 pinged;
    gint64 moved; /* when the other end last took something, or had nothing to take */
    guint64 written;
    gboolean lived;
};

DimLink *dim_link_ref(DimLink *link);
void dim_link_unref(DimLink *link);
/* The link must be kept by the caller: its owner may free it now. */
void dim_link_fail(DimLink *link, const GError *error);
/* A packet that is sent once, or NULL: nothing. */
void dim_link_send_once(DimLink *link, GBytes *packet);
guint64 dim_link_next_serial(DimLink *link);
void dim_link_append(GByteArray *out, GBytes *bytes);

/* Framings without numbers: a PING behind what `out` holds, if there is something new to ask for. */
void dim_link_ask(DimLink *link, GByteArray *out);
/* And its PONG came. Called with a reference held. */
void dim_link_answered(DimLink *link);
