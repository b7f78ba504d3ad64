/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plain way to a station: GIO's own connector, straight, without any proxy. */
#include "transport/dial.h"

typedef struct {
    GCancellable *cancellable;
    DimDialed done; /* NULL once cancelled */
    gpointer done_data;
} Call;

static void
free_call(Call *call)
{
    g_object_unref(call->cancellable);
    g_free(call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, free_call)

static void
on_connected(GObject *client, GAsyncResult *result, gpointer data)
{
    g_autoptr(Call) call = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(client), result, &error);

    if (call->done != NULL)
        call->done((GIOStream *)connection, error, call->done_data);
}

static gpointer
connect_directly(G_GNUC_UNUSED gpointer data,
                 const char *host,
                 guint16 port,
                 DimDialed done,
                 gpointer done_data)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) address = g_network_address_new(host, port);
    Call *call = g_new(Call, 1);

    *call = (Call){ g_cancellable_new(), done, done_data };
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_connect_async(client, address, call->cancellable, on_connected, call);
    return call;
}

/* The call itself ends later, when GIO says that it was cancelled; nobody is told then. */
static void
cancel_call(G_GNUC_UNUSED gpointer data, gpointer handle)
{
    Call *call = handle;

    call->done = NULL;
    g_cancellable_cancel(call->cancellable);
}

const DimDial *
dim_dial_direct(void)
{
    static const DimDial direct = { .connect = connect_directly, .cancel = cancel_call };

    return &direct;
}
