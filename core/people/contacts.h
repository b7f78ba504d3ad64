/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimContacts: the people on my list and what I call them; kept in the store, because hosts such as bitlbee forget them. */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct {
    const char *id;    /* ID text */
    const char *alias; /* (nullable) the person's own name for the contact */
    const char *name;  /* (nullable) last known nickname from the visa */
    double seen;       /* last sign of life, seconds; 0 = never */
} DimContact;

DimContacts *dim_contacts_new(DimStore *store);
void dim_contacts_free(DimContacts *contacts);
gboolean dim_contacts_add(DimContacts *contacts,
                          const DimId *id,
                          const char *alias,
                          GError **error); /* success if it is there already */
gboolean dim_contacts_remove(DimContacts *contacts, const DimId *id, GError **error);
gboolean dim_contacts_set_alias(DimContacts *contacts,
                                const DimId *id,
                                const char *alias,
                                GError **error);
gboolean
dim_contacts_set_name(DimContacts *contacts, const DimId *id, const char *name, GError **error);
gboolean
dim_contacts_set_seen(DimContacts *contacts, const DimId *id, double when, GError **error);
gboolean dim_contacts_has(DimContacts *contacts, const DimId *id);
typedef void (*DimContactFunc)(const DimContact *contact, gpointer data);
/* Reads columns only: 10,000 contacts cost one SELECT and nothing more. */
gboolean
dim_contacts_each(DimContacts *contacts, DimContactFunc func, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimContacts, dim_contacts_free)

G_END_DECLS
