/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimId: the parts of an ID, cut once and kept beside the text that they came from. */
#include "identity/id.h"

#include <string.h>

#include "base/errors.h"
#include "base/hash.h"
#include "base/sight.h"
#include "base/words.h"

#define MIN_CHARACTERS 4
#define MAX_CHARACTERS 128
#define MAX_ADDRESS    64
#define LONGEST_WORD   25 /* every real address is longer (protocol §2.2) */
#define MAX_TEXT_BYTES (MAX_CHARACTERS * 4)

struct _DimId {
    gint refs;
    DimAddressKind kind;
    guint8 network;
    guint8 type;
    char *full;
    char *text;
    char *name; /* (nullable) may be empty */
    char *address;
    char *terminal; /* (nullable) */
};

/* Visible characters only: what hides or turns text has no place in a name that people compare. */
static gboolean
is_printable(const char *text)
{
    while (g_ascii_isgraph(*text)) /* nearly all there ever is */
        text++;
    for (const char *p = text; *p != '\0'; p += g_utf8_skip[*(const guchar *)p]) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);

        if (g_unichar_isspace(c) || type == G_UNICODE_FORMAT
            || type == G_UNICODE_SPACE_SEPARATOR || dim_sight(c) == DIM_SIGHT_HARMFUL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_text(const char *text, GError **error)
{
    glong characters;

    if (strlen(text) > MAX_TEXT_BYTES || !g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "ID is too long or no UTF-8");
        return FALSE;
    }
    characters = g_utf8_strlen(text, -1);
    if (characters < MIN_CHARACTERS || characters > MAX_CHARACTERS || !is_printable(text)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "ID of %ld characters", characters);
        return FALSE;
    }
    return TRUE;
}

/* Three broadcast IDs are read in any letter case (protocol §2.1). */
static const char *
fold_literal(const char *text)
{
    static const char *const literals[] = { "anyone@anywhere", "everyone@everywhere",
                                            "moky@anywhere" };

    for (guint i = 0; i < G_N_ELEMENTS(literals); i++)
        if (g_ascii_strcasecmp(text, literals[i]) == 0)
            return literals[i];
    return text;
}

/* [name@]address[/terminal] into the parts; FALSE if there are two @. */
static gboolean
cut(DimId *id)
{
    const char *slash = strchr(id->full, '/');
    g_autofree char *naked =
        slash == NULL ? g_strdup(id->full) : g_strndup(id->full, (gsize)(slash - id->full));
    char *at = strchr(naked, '@');

    if (slash != NULL) {
        gsize size = strcspn(slash + 1, "/");

        id->terminal = size == 0 ? NULL : g_strndup(slash + 1, size);
    }
    if (at == NULL) {
        id->address = g_steal_pointer(&naked);
        return TRUE;
    }
    id->name = g_strndup(naked, (gsize)(at - naked));
    id->address = g_strdup(at + 1);
    return strchr(id->address, '@') == NULL;
}

/* FALSE if the address is none: too short, too long, or a bare word (which only a name table can explain). */
static gboolean
classify(DimId *id)
{
    gboolean has_name = id->name != NULL && id->name[0] != '\0';

    id->kind = dim_address_parse(id->address, &id->network);
    if (id->kind == DIM_ADDRESS_BROADCAST) {
        g_free(id->address);
        id->address = g_strdup(id->network == DIM_TYPE_ANY ? "anywhere" : "everywhere");
    }
    if (id->kind == DIM_ADDRESS_UNKNOWN) {
        glong characters = g_utf8_strlen(id->address, -1);

        if (characters < MIN_CHARACTERS || characters > MAX_ADDRESS)
            return FALSE;
        if (id->name == NULL && characters <= LONGEST_WORD)
            return FALSE;
    }
    id->type = dim_address_type(id->kind, id->network, has_name);
    id->text = has_name ? g_strconcat(id->name, "@", id->address, NULL) : g_strdup(id->address);
    if (id->kind == DIM_ADDRESS_BROADCAST && has_name) {
        const char *literal = fold_literal(id->text); /* again: a terminal was in the way */

        g_free(id->name);
        id->name = g_strndup(literal, strcspn(literal, "@"));
        memmove(id->text, literal, strlen(literal) + 1);
    }
    return TRUE;
}

DimId *
dim_id_parse(const char *text, GError **error)
{
    g_autoptr(DimId) id = NULL;

    if (text == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "ID is missing");
        return NULL;
    }
    if (!check_text(text, error))
        return NULL;
    id = g_new0(DimId, 1);
    id->refs = 1;
    id->full = g_strdup(fold_literal(text));
    if (!cut(id) || !classify(id)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "ID without a usable address");
        return NULL;
    }
    return g_steal_pointer(&id);
}

static gboolean
is_of_one_case(const char *digits)
{
    g_autofree char *lower = g_ascii_strdown(digits, -1);
    g_autofree char *upper = g_ascii_strup(digits, -1);

    return strcmp(digits, lower) == 0 || strcmp(digits, upper) == 0;
}

/* NULL with the sentence why not: of such an ID no key would ever come. */
static char *
spell_address(const DimId *id, GError **error)
{
    const char *address = id->address;
    g_autofree char *spelt = NULL;

    if (id->kind == DIM_ADDRESS_UNKNOWN) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    _("%s is not the address of an ID: a character is wrong or missing"),
                    address);
        return NULL;
    }
    if (id->kind != DIM_ADDRESS_ETH)
        return g_strdup(address);
    if (id->name != NULL && id->name[0] != '\0') {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    _("%s is an ID of its own: it stands without a name and @"), address);
        return NULL;
    }
    spelt = dim_address_spell_eth(address);
    if (strcmp(spelt, address) != 0 && !is_of_one_case(address + 2)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    _("The capital letters of %s do not fit: a character is wrong. Copy the ID "
                      "anew"),
                    address);
        return NULL;
    }
    return g_steal_pointer(&spelt);
}

DimId *
dim_id_from_person(const char *text, GError **error)
{
    g_autofree char *typed = NULL;
    g_autofree char *address = NULL;
    g_autofree char *whole = NULL;
    g_autoptr(DimId) id = NULL;

    g_return_val_if_fail(text != NULL, NULL);
    typed = g_strstrip(g_strdup(text));
    if (g_str_has_prefix(typed, "0X"))
        typed[1] = 'x';
    id = dim_id_parse(typed, NULL);
    if (id == NULL) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    _("“%.100s” is not a DIM ID. An ID looks like 0x1234… or name@1234…."),
                    typed);
        return NULL;
    }
    address = spell_address(id, error);
    if (address == NULL)
        return NULL;
    whole = g_strconcat(id->name != NULL ? id->name : "", id->name != NULL ? "@" : "", address,
                        id->terminal != NULL ? "/" : "", id->terminal, NULL);
    return dim_id_parse(whole, error);
}

DimId *
dim_id_ref(const DimId *id)
{
    /* A value never changes; only its count does, which no reader sees. */
    DimId *held = (DimId *)(guintptr)id;

    g_return_val_if_fail(id != NULL, NULL);
    g_atomic_int_inc(&held->refs);
    return held;
}

void
dim_id_unref(DimId *id)
{
    if (id == NULL || !g_atomic_int_dec_and_test(&id->refs))
        return;
    g_free(id->full);
    g_free(id->text);
    g_free(id->name);
    g_free(id->address);
    g_free(id->terminal);
    g_free(id);
}

const char *
dim_id_text(const DimId *id)
{
    return id->text;
}

const char *
dim_id_full(const DimId *id)
{
    return id->full;
}

const char *
dim_id_name(const DimId *id)
{
    return id->name;
}

const char *
dim_id_address(const DimId *id)
{
    return id->address;
}

const char *
dim_id_terminal(const DimId *id)
{
    return id->terminal;
}

DimAddressKind
dim_id_kind(const DimId *id)
{
    return id->kind;
}

guint8
dim_id_network(const DimId *id)
{
    return id->network;
}

guint8
dim_id_type(const DimId *id)
{
    return id->type;
}

gboolean
dim_id_is_user(const DimId *id)
{
    return (id->type & 0x01) == 0;
}

gboolean
dim_id_is_group(const DimId *id)
{
    return (id->type & 0x01) != 0;
}

gboolean
dim_id_is_station(const DimId *id)
{
    return id->type == DIM_TYPE_STATION;
}

gboolean
dim_id_is_bot(const DimId *id)
{
    return id->type == DIM_TYPE_BOT;
}

/* Only the two literals: a hashed address may carry the byte 0x80 too (a legacy "thing"), and what is said to
 * one peer must not go out unencrypted because of a byte that the peer chose. */
gboolean
dim_id_is_broadcast(const DimId *id)
{
    return id->kind == DIM_ADDRESS_BROADCAST && (id->type & 0x80) != 0;
}

gboolean
dim_id_equal(const DimId *a, const DimId *b)
{
    return a == b || strcmp(a->text, b->text) == 0;
}

guint
dim_id_hash(gconstpointer id)
{
    return dim_text_hash(((const DimId *)id)->text);
}

gboolean
dim_id_equal_func(gconstpointer a, gconstpointer b)
{
    return dim_id_equal(a, b);
}

char *
dim_id_number_text(const DimId *id)
{
    guint32 number = dim_address_number(id->address);

    return g_strdup_printf("%03u-%03u-%04u", number / 10000000, number / 10000 % 1000,
                           number % 10000);
}

/* Made once, kept until the process ends. */
static DimId *
constant(DimId **place, const char *text)
{
    if (g_once_init_enter(place))
        g_once_init_leave(place, dim_id_parse(text, NULL));
    return *place;
}

DimId *
dim_id_any_station(void)
{
    static DimId *id;

    return constant(&id, "station@anywhere");
}

DimId *
dim_id_every_station(void)
{
    static DimId *id;

    return constant(&id, "stations@everywhere");
}

DimId *
dim_id_everyone(void)
{
    static DimId *id;

    return constant(&id, "everyone@everywhere");
}

DimId *
dim_id_anyone(void)
{
    static DimId *id;

    return constant(&id, "anyone@anywhere");
}
