/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimListener: the sockets that wait for callers on one host and port. Private to the hub. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DimListener DimListener;

/* Listens on every address that host stands for (on the first alone if port is 0: any that is free). NULL with an error of
 * GIO's kind (G_IO_ERROR). */
DimListener *dim_listener_new(const char *host, guint16 port, GError **error);
void dim_listener_free(DimListener *listener);
guint16 dim_listener_port(const DimListener *listener);
/* The i-th descriptor, or -1. */
int dim_listener_fd(const DimListener *listener, guint i);

/* Non-blocking, with its sending buffer set; the callee owns fd. */
typedef void (*DimAcceptedFunc)(int fd, const char *host, guint16 port, gpointer data);
/* Takes in those who wait, a bounded number. */
void dim_listener_accept(DimListener *listener, DimAcceptedFunc func, gpointer data);

G_END_DECLS
