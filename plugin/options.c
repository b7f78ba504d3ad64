/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account's options: one table of names and defaults, for the dialog and for those who read them. */
#include "plugin/options.h"

#include "plugin/words.h"

/* A host that never stored a value gives back the caller's default, so both sides read this table. */
static const struct {
    const char *name;
    const char *label;
    const char *text; /* default of a text or list; NULL: a number */
    int number;
} table[] = {
    [DIM_OPTION_STATION] = { "station", N_("Station"), "127.0.0.1", 0 },
    [DIM_OPTION_PORT] = { "port", N_("Port"), NULL, 9394 },
    [DIM_OPTION_STATION_ID] = { "station-id", N_("Station's ID (if known)"), "", 0 },
    [DIM_OPTION_KEY_BITS] = { "key-bits", N_("Key size of a new identity (bits)"), NULL, 1024 },
    [DIM_OPTION_IDENTITY] = { "identity", N_("Kind of a new identity"), "eth", 0 },
};

static const struct {
    const char *value, *label;
} kinds[] = {
    { "eth", N_("Ethereum address (usual)") },
    { "mkm-rsa", N_("Named, RSA") },
    { "mkm-ecc", N_("Named, secp256k1") },
    { "btc", N_("Bitcoin address") },
};

static GList *
kind_list(void)
{
    GList *list = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        PurpleKeyValuePair *pair = g_new0(PurpleKeyValuePair, 1);

        pair->key = g_strdup(_(kinds[i].label));
        pair->value = g_strdup(kinds[i].value);
        list = g_list_append(list, pair);
    }
    return list;
}

GList *
dim_options_new(void)
{
    GList *list = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        const char *label = _(table[i].label);
        PurpleAccountOption *option = NULL;

        if (i == DIM_OPTION_IDENTITY)
            option = purple_account_option_list_new(label, table[i].name, kind_list());
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
