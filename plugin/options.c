/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account's options: one table of names and defaults, for the dialog and for those who read them. */
#include "plugin/options.h"

#include "dim.h"

/* What a list offers, up to a value of NULL. */
typedef struct {
    const char *value, *label;
} Choice;

static const Choice transports[] = {
    { "mtp", N_("DIM's own (usual)") },
    { "websocket", N_("WebSocket") },
    { NULL, NULL },
};

static const Choice kinds[] = {
    { "eth", N_("Ethereum address (usual)") },
    { "mkm-rsa", N_("Named, RSA") },
    { "mkm-ecc", N_("Named, secp256k1") },
    { "btc", N_("Bitcoin address") },
    { NULL, NULL },
};

/* A host that never stored a value gives back the caller's default, so both sides read this table. */
static const struct {
    const char *name;
    const char *label;
    const char *text; /* default of a text or list; NULL: a number */
    int number;
    const Choice *choices; /* of a list */
} table[] = {
    [DIM_OPTION_STATION] = { "station", N_("Station (or several, with commas)"), "127.0.0.1", 0,
                             NULL },
    [DIM_OPTION_PORT] = { "port", N_("Port"), NULL, 9394, NULL },
    [DIM_OPTION_STATION_ID] = { "station-id", N_("Station's ID (if known)"), "", 0, NULL },
    [DIM_OPTION_TRANSPORT] = { "transport", N_("Way to the station"), "mtp", 0, transports },
    [DIM_OPTION_KEY_BITS] = { "key-bits", N_("Key size of a new identity (bits)"), NULL, 1024,
                              NULL },
    [DIM_OPTION_IDENTITY] = { "identity", N_("Kind of a new identity"), "eth", 0, kinds },
};

static GList *
list_of(const Choice *choices)
{
    GList *list = NULL;

    for (const Choice *each = choices; each->value != NULL; each++) {
        PurpleKeyValuePair *pair = g_new0(PurpleKeyValuePair, 1);

        pair->key = g_strdup(_(each->label));
        pair->value = g_strdup(each->value);
        list = g_list_append(list, pair);
    }
    return list;
}

GList *
dim_options_new(void)
{
    GList *list = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        /* Finch puts the value at the very end of a long label; others add a colon. */
        g_autofree char *label =
            g_strconcat(_(table[i].label),
                        g_strcmp0(purple_core_get_ui(), "gnt-purple") == 0 ? " " : "", NULL);
        PurpleAccountOption *option = NULL;

        if (table[i].choices != NULL)
            option =
                purple_account_option_list_new(label, table[i].name, list_of(table[i].choices));
        else if (table[i].text != NULL)
            option = purple_account_option_string_new(
                label, table[i].name, *table[i].text != '\0' ? table[i].text : NULL);
        else
            option = purple_account_option_int_new(label, table[i].name, table[i].number);
        list = g_list_append(list, option);
    }
    return list;
}

const char *
dim_options_text(const PurpleAccount *account, DimOption option)
{
    const char *text =
        purple_account_get_string(account, table[option].name, table[option].text);

    return text == NULL || *text == '\0' ? table[option].text : text;
}

int
dim_options_number(const PurpleAccount *account, DimOption option)
{
    return purple_account_get_int(account, table[option].name, table[option].number);
}
