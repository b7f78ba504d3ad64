/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the dial hook of core with libpurple's connect, so that the account's proxy is obeyed. */
#include "plugin/proxy.h"

#include <glib/gstdio.h>

/* One attempt. Either `connect` or `later` is set until `done` is called, but for the moment in between. */
typedef struct {
    PurpleProxyConnectData *connect;
    /* timer: libpurple answered from inside the call, the caller hears it afterwards */
    guint later;
    int fd; /* -1: failed */
    PurpleAccount *account;
    char *failure; /* (nullable) in words, once it failed */
    DimDialed done;
    gpointer done_data;
    gboolean starting;
} Attempt;

static void
attempt_free(Attempt *attempt)
{
    if (attempt->connect != NULL)
        purple_proxy_connect_cancel(attempt->connect);
    if (attempt->later != 0)
        purple_timeout_remove(attempt->later);
    if (attempt->fd >= 0)
        g_close(attempt->fd, NULL);
    g_free(attempt->failure);
    g_free(attempt);
}

/* Wraps the descriptor in a stream; it owns it from then on. */
static GIOStream *
stream_of(Attempt *attempt, GError **error)
{
    g_autoptr(GSocket) socket = NULL;

    if (attempt->fd < 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, attempt->failure);
        return NULL;
    }
    socket = g_socket_new_from_fd(attempt->fd, error);
    if (socket == NULL)
        return NULL;
    attempt->fd = -1;
    return G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
}

static void
finish(Attempt *attempt)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GIOStream) stream = stream_of(attempt, &error);
    DimDialed done = attempt->done;
    gpointer done_data = attempt->done_data;

    attempt_free(attempt);
    done(stream, error, done_data);
}

static gboolean
finish_later(gpointer data)
{
    Attempt *attempt = data;

    attempt->later = 0;
    finish(attempt);
    return G_SOURCE_REMOVE;
}

/* libpurple tells the reason alone; who is behind a proxy must not look for it at the station. New string. */
static char *
explain(PurpleAccount *account, const char *failure)
{
    PurpleProxyInfo *proxy = purple_proxy_get_setup(account);
    const char *host = proxy == NULL ? NULL : purple_proxy_info_get_host(proxy);

    if (failure == NULL)
        failure = _("no connection");
    if (host == NULL || *host == '\0' || purple_proxy_info_get_type(proxy) == PURPLE_PROXY_NONE)
        return g_strdup(failure);
    return g_strdup_printf(_("the way there is the proxy %s, port %d, and that failed: %s"),
                           host, purple_proxy_info_get_port(proxy), failure);
}

static void
on_connected(gpointer data, gint fd, const gchar *failure)
{
    Attempt *attempt = data;

    attempt->connect = NULL; /* libpurple frees it after this call */
    attempt->fd = fd;
    if (fd < 0)
        attempt->failure = explain(attempt->account, failure);
    if (attempt->starting)
        attempt->later = purple_timeout_add(0, finish_later, attempt);
    else
        finish(attempt);
}

static gpointer
dial(gpointer data, const char *host, guint16 port, DimDialed done, gpointer done_data)
{
    PurpleConnection *gc = data;
    Attempt *attempt = g_new0(Attempt, 1);
    PurpleProxyConnectData *connect = NULL;

    attempt->fd = -1;
    attempt->account = purple_connection_get_account(gc);
    attempt->done = done;
    attempt->done_data = done_data;
    attempt->starting = TRUE;
    connect = purple_proxy_connect(gc, attempt->account, host, port, on_connected, attempt);
    attempt->starting = FALSE;
    if (attempt->later != 0)
        return attempt;
    attempt->connect = connect;
    if (connect == NULL) {
        attempt->failure = explain(attempt->account, NULL);
        attempt->later = purple_timeout_add(0, finish_later, attempt);
    }
    return attempt;
}

static void
hang_up(G_GNUC_UNUSED gpointer data, gpointer handle)
{
    attempt_free(handle);
}

DimDial
dim_proxy_dial(PurpleConnection *gc)
{
    return (DimDial){ .connect = dial, .cancel = hang_up, .data = gc };
}
