/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets that wait for callers: resolving, binding, accepting. */
#include "station/door.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG     1024
#define ACCEPT_MAX  64           /* of one socket in one turn */
#define SEND_BUFFER (256 * 1024) /* SO_SNDBUF; the official stations set 64 KiB or more */

struct _DimListener {
    GArray *fds;
    guint16 port;
    int spare; /* given up for a moment when the process has no descriptor left */
};

static gboolean
fail(const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what,
                g_strerror(code));
    return FALSE;
}

static guint16
bound_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char port[NI_MAXSERV];

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0
        || getnameinfo((struct sockaddr *)&address, size, NULL, 0, port, sizeof port,
                       NI_NUMERICSERV)
               != 0)
        return 0;
    return (guint16)g_ascii_strtoull(port, NULL, 10);
}

static int
open_one(const struct addrinfo *where)
{
    int on = 1;
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int code;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

DimListener *
dim_listener_new(const char *host, guint16 port, GError **error)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    g_autofree char *service = g_strdup_printf("%u", port);
    g_autofree char *what = g_strdup_printf("Cannot listen on %s port %u", host, port);
    struct addrinfo *list = NULL;
    DimListener *listener;
    int code = getaddrinfo(host, service, &hints, &list);

    if (code != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: %s", what,
                    gai_strerror(code));
        return NULL;
    }
    listener = g_new0(DimListener, 1);
    listener->fds = g_array_new(FALSE, FALSE, sizeof(int));
    listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (const struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        int fd = open_one(one);

        if (fd < 0)
            continue;
        g_array_append_val(listener->fds, fd);
        listener->port = bound_port(fd);
        if (port == 0)
            break;
    }
    code = errno;
    freeaddrinfo(list);
    errno = code;
    if (listener->fds->len > 0)
        return listener;
    fail(what, error);
    dim_listener_free(listener);
    return NULL;
}

void
dim_listener_free(DimListener *listener)
{
    for (guint i = 0; i < listener->fds->len; i++)
        close(dim_listener_fd(listener, i));
    if (listener->spare >= 0)
        close(listener->spare);
    g_array_unref(listener->fds);
    g_free(listener);
}

guint16
dim_listener_port(const DimListener *listener)
{
    return listener->port;
}

int
dim_listener_fd(const DimListener *listener, guint i)
{
    return i < listener->fds->len ? g_array_index(listener->fds, int, i) : -1;
}

/* Without a descriptor the one who waits cannot be taken in, and the loop would be woken for ever: send him away. */
static void
turn_away(DimListener *listener, int socket)
{
    int fd;

    if (listener->spare < 0)
        return;
    close(listener->spare);
    fd = accept(socket, NULL, NULL);
    if (fd >= 0)
        close(fd);
    listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    g_debug("a caller was turned away: no descriptor left");
}

static void
hand_over(int fd,
          const struct sockaddr_storage *address,
          socklen_t size,
          DimAcceptedFunc func,
          gpointer data)
{
    char host[NI_MAXHOST] = "?";
    char port[NI_MAXSERV] = "0";
    int on = 1;
    int buffer = SEND_BUFFER;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    if (getnameinfo((const struct sockaddr *)address, size, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)
        != 0)
        g_debug("a caller without an address");
    func(fd, host, (guint16)g_ascii_strtoull(port, NULL, 10), data);
}

void
dim_listener_accept(DimListener *listener, DimAcceptedFunc func, gpointer data)
{
    for (guint i = 0; i < listener->fds->len; i++) {
        int socket = dim_listener_fd(listener, i);

        for (guint n = 0; n < ACCEPT_MAX; n++) {
            struct sockaddr_storage address = { 0 };
            socklen_t size = sizeof address;
            int fd = accept(socket, (struct sockaddr *)&address, &size);

            if (fd < 0) {
                if (errno == EMFILE || errno == ENFILE)
                    turn_away(listener, socket);
                break;
            }
            if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
                close(fd);
                continue;
            }
            hand_over(fd, &address, size, func, data);
        }
    }
}
