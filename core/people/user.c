/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimUser: my keys, meta and visa as one value that proves itself; in and out of my store. */
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "people/records.h"
#include "people/user_parts.h"

/* Rows of the table of my own. */
#define ROW_ID       "id"
#define ROW_META     "meta"
#define ROW_VISA     "visa"
#define ROW_IDENTITY "identity-key"
#define ROW_VISA_KEY "visa-key-" /* and 1 (the newest), 2, 3 */

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED, why);
    return FALSE;
}

/* A private key whose public half is right may still sign wrongly if one of its numbers is damaged. */
static gboolean
signs_well(const DimPrivateKey *key, GError **error)
{
    static const char sample[] = "purple-dim";
    g_autoptr(GBytes) signature = dim_private_key_sign(key, sample, sizeof sample, error);
    gsize size = 0;
    const guint8 *bytes;

    if (signature == NULL)
        return FALSE;
    bytes = g_bytes_get_data(signature, &size);
    return dim_public_key_verify(dim_private_key_public(key), sample, sizeof sample, bytes,
                                 size)
           || refuse(error, _("The private key does not fit its public half"));
}

static gboolean
fits_together(const DimId *id,
              const DimMeta *meta,
              const DimDocument *visa,
              const DimPrivateKey *identity,
              GPtrArray *visa_keys,
              GError **error)
{
    DimPublicKey *own = dim_private_key_public(identity);
    DimPublicKey *told = dim_document_key(visa);

    if (!dim_meta_matches(meta, id))
        return refuse(error, _("The meta does not prove this ID"));
    if (!dim_public_key_equal(own, dim_meta_key(meta)))
        return refuse(error, _("The private key is not the one of this ID"));
    if (!dim_id_equal(dim_document_owner(visa), id) || !dim_document_verify(visa, meta))
        return refuse(error, _("The visa is not signed by this ID"));
    if (told == NULL && !dim_public_key_can_encrypt(own))
        return refuse(error, _("Without a key in its visa nobody could write to this ID"));
    if (told == NULL || dim_public_key_equal(told, own))
        return signs_well(identity, error);
    if (visa_keys->len == 0
        || !dim_public_key_equal(told, dim_private_key_public(g_ptr_array_index(visa_keys, 0))))
        return refuse(error, _("The private key of the visa is missing"));
    return signs_well(identity, error);
}

void
dim_user_set_visa_keys(DimUser *user, GPtrArray *visa_keys)
{
    g_autoptr(GPtrArray) kept =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);

    for (guint i = 0; i < MIN(visa_keys->len, DIM_USER_MAX_VISA_KEYS); i++) {
        g_ptr_array_add(kept, dim_private_key_ref(g_ptr_array_index(visa_keys, i)));
        g_ptr_array_add(all, dim_private_key_ref(g_ptr_array_index(visa_keys, i)));
    }
    if (dim_private_key_kind(user->identity) == DIM_KEY_RSA)
        g_ptr_array_add(all, dim_private_key_ref(user->identity));
    g_clear_pointer(&user->visa_keys, g_ptr_array_unref);
    g_clear_pointer(&user->decrypt_keys, g_ptr_array_unref);
    user->visa_keys = g_steal_pointer(&kept);
    user->decrypt_keys = g_steal_pointer(&all);
}

DimUser *
dim_user_new(const DimId *id,
             DimMeta *meta,
             DimDocument *visa,
             DimPrivateKey *identity,
             GPtrArray *visa_keys,
             GError **error)
{
    DimUser *user;

    g_return_val_if_fail(id != NULL && meta != NULL && visa != NULL, NULL);
    g_return_val_if_fail(identity != NULL && visa_keys != NULL, NULL);
    if (!fits_together(id, meta, visa, identity, visa_keys, error))
        return NULL;
    user = g_new0(DimUser, 1);
    user->refs = 1;
    user->id = dim_id_parse(dim_id_text(id), error); /* without terminal */
    user->meta = dim_meta_ref(meta);
    user->visa = dim_document_ref(visa);
    user->identity = dim_private_key_ref(identity);
    user->made[0] = dim_document_time(visa); /* nobody told; a store knows better */
    dim_user_set_visa_keys(user, visa_keys);
    return user;
}

DimUser *
dim_user_ref(DimUser *user)
{
    g_atomic_int_inc(&user->refs);
    return user;
}

void
dim_user_unref(DimUser *user)
{
    if (user == NULL || !g_atomic_int_dec_and_test(&user->refs))
        return;
    g_ptr_array_unref(user->visa_keys);
    g_ptr_array_unref(user->decrypt_keys);
    dim_private_key_unref(user->identity);
    dim_document_unref(user->visa);
    dim_meta_unref(user->meta);
    dim_id_unref(user->id);
    g_free(user);
}

DimId *
dim_user_id(const DimUser *user)
{
    return user->id;
}

DimMeta *
dim_user_meta(const DimUser *user)
{
    return user->meta;
}

DimDocument *
dim_user_visa(const DimUser *user)
{
    return user->visa;
}

const DimPrivateKey *
dim_user_signer(const DimUser *user)
{
    return user->identity;
}

GPtrArray *
dim_user_decrypt_keys(const DimUser *user)
{
    return user->decrypt_keys;
}

/* ---- out to the store ---- */

static gboolean
save_key(DimStore *store,
         const char *row,
         const DimPrivateKey *key,
         double made,
         GError **error)
{
    g_autoptr(DimSecret) text = dim_private_key_to_secret(key, error);
    DimRecord record = { .key = row, .rank = made };

    return text != NULL && dim_record_save_secret(store, DIM_TABLE_SELF, &record, text, error);
}

gboolean
dim_user_save_visa_keys(DimStore *store, GPtrArray *keys, const double *made, GError **error)
{
    for (guint i = 0; i < MIN(keys->len, DIM_USER_MAX_VISA_KEYS); i++) {
        g_autofree char *row = g_strdup_printf(ROW_VISA_KEY "%u", i + 1);

        if (!save_key(store, row, g_ptr_array_index(keys, i), made[i], error))
            return FALSE;
    }
    return TRUE;
}

gboolean
dim_user_save_visa(DimStore *store, const DimDocument *visa, GError **error)
{
    g_autoptr(JsonObject) object = dim_document_to_json(visa);
    DimRecord record = { .key = ROW_VISA, .rank = dim_document_time(visa) };

    return dim_record_save_json(store, DIM_TABLE_SELF, &record, object, error);
}

static gboolean
save_all(DimUser *user, DimStore *store, GError **error)
{
    g_autoptr(JsonObject) meta = dim_meta_to_json(user->meta);
    DimRecord id_row = { .key = ROW_ID, .label = dim_id_text(user->id) };
    DimRecord meta_row = { .key = ROW_META };

    return dim_store_save(store, DIM_TABLE_SELF, &id_row, error)
           && dim_record_save_json(store, DIM_TABLE_SELF, &meta_row, meta, error)
           && dim_user_save_visa(store, user->visa, error)
           && save_key(store, ROW_IDENTITY, user->identity, 0, error)
           && dim_user_save_visa_keys(store, user->visa_keys, user->made, error);
}

gboolean
dim_user_save(DimUser *user, DimStore *store, GError **error)
{
    gboolean mine;

    if (dim_store_has(store, DIM_TABLE_SELF, ROW_ID)
        || dim_store_has(store, DIM_TABLE_SELF, ROW_IDENTITY)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            _("This store holds an identity already"));
        return FALSE;
    }
    if (!dim_records_begin(store, &mine, error))
        return FALSE;
    return dim_records_end(store, mine, save_all(user, store, error), error);
}

/* ---- in from the store ---- */

static gboolean
load_key(DimStore *store, const char *row, DimPrivateKey **key, GError **error)
{
    g_autoptr(DimSecret) text = dim_record_load_secret(store, DIM_TABLE_SELF, row, error);

    if (text != NULL)
        *key = dim_private_key_from_secret(text, error);
    return *key != NULL;
}

/* Up to three; the first gap ends them. NULL with an error if one is there and broken. */
static GPtrArray *
load_visa_keys(DimStore *store, GError **error)
{
    g_autoptr(GPtrArray) keys =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);

    for (guint i = 0; i < DIM_USER_MAX_VISA_KEYS; i++) {
        g_autofree char *row = g_strdup_printf(ROW_VISA_KEY "%u", i + 1);
        g_autoptr(GError) why = NULL;
        DimPrivateKey *key = NULL;

        if (load_key(store, row, &key, &why)) {
            g_ptr_array_add(keys, key);
        } else if (why != NULL) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        } else {
            break;
        }
    }
    return g_steal_pointer(&keys);
}

/* When each was made. FALSE with STORAGE. */
static gboolean
load_times(DimUser *user, DimStore *store, GError **error)
{
    for (guint i = 0; i < user->visa_keys->len; i++) {
        g_autofree char *name = g_strdup_printf(ROW_VISA_KEY "%u", i + 1);
        g_auto(DimRow) row = { 0 };

        if (!dim_row_find(store, DIM_TABLE_SELF, name, &row, error))
            return FALSE;
        if (row.rank > 0)
            user->made[i] = row.rank;
    }
    return TRUE;
}

/* NULL; *why is set, or is not when a part is missing. */
static DimUser *
load_parts(DimStore *store, const char *id_text, GError **why)
{
    g_autoptr(DimId) id = dim_id_parse(id_text, why);
    g_autoptr(JsonObject) meta_json = NULL;
    g_autoptr(JsonObject) visa_json = NULL;
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(DimDocument) visa = NULL;
    g_autoptr(DimPrivateKey) identity = NULL;
    g_autoptr(GPtrArray) visa_keys = NULL;
    g_autoptr(DimUser) user = NULL;

    if (id == NULL)
        return NULL;
    meta_json = dim_record_load_json(store, DIM_TABLE_SELF, ROW_META, why);
    if (meta_json != NULL)
        meta = dim_meta_from_json(meta_json, why);
    if (meta == NULL)
        return NULL;
    visa_json = dim_record_load_json(store, DIM_TABLE_SELF, ROW_VISA, why);
    if (visa_json != NULL)
        visa = dim_document_from_json(visa_json, id, why);
    if (visa == NULL || !load_key(store, ROW_IDENTITY, &identity, why))
        return NULL;
    visa_keys = load_visa_keys(store, why);
    if (visa_keys != NULL)
        user = dim_user_new(id, meta, visa, identity, visa_keys, why);
    return user != NULL && load_times(user, store, why) ? g_steal_pointer(&user) : NULL;
}

static void
tell_absent(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_STORAGE,
                        _("There is no identity in this account's store. If you have a backup, "
                          "put it back; nothing was made in its place"));
}

gboolean
dim_user_was_kept_aside(const char *path, GError **error)
{
    g_autofree char *aside = dim_store_kept_aside(path);

    if (aside == NULL || g_file_test(path, G_FILE_TEST_EXISTS))
        return FALSE;
    tell_absent(error);
    return TRUE;
}

DimUser *
dim_user_load(DimStore *store, GError **error)
{
    g_auto(DimRow) row = { 0 };
    g_autoptr(GError) why = NULL;
    DimUser *user;

    if (!dim_row_find(store, DIM_TABLE_SELF, ROW_ID, &row, error))
        return NULL;
    if (row.label == NULL) {
        tell_absent(error);
        return NULL;
    }
    user = load_parts(store, row.label, &why);
    if (user == NULL)
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("The stored identity %s is broken: %s. Nothing was changed"), row.label,
                    why != NULL ? why->message : _("a part of it is missing"));
    return user;
}
