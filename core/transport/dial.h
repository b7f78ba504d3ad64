/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDial: how to reach host:port; the host program fills it in, so that its proxies are obeyed. */
#pragma once

#include <gio/gio.h>

#include "types.h"

G_BEGIN_DECLS

/* Exactly one of stream and error is set; the stream is (transfer none): take a reference. */
typedef void (*DimDialed)(GIOStream *stream, const GError *error, gpointer done_data);

struct _DimDial {
    /* Starts to connect; `done` is called once, later, from the main loop, unless cancel() was called with the returned handle. */
    gpointer (*connect)(gpointer data,
                        const char *host,
                        guint16 port,
                        DimDialed done,
                        gpointer done_data);
    void (*cancel)(gpointer data, gpointer handle);
    gpointer data;
};

/* Plain TCP by GIO, no proxy; for the station's tools and tests. Static. */
const DimDial *dim_dial_direct(void);

G_END_DECLS
