/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of an identity that is carried elsewhere: its blocks out of a user and the contacts. */
#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "crypto/pbes2.h"
#include "people/keyfile_parts.h"

#define COLUMNS 64

static void
add_contact(const DimContact *contact, gpointer data)
{
    JsonObject *row = json_object_new();

    json_object_set_string_member(row, "did", contact->id);
    if (contact->alias != NULL)
        json_object_set_string_member(row, "alias", contact->alias);
    if (contact->name != NULL)
        json_object_set_string_member(row, "name", contact->name);
    json_array_add_object_element(data, row);
}

/* What an identity is but for its keys, signed: the lock alone does not tell if a byte was changed. */
static DimSecret *
write_profile(const DimUser *user, DimContacts *contacts, GError **error)
{
    g_autoptr(JsonObject) profile = json_object_new();
    JsonArray *rows = json_array_new();
    g_autoptr(GBytes) signature = NULL;
    g_autofree char *json = NULL;
    g_autofree char *code = NULL;
    g_autofree char *text = NULL;
    gsize size = 0;

    json_object_set_string_member(profile, "did", dim_id_text(dim_user_id(user)));
    json_object_set_object_member(profile, "meta", dim_meta_to_json(dim_user_meta(user)));
    json_object_set_object_member(profile, "visa", dim_document_to_json(dim_user_visa(user)));
    json_object_set_array_member(profile, "contacts", rows);
    if (!dim_contacts_each(contacts, add_contact, rows, error))
        return NULL;
    json = dim_json_write(profile);
    if (!dim_json_check(json, strlen(json), NULL)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            _("There are more contacts than one file can hold"));
        return NULL;
    }
    signature = dim_private_key_sign(dim_user_signer(user), json, strlen(json), error);
    if (signature == NULL)
        return NULL;
    code = dim_base64_encode(g_bytes_get_data(signature, &size), g_bytes_get_size(signature));
    text = g_strconcat(code, "\n", json, NULL);
    return dim_secret_new(text, strlen(text));
}

static char *
block_of(const DimSecret *plain, const DimSecret *passphrase, GError **error)
{
    g_autoptr(GBytes) der = dim_pbes2_lock(plain, passphrase, error);
    g_autofree char *code = NULL;
    GString *out;

    if (der == NULL)
        return NULL;
    code = dim_base64_encode(g_bytes_get_data(der, NULL), g_bytes_get_size(der));
    out = g_string_new(DIM_KEYFILE_BEGIN DIM_KEYFILE_PROFILE "-----\n");
    for (const char *at = code; *at != '\0'; at += strnlen(at, COLUMNS)) {
        g_string_append_len(out, at, (gssize)strnlen(at, COLUMNS));
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "-----END " DIM_KEYFILE_PROFILE "-----");
    return g_string_free(out, FALSE);
}

static void
lock_all(GTask *task,
         G_GNUC_UNUSED gpointer source,
         gpointer data,
         G_GNUC_UNUSED GCancellable *cancel)
{
    const DimKeyfileJob *job = data;
    g_autoptr(GString) out = g_string_new(job->text);
    g_autofree char *profile = NULL;
    GError *error = NULL;

    for (guint i = 0; i < job->keys->len; i++) {
        g_autofree char *block =
            dim_private_key_lock(job->keys->pdata[i], job->passphrase, &error);

        if (block == NULL) {
            g_task_return_error(task, error);
            return;
        }
        g_string_append_printf(out, "%s\n", block);
    }
    profile = block_of(job->profile, job->passphrase, &error);
    if (profile == NULL) {
        g_task_return_error(task, error);
        return;
    }
    g_string_append_printf(out, "%s\n", profile);
    g_task_return_pointer(task, g_strdup(out->str), g_free);
}

void
dim_keyfile_write_async(const DimUser *user,
                        DimContacts *contacts,
                        const char *passphrase,
                        GCancellable *cancellable,
                        GAsyncReadyCallback done,
                        gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, user_data);
    GError *error = NULL;
    GPtrArray *visa_keys;
    DimKeyfileJob *job;

    g_return_if_fail(user != NULL && contacts != NULL && passphrase != NULL);

    g_task_set_source_tag(task, dim_keyfile_write_async);
    if (*passphrase == '\0') {
        g_task_return_new_error(task, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, "%s",
                                _("Without a passphrase whoever finds the file would be you"));
        return;
    }
    job = dim_keyfile_job_new(passphrase);
    job->text = g_strdup_printf("DIM identity %s\n", dim_id_text(dim_user_id(user)));
    job->profile = write_profile(user, contacts, &error);
    if (job->profile == NULL) {
        dim_keyfile_job_free(job);
        g_task_return_error(task, error);
        return;
    }
    g_ptr_array_add(job->keys,
                    dim_private_key_ref((DimPrivateKey *)(guintptr)dim_user_signer(user)));
    visa_keys = dim_user_decrypt_keys(user); /* an RSA identity's own key is the last of them */
    for (guint i = 0; i < visa_keys->len && visa_keys->pdata[i] != dim_user_signer(user); i++)
        g_ptr_array_add(job->keys, dim_private_key_ref(visa_keys->pdata[i]));
    dim_keyfile_job_start(task, job, lock_all);
}

char *
dim_keyfile_write_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
