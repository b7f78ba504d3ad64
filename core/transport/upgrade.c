/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One HTTP head each way, read strictly: what is not exactly a WebSocket's beginning is refused (RFC 6455, section 4). */
#include "transport/upgrade.h"

#include <gio/gio.h>
#include <string.h>

#include "base/errors.h"
#include "base/words.h"

#define GUID        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_SIZE    16u
#define DIGEST_SIZE 20u
#define SHOWN       60 /* characters of a stranger's words in an error */

gsize
dim_upgrade_head_size(const guint8 *data, gsize size)
{
    const guint8 *end = data;

    while ((end = memchr(end, '\r', size - (gsize)(end - data))) != NULL) {
        gsize left = size - (gsize)(end - data);

        if (left < 4)
            return 0;
        if (memcmp(end, "\r\n\r\n", 4) == 0)
            return size - left + 4;
        end++;
    }
    return 0;
}

char *
dim_upgrade_key(const guint8 random[16])
{
    return g_base64_encode(random, KEY_SIZE);
}

static char *
accept_of(const char *key)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[DIGEST_SIZE];
    gsize size = sizeof digest;

    g_checksum_update(checksum, (const guchar *)key, -1);
    g_checksum_update(checksum, (const guchar *)GUID, -1);
    g_checksum_get_digest(checksum, digest, &size);
    return g_base64_encode(digest, size);
}

/* What a person wrote as a station's name goes into a head: nothing in it may begin a line of its own. */
static gboolean
is_plain_host(const char *host)
{
    return *host != '\0'
           && host[strspn(host, "0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ.:-_")]
                  == '\0';
}

char *
dim_upgrade_request(const char *host, guint16 port, const char *key)
{
    g_autofree char *name = g_hostname_to_ascii(host);
    const char *plain = name != NULL && is_plain_host(name) ? name : "station";
    gboolean is_six = strchr(plain, ':') != NULL;

    return g_strdup_printf("GET / HTTP/1.1\r\n"
                           "Host: %s%s%s:%u\r\n"
                           "Upgrade: websocket\r\n"
                           "Connection: Upgrade\r\n"
                           "Sec-WebSocket-Key: %s\r\n"
                           "Sec-WebSocket-Version: 13\r\n"
                           "\r\n",
                           is_six ? "[" : "", plain, is_six ? "]" : "", port, key);
}

/* `WebSocket-Protocol` is what the official stations say; it means nothing to a browser. */
char *
dim_upgrade_response(const char *key)
{
    g_autofree char *accept = accept_of(key);

    return g_strdup_printf("HTTP/1.1 101 Switching Protocols\r\n"
                           "Upgrade: websocket\r\n"
                           "Connection: Upgrade\r\n"
                           "WebSocket-Protocol: DIMP\r\n"
                           "Sec-WebSocket-Accept: %s\r\n"
                           "\r\n",
                           accept);
}

const char *const dim_upgrade_refusal = "HTTP/1.1 426 Upgrade Required\r\n"
                                        "Upgrade: websocket\r\n"
                                        "Connection: Upgrade, close\r\n"
                                        "Sec-WebSocket-Version: 13\r\n"
                                        "Content-Length: 0\r\n"
                                        "\r\n";

static gboolean
malformed(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, why);
    return FALSE;
}

static gboolean
is_token(const char *text, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        if (!g_ascii_isalnum(text[i]) && strchr("!#$%&'*+-.^_`|~", text[i]) == NULL)
            return FALSE;
    }
    return size > 0;
}

/* "name: value"; no line may go on in the next one. */
static gboolean
is_header(const char *line)
{
    const char *colon = strchr(line, ':');

    return colon != NULL && is_token(line, (gsize)(colon - line));
}

/* The lines of a head without their ends. NULL if it is not one. */
static char **
split_head(const guint8 *head, gsize size, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    for (gsize i = 0; i < size; i++) {
        gboolean ends = head[i] == '\r' && i + 1 < size && head[i + 1] == '\n';

        if (ends)
            i++;
        else if ((head[i] < ' ' && head[i] != '\t') || head[i] == 0x7F) {
            malformed(error, _("An HTTP head with a control character"));
            return NULL;
        }
    }
    text = g_strndup((const char *)head, size - 4);
    lines = g_strsplit(text, "\r\n", -1);
    for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++) {
        if (!is_header(lines[i])) {
            malformed(error, _("An HTTP head with a line that is no header"));
            return NULL;
        }
    }
    return g_steal_pointer(&lines);
}

/* The values of a header, joined by commas; "" if it is not there. New string. */
static char *
find_header(char **lines, const char *name)
{
    GString *values = g_string_new(NULL);
    gsize length = strlen(name);

    for (guint i = 1; lines[i] != NULL; i++) {
        g_autofree char *value = NULL;

        if (g_ascii_strncasecmp(lines[i], name, length) != 0 || lines[i][length] != ':')
            continue;
        value = g_strstrip(g_strdup(lines[i] + length + 1));
        g_string_append_printf(values, "%s%s", values->len > 0 ? "," : "", value);
    }
    return g_string_free(values, FALSE);
}

static gboolean
header_is(char **lines, const char *name, const char *wanted)
{
    g_autofree char *value = find_header(lines, name);

    return strcmp(value, wanted) == 0;
}

/* Whether one of its words, separated by commas, is this one. */
static gboolean
header_has(char **lines, const char *name, const char *word)
{
    g_autofree char *value = find_header(lines, name);
    g_auto(GStrv) words = g_strsplit(value, ",", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(g_strstrip(words[i]), word) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
switches(char **lines)
{
    return header_has(lines, "Upgrade", "websocket")
           && header_has(lines, "Connection", "upgrade");
}

static void
tell_refusal(const char *line, GError **error)
{
    g_autofree char *shown = g_strndup(line, SHOWN);

    for (char *at = shown; *at != '\0'; at++) {
        if (!g_ascii_isprint(*at))
            *at = '?';
    }
    g_set_error(error, DIM_ERROR, DIM_ERROR_OFFLINE,
                _("It did not take the WebSocket. Is the address right? It answered: %s"),
                shown);
}

gboolean
dim_upgrade_check_response(const guint8 *head, gsize size, const char *key, GError **error)
{
    g_auto(GStrv) lines = split_head(head, size, error);
    g_autofree char *accept = accept_of(key);

    if (lines == NULL)
        return FALSE;
    if (lines[0] == NULL || !g_str_has_prefix(lines[0], "HTTP/"))
        return malformed(error, _("The station answered in something that is not HTTP. Is the "
                                  "address right?"));
    if (strcmp(lines[0], "HTTP/1.1 101") != 0 && !g_str_has_prefix(lines[0], "HTTP/1.1 101 ")) {
        tell_refusal(lines[0], error);
        return FALSE;
    }
    if (!switches(lines) || !header_is(lines, "Sec-WebSocket-Accept", accept))
        return malformed(error, _("The answer to another request for a WebSocket"));
    if (!header_is(lines, "Sec-WebSocket-Extensions", "")
        || !header_is(lines, "Sec-WebSocket-Protocol", ""))
        return malformed(error, _("The station speaks what was not asked for"));
    return TRUE;
}

static gboolean
is_key(const char *text)
{
    gsize size = 0;
    g_autofree guint8 *bytes = g_base64_decode(text, &size);
    g_autofree char *again = g_base64_encode(bytes, size);

    return size == KEY_SIZE && strcmp(again, text) == 0;
}

static gboolean
is_request_line(const char *line)
{
    const char *target = line + 4;
    const char *version;

    if (!g_str_has_prefix(line, "GET /"))
        return FALSE;
    version = strpbrk(target, " \t");
    return version != NULL && strcmp(version, " HTTP/1.1") == 0;
}

char *
dim_upgrade_read_request(const guint8 *head, gsize size, GError **error)
{
    g_auto(GStrv) lines = split_head(head, size, error);
    g_autofree char *key = NULL;

    if (lines == NULL)
        return NULL;
    key = find_header(lines, "Sec-WebSocket-Key");
    if (lines[0] == NULL || !is_request_line(lines[0]) || header_is(lines, "Host", "")
        || !switches(lines) || !is_key(key)
        || !header_is(lines, "Sec-WebSocket-Version", "13")) {
        malformed(error, "An HTTP request for something else than a WebSocket");
        return NULL;
    }
    return g_steal_pointer(&key);
}
