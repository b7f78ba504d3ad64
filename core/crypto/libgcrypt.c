/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Initialises libgcrypt unless the host already did, and speaks its errors as GError. */
#include "crypto/libgcrypt.h"

#include "base/errors.h"

/* A private key of 2048 bits takes 2 KB; an operation with it some more for a moment. A pool that runs out makes
 * signing and decrypting fail, so it may also grow. */
#define POOL_SIZE  (256 * 1024)
#define POOL_STEPS (64 * 1024)

static void
initialise(void)
{
    if (gcry_check_version(GCRYPT_VERSION) == NULL)
        g_error("libgcrypt %s is older than %s, which this was built with",
                gcry_check_version(NULL), GCRYPT_VERSION);
    gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, POOL_STEPS);
    gcry_control(GCRYCTL_INIT_SECMEM, POOL_SIZE, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

void
dim_crypto_init(void)
{
    static gsize ready;

    if (!g_once_init_enter(&ready))
        return;
    /* Another plugin or the host itself may have been first; then its choices stand. */
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        initialise();
    g_once_init_leave(&ready, 1);
}

gboolean
dim_gcry_ok(gcry_error_t code, const char *what, GError **error)
{
    if (code == 0)
        return TRUE;
    g_set_error(error, DIM_ERROR, DIM_ERROR_CRYPTO, "%s: %s", what, gcry_strerror(code));
    return FALSE;
}
