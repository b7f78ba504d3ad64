/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a new identity: keys, meta and visa on a worker, then a store of its own (protocol §2.6). */
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "crypto/cipher.h"
#include "people/accounts.h"
#include "people/own.h"
#include "storage/lock.h"

#define IDENTITY_RSA_BITS 1024 /* the network's default for RSA identities */

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, why);
    return FALSE;
}

/* 2 to 32 of [A-Za-z0-9_.-] (protocol §2.1). */
static gboolean
is_good_seed(const char *seed)
{
    gsize length = seed != NULL ? strlen(seed) : 0;

    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(seed[i]) && strchr("_.-", seed[i]) == NULL)
            return FALSE;
    }
    return length >= 2 && length <= 32;
}

static gboolean
check_options(const DimRegisterOptions *options, GError **error)
{
    if (options->kind == DIM_META_MKM && !is_good_seed(options->seed))
        return refuse(error,
                      _("A name has 2 to 32 letters, digits, dots, dashes or underscores"));
    if (options->kind != DIM_META_MKM && options->seed != NULL)
        return refuse(error, _("Only an identity of the kind MKM has a name"));
    if (options->kind == DIM_META_ETH && options->network != 0)
        return refuse(error, _("An identity of the kind ETH is a user"));
    if (options->kind != DIM_META_MKM && options->identity_key != DIM_KEY_ECC)
        return refuse(error, _("Only an identity of the kind MKM may have an RSA key"));
    if (options->visa_bits != 1024 && options->visa_bits != 2048)
        return refuse(error, _("A visa key has 1024 or 2048 bits"));
    return TRUE;
}

static DimDocument *
make_visa(const DimRegisterOptions *options,
          const DimId *id,
          const DimPrivateKey *identity,
          const DimPrivateKey *visa_key,
          double now,
          GError **error)
{
    g_autoptr(JsonObject) properties =
        options->properties != NULL ? dim_json_copy(options->properties) : json_object_new();

    if (options->nickname != NULL && options->nickname[0] != '\0')
        json_object_set_string_member(properties, "name", options->nickname);
    json_object_set_object_member(properties, "key",
                                  dim_public_key_to_json(dim_private_key_public(visa_key)));
    return dim_document_new(id, "visa", properties, now, identity, error);
}

DimUser *
dim_user_make(const DimRegisterOptions *options, double now, GError **error)
{
    g_autoptr(GPtrArray) visa_keys =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);
    g_autoptr(DimPrivateKey) identity = NULL;
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(DimId) id = NULL;
    g_autoptr(DimDocument) visa = NULL;
    DimPrivateKey *visa_key;

    if (!check_options(options, error))
        return NULL;
    identity = dim_private_key_new(
        options->identity_key, options->identity_key == DIM_KEY_RSA ? IDENTITY_RSA_BITS : 256,
        error);
    if (identity == NULL)
        return NULL;
    meta = dim_meta_new(options->kind, identity, options->seed, error);
    if (meta == NULL)
        return NULL;
    id = dim_meta_make_id(meta, options->network, error);
    visa_key = id != NULL ? dim_private_key_new(DIM_KEY_RSA, options->visa_bits, error) : NULL;
    if (visa_key == NULL)
        return NULL;
    g_ptr_array_add(visa_keys, visa_key);
    visa = make_visa(options, id, identity, visa_key, now, error);
    return visa != NULL ? dim_user_new(id, meta, visa, identity, visa_keys, error) : NULL;
}

DimUser *
dim_user_register(DimStore *store, const DimRegisterOptions *options, GError **error)
{
    g_autoptr(DimUser) user = dim_user_make(options, dim_clock_now(dim_clock_system()), error);

    if (user == NULL || !dim_user_save(user, store, error))
        return NULL;
    return g_steal_pointer(&user);
}

/* ---- on a worker ---- */

/* All of it is the job's own: JSON objects are not counted atomically. */
typedef struct {
    char *folder;
    DimRegisterOptions options;
    char *seed;
    char *nickname;
    JsonObject *properties;
} Job;

static void
job_free(gpointer data)
{
    Job *job = data;

    g_clear_pointer(&job->properties, json_object_unref);
    g_free(job->nickname);
    g_free(job->seed);
    g_free(job->folder);
    g_free(job);
}

/* NULL with an error if the properties are no JSON that we would read again. */
static Job *
job_new(const char *folder, const DimRegisterOptions *options, GError **error)
{
    Job *job = g_new0(Job, 1);

    job->folder = g_strdup(folder);
    job->seed = g_strdup(options->seed);
    job->nickname = g_strdup(options->nickname);
    job->options = *options;
    job->options.seed = job->seed;
    job->options.nickname = job->nickname;
    if (options->properties != NULL) {
        g_autofree char *text = dim_json_write(options->properties);

        job->properties = dim_json_parse(text, -1, error);
        if (job->properties == NULL) {
            job_free(job);
            return NULL;
        }
    }
    job->options.properties = job->properties;
    return job;
}

static void
work(GTask *task,
     G_GNUC_UNUSED gpointer source,
     gpointer data,
     G_GNUC_UNUSED GCancellable *cancel)
{
    const Job *job = data;
    GError *error = NULL;
    DimUser *user = dim_user_make(&job->options, dim_clock_now(dim_clock_system()), &error);

    if (user != NULL)
        g_task_return_pointer(task, user, (GDestroyNotify)dim_user_unref);
    else
        g_task_return_error(task, error);
}

void
dim_user_register_async(const char *folder,
                        const DimRegisterOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback done,
                        gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, user_data);
    GError *error = NULL;
    guint8 first;
    Job *job;

    g_return_if_fail(folder != NULL && options != NULL);
    g_task_set_source_tag(task, dim_user_register_async);
    job = job_new(folder, options, &error);
    if (job == NULL) {
        g_task_return_error(task, error);
        return;
    }
    dim_random_nonce(&first, 1); /* the crypto library must be awake before a worker uses it */
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, work);
}

DimUser *
dim_user_register_finish(GAsyncResult *result, DimStore **store, GError **error)
{
    const Job *job;
    g_autofree char *path = NULL;
    g_autoptr(DimUser) user = NULL;
    g_autoptr(DimStore) made = NULL;

    g_return_val_if_fail(g_task_is_valid(result, NULL) && store != NULL, NULL);
    user = g_task_propagate_pointer(G_TASK(result), error);
    if (user == NULL)
        return NULL;
    /* The disk is touched here, on the caller's thread: a cancelled job leaves nothing behind. */
    job = g_task_get_task_data(G_TASK(result));
    path = dim_accounts_store_path(job->folder, dim_user_id(user));
    made = dim_lock_folder(job->folder, error) ? dim_store_open(path, error) : NULL;
    if (made == NULL || !dim_user_save(user, made, error))
        return NULL;
    *store = g_steal_pointer(&made);
    return g_steal_pointer(&user);
}
