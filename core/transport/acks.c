/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The official stations do not parse what they acknowledge, they look for a word in it; what they find must be found here. */
#include "transport/acks.h"

#include <string.h>

#include "base/hash.h"

#define PREFIX   "ACK:"
#define MAX_NAME 1024u
#define MAX_TIME 32u

typedef struct {
    char *name;
    guint64 serial;
    gint64 when;
    GList link; /* of `order` */
} Sent;

struct _DimAcks {
    GHashTable *by_name; /* Sent.name -> Sent */
    GQueue order;        /* of Sent, the oldest first */
    gboolean says_ack;
};

/* Behind the first place where word stands; NULL: nowhere. */
static const guint8 *
find_behind(const guint8 *data, const guint8 *end, const char *word)
{
    gsize length = strlen(word);

    for (const guint8 *at = data; (gsize)(end - at) >= length; at++) {
        at = memchr(at, word[0], (gsize)(end - at) - length + 1);
        if (at == NULL)
            return NULL;
        if (memcmp(at, word, length) == 0)
            return at + length;
    }
    return NULL;
}

/* What stands behind the colon that follows word, up to a comma, or else a brace. NULL: nothing that may be repeated. */
static char *
find_value(const guint8 *data, gsize size, const char *word, gsize max)
{
    const guint8 *end = data + size;
    const guint8 *value = find_behind(data, end, word);
    const guint8 *stop;

    if (value != NULL)
        value = find_behind(value, end, ":");
    if (value == NULL || value == end)
        return NULL;
    stop = memchr(value, ',', (gsize)(end - value));
    if (stop == NULL)
        stop = memchr(value, '}', (gsize)(end - value));
    if (stop == NULL || stop == value || (gsize)(stop - value) > max)
        return NULL;
    for (const guint8 *at = value; at < stop; at++) {
        if (*at < ' ' || *at > '~')
            return NULL;
    }
    return g_strndup((const char *)value, (gsize)(stop - value));
}

static void
strip(char *text, char what)
{
    gsize size = strlen(text);
    gsize start = 0;

    while (text[start] == what)
        start++;
    while (size > start && text[size - 1] == what)
        size--;
    memmove(text, text + start, size - start);
    text[size - start] = '\0';
}

static char *
find_signature(const guint8 *data, gsize size)
{
    return find_value(data, size, "signature", MAX_NAME);
}

char *
dim_ack_name(const guint8 *payload, gsize size)
{
    g_autofree char *name = find_signature(payload, size);

    if (name == NULL)
        return NULL;
    strip(name, ' ');
    strip(name, '"');
    strip(name, '\'');
    return *name != '\0' ? g_steal_pointer(&name) : NULL;
}

char *
dim_ack_line(const guint8 *payload, gsize size)
{
    g_autofree char *signature = find_signature(payload, size);
    g_autofree char *time = find_value(payload, size, "\"time\"", MAX_TIME);

    if (signature == NULL)
        return NULL;
    if (time != NULL)
        strip(time, ' ');
    if (time == NULL || *time == '\0' || time[strspn(time, "0123456789.eE+-")] != '\0') {
        g_free(time);
        time = g_strdup("0");
    }
    /* A brace belongs to the value as it is looked for, and would end it here: then a comma must. */
    if (strchr(signature, '}') != NULL)
        return g_strdup_printf(PREFIX "{\"signature\":%s,\"time\":%s}", signature, time);
    return g_strdup_printf(PREFIX "{\"time\":%s,\"signature\":%s}", time, signature);
}

gboolean
dim_ack_is_line(const guint8 *payload, gsize size)
{
    return size >= strlen(PREFIX) && memcmp(payload, PREFIX, strlen(PREFIX)) == 0;
}

DimAcks *
dim_acks_new(void)
{
    DimAcks *acks = g_new0(DimAcks, 1);

    acks->by_name = g_hash_table_new(dim_text_hash, g_str_equal);
    g_queue_init(&acks->order);
    return acks;
}

static guint64
forget(DimAcks *acks, Sent *sent)
{
    guint64 serial = sent->serial;

    g_hash_table_remove(acks->by_name, sent->name);
    g_queue_unlink(&acks->order, &sent->link);
    g_free(sent->name);
    g_free(sent);
    return serial;
}

void
dim_acks_free(DimAcks *acks)
{
    if (acks == NULL)
        return;
    while (acks->order.head != NULL)
        forget(acks, acks->order.head->data);
    g_hash_table_unref(acks->by_name);
    g_free(acks);
}

void
dim_acks_add(DimAcks *acks, const guint8 *payload, gsize size, guint64 serial, gint64 now)
{
    g_autofree char *name = dim_ack_name(payload, size);
    Sent *sent;

    if (name == NULL)
        return;
    sent = g_hash_table_lookup(acks->by_name, name);
    if (sent == NULL && acks->order.length >= DIM_ACKS_MAX)
        sent = acks->order.head->data;
    if (sent != NULL)
        forget(acks, sent);
    sent = g_new0(Sent, 1);
    sent->name = g_steal_pointer(&name);
    sent->serial = serial;
    sent->when = now;
    sent->link.data = sent;
    g_hash_table_insert(acks->by_name, sent->name, sent);
    g_queue_push_tail_link(&acks->order, &sent->link);
}

guint64
dim_acks_take(DimAcks *acks, const guint8 *line, gsize size)
{
    g_autofree char *name = dim_ack_name(line, size);
    Sent *sent = name != NULL ? g_hash_table_lookup(acks->by_name, name) : NULL;

    acks->says_ack = TRUE;
    return sent != NULL ? forget(acks, sent) : 0;
}

guint64
dim_acks_take_old(DimAcks *acks, gint64 now)
{
    Sent *oldest = acks->order.head != NULL ? acks->order.head->data : NULL;

    if (acks->says_ack || oldest == NULL || now - oldest->when < DIM_ACKS_PATIENCE)
        return 0;
    return forget(acks, oldest);
}
