/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connected socket: reading, the token bucket, and writing what waits. */
#include "station/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"

#define CHUNKS 64 /* in one sendmsg() */

char *
dim_line_address(const char *host)
{
    struct in6_addr six;

    if (inet_pton(AF_INET6, host, &six) != 1)
        return g_strdup(host);
    memset(six.s6_addr + 8, 0, 8);
    return dim_hex_encode(six.s6_addr, sizeof six.s6_addr);
}

DimLine *
dim_line_new(int fd,
             const char *host,
             guint16 port,
             const DimSettings *limits,
             const DimClock *clock)
{
    DimLine *line = g_new0(DimLine, 1);
    DimFramerOptions options = { .clock = clock, .max_body = DIM_FRAME_MAX_BODY };
    gint64 now = dim_clock_monotonic(clock);

    line->fd = fd;
    line->host = g_strdup(host);
    line->address = dim_line_address(host);
    line->port = port;
    line->framer = dim_framer_new_any(&options);
    g_queue_init(&line->out);
    line->tokens = limits->burst;
    line->byte_tokens = limits->byte_burst;
    line->filled_at = line->heard_at = line->good_at = line->moved_at = now;
    return line;
}

void
dim_line_free(DimLine *line)
{
    close(line->fd);
    dim_framer_free(line->framer);
    g_queue_clear_full(&line->out, (GDestroyNotify)g_bytes_unref);
    g_free(line->host);
    g_free(line->address);
    g_free(line);
}

gboolean
dim_line_read(DimLine *line, void *buffer, gsize size, gint64 now)
{
    ssize_t count = recv(line->fd, buffer, size, 0);

    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    if (count == 0)
        return FALSE;
    line->heard_at = now;
    dim_framer_feed(line->framer, buffer, (gsize)count);
    return TRUE;
}

gboolean
dim_line_refill(DimLine *line, const DimSettings *limits, gint64 now)
{
    double seconds = (double)(now - line->filled_at) / G_USEC_PER_SEC;

    line->filled_at = now;
    line->tokens = MIN(line->tokens + seconds * limits->rate, limits->burst);
    line->byte_tokens =
        MIN(line->byte_tokens + seconds * limits->byte_rate, (double)limits->byte_burst);
    return line->tokens >= 1 && line->byte_tokens >= 0;
}

void
dim_line_push(DimLine *line, GBytes *bytes)
{
    g_queue_push_tail(&line->out, g_bytes_ref(bytes));
    line->out_size += g_bytes_get_size(bytes);
}

/* Takes so many written bytes off the head of what waits. */
static void
take_off(DimLine *line, gsize count)
{
    line->out_size -= count;
    count += line->out_offset;
    while (line->out.head != NULL) {
        GBytes *head = line->out.head->data;

        if (count < g_bytes_get_size(head))
            break;
        count -= g_bytes_get_size(head);
        g_bytes_unref(g_queue_pop_head(&line->out));
    }
    line->out_offset = count;
}

static ssize_t
write_some(DimLine *line)
{
    struct iovec chunks[CHUNKS];
    struct msghdr message = { .msg_iov = chunks };
    gsize skip = line->out_offset;

    for (GList *item = line->out.head; item != NULL && message.msg_iovlen < CHUNKS;
         item = item->next) {
        gsize size = 0;
        const guint8 *data = g_bytes_get_data(item->data, &size);

        /* sendmsg() does not write there; its type cannot say so. */
        chunks[message.msg_iovlen].iov_base = (void *)(guintptr)(data + skip);
        chunks[message.msg_iovlen].iov_len = size - skip;
        message.msg_iovlen++;
        skip = 0;
    }
    return sendmsg(line->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

gboolean
dim_line_flush(DimLine *line, gint64 now)
{
    while (line->out_size > 0) {
        ssize_t count = write_some(line);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN;
        take_off(line, (gsize)count);
        line->moved_at = now;
    }
    return TRUE;
}
