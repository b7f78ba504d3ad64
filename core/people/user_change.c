/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of what I say of myself: another nickname, another key to write to me with (protocol §3.4). */
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "people/records.h"
#include "people/user_parts.h"

#define DAY (24 * 3600.0)

/* Signs the properties; later than the visa before, else nobody would take it (protocol §3.3). */
static DimDocument *
sign_visa(const DimUser *user, JsonObject *properties, double now, GError **error)
{
    double time = MAX(now, dim_document_time(user->visa) + 0.001);

    return dim_document_new(user->id, "visa", properties, time, user->identity, error);
}

static void
set_visa(DimUser *user, DimDocument *visa)
{
    dim_document_ref(visa);
    dim_document_unref(user->visa);
    user->visa = visa;
}

gboolean
dim_user_set_nickname(DimUser *user,
                      DimStore *store,
                      const char *nickname,
                      double now,
                      GError **error)
{
    g_autoptr(JsonObject) properties = dim_json_copy(dim_document_properties(user->visa));
    g_autoptr(DimDocument) visa = NULL;

    if (nickname != NULL && nickname[0] != '\0')
        json_object_set_string_member(properties, "name", nickname);
    else
        json_object_remove_member(properties, "name");
    visa = sign_visa(user, properties, now, error);
    if (visa == NULL || !dim_user_save_visa(store, visa, error))
        return FALSE;
    set_visa(user, visa);
    return TRUE;
}

double
dim_user_key_time(const DimUser *user)
{
    return user->made[0];
}

/* The key that would go was out of use from the moment on at which the one after it was made. What was locked with it
 * meanwhile may still be on its way. */
gboolean
dim_user_may_rotate(const DimUser *user, double now)
{
    return user->visa_keys->len < DIM_USER_MAX_VISA_KEYS
           || now - user->made[DIM_USER_MAX_VISA_KEYS - 2] >= DAY;
}

static gboolean
save_rotated(DimStore *store,
             const DimDocument *visa,
             GPtrArray *keys,
             const double *made,
             GError **error)
{
    gboolean mine;

    if (!dim_records_begin(store, &mine, error))
        return FALSE;
    return dim_records_end(store, mine,
                           dim_user_save_visa(store, visa, error)
                               && dim_user_save_visa_keys(store, keys, made, error),
                           error);
}

gboolean
dim_user_take_key(DimUser *user,
                  DimStore *store,
                  const DimPrivateKey *fresh,
                  double now,
                  GError **error)
{
    g_autoptr(JsonObject) properties = dim_json_copy(dim_document_properties(user->visa));
    g_autoptr(GPtrArray) keys =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);
    g_autoptr(DimDocument) visa = NULL;
    double made[DIM_USER_MAX_VISA_KEYS] = { now };

    g_ptr_array_add(keys, dim_private_key_ref((DimPrivateKey *)(gintptr)fresh));
    for (guint i = 0; i < user->visa_keys->len; i++)
        g_ptr_array_add(keys, dim_private_key_ref(g_ptr_array_index(user->visa_keys, i)));
    memcpy(made + 1, user->made, sizeof made - sizeof made[0]);
    json_object_set_object_member(properties, "key",
                                  dim_public_key_to_json(dim_private_key_public(fresh)));
    visa = sign_visa(user, properties, now, error);
    if (visa == NULL || !save_rotated(store, visa, keys, made, error))
        return FALSE;
    set_visa(user, visa);
    dim_user_set_visa_keys(user, keys);
    memcpy(user->made, made, sizeof made);
    return TRUE;
}

gboolean
dim_user_is_ahead(const DimUser *user, double now)
{
    return dim_document_time(user->visa) > now + DIM_CLOCK_AHEAD;
}

gboolean
dim_user_date_anew(DimUser *user, DimStore *store, double now, GError **error)
{
    g_autoptr(JsonObject) properties = dim_json_copy(dim_document_properties(user->visa));
    g_autoptr(DimDocument) visa =
        dim_document_new(user->id, "visa", properties, now, user->identity, error);
    double made[DIM_USER_MAX_VISA_KEYS];

    for (guint i = 0; i < DIM_USER_MAX_VISA_KEYS; i++)
        made[i] = MIN(user->made[i], now);
    if (visa == NULL || !save_rotated(store, visa, user->visa_keys, made, error))
        return FALSE;
    set_visa(user, visa);
    memcpy(user->made, made, sizeof made);
    return TRUE;
}
