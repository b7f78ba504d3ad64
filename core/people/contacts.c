/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The people on my list: ID as key, alias as label, last known nickname as note, last sign of life as rank. */
#include "people/contacts.h"

struct _DimContacts {
    DimStore *store;
};

/* A row to be altered: found, copied, saved again. */
typedef struct {
    gboolean found;
    char *alias;
    char *name;
    double seen;
} DimRow;

static void
row_clear(DimRow *row)
{
    g_free(row->alias);
    g_free(row->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimRow, row_clear)

DimContacts *
dim_contacts_new(DimStore *store)
{
    DimContacts *contacts = g_new0(DimContacts, 1);

    contacts->store = store;
    return contacts;
}

void
dim_contacts_free(DimContacts *contacts)
{
    g_free(contacts);
}

static gboolean
copy_row(const DimRecord *record, gpointer data)
{
    DimRow *row = data;

    row->found = TRUE;
    row->alias = g_strdup(record->label);
    row->name = g_strdup(record->note);
    row->seen = record->rank;
    return FALSE;
}

static gboolean
save_row(DimContacts *contacts, const DimId *id, const DimRow *row, GError **error)
{
    DimRecord record = {
        .key = dim_id_text(id), .rank = row->seen, .label = row->alias, .note = row->name
    };

    return dim_store_save(contacts->store, DIM_TABLE_CONTACTS, &record, error);
}

static gboolean
load_row(DimContacts *contacts, const DimId *id, DimRow *row, GError **error)
{
    return dim_store_find(contacts->store, DIM_TABLE_CONTACTS, dim_id_text(id), copy_row, row,
                          error);
}

gboolean
dim_contacts_add(DimContacts *contacts, const DimId *id, const char *alias, GError **error)
{
    g_auto(DimRow) row = { 0 };

    if (!load_row(contacts, id, &row, error))
        return FALSE;
    if (row.found && (alias == NULL || g_strcmp0(alias, row.alias) == 0))
        return TRUE;
    if (alias != NULL) {
        g_free(row.alias);
        row.alias = g_strdup(alias);
    }
    return save_row(contacts, id, &row, error);
}

gboolean
dim_contacts_remove(DimContacts *contacts, const DimId *id, GError **error)
{
    return dim_store_remove(contacts->store, DIM_TABLE_CONTACTS, dim_id_text(id), error);
}

gboolean
dim_contacts_set_alias(DimContacts *contacts,
                       const DimId *id,
                       const char *alias,
                       GError **error)
{
    g_auto(DimRow) row = { 0 };

    if (!load_row(contacts, id, &row, error))
        return FALSE;
    if (!row.found)
        return TRUE;
    g_free(row.alias);
    row.alias = alias != NULL && *alias != '\0' ? g_strdup(alias) : NULL;
    return save_row(contacts, id, &row, error);
}

gboolean
dim_contacts_set_name(DimContacts *contacts, const DimId *id, const char *name, GError **error)
{
    g_auto(DimRow) row = { 0 };

    if (!load_row(contacts, id, &row, error))
        return FALSE;
    if (!row.found || g_strcmp0(row.name, name) == 0)
        return TRUE;
    g_free(row.name);
    row.name = g_strdup(name);
    return save_row(contacts, id, &row, error);
}

gboolean
dim_contacts_set_seen(DimContacts *contacts, const DimId *id, double when, GError **error)
{
    g_auto(DimRow) row = { 0 };

    if (!load_row(contacts, id, &row, error))
        return FALSE;
    if (!row.found || row.seen >= when)
        return TRUE;
    row.seen = when;
    return save_row(contacts, id, &row, error);
}

gboolean
dim_contacts_has(DimContacts *contacts, const DimId *id)
{
    return dim_store_has(contacts->store, DIM_TABLE_CONTACTS, dim_id_text(id));
}

typedef struct {
    DimContactFunc func;
    gpointer data;
} DimEach;

static gboolean
tell_one(const DimRecord *record, gpointer data)
{
    const DimEach *each = data;
    DimContact contact = {
        .id = record->key, .alias = record->label, .name = record->note, .seen = record->rank
    };

    each->func(&contact, each->data);
    return TRUE;
}

gboolean
dim_contacts_each(DimContacts *contacts, DimContactFunc func, gpointer data, GError **error)
{
    DimEach each = { func, data };

    return dim_store_list(contacts->store, DIM_TABLE_CONTACTS, FALSE, tell_one, &each, error);
}
