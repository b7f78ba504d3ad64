/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys under a passphrase: PKCS#8 inside of PBES2 inside of PEM (RFC 7468, label ENCRYPTED PRIVATE KEY). */
#include "base/errors.h"
#include "crypto/algorithm.h"
#include "crypto/pbes2.h"
#include "crypto/pem.h"

static DimSecret *
pkcs8_of(const DimPrivateKey *key, GError **error)
{
    g_autoptr(DimSecret) pem = dim_private_key_pem(key);
    g_autoptr(DimSecret) der = dim_pem_read((const char *)dim_secret_data(pem), TRUE, error);

    if (der == NULL || dim_private_key_kind(key) != DIM_KEY_RSA)
        return g_steal_pointer(&der);
    return dim_der_write_rsa_pkcs8((DimSpan){ dim_secret_data(der), dim_secret_size(der) });
}

char *
dim_private_key_lock(const DimPrivateKey *key, const DimSecret *passphrase, GError **error)
{
    g_autoptr(DimSecret) plain = NULL;
    g_autoptr(DimSecret) pem = NULL;
    g_autoptr(GBytes) der = NULL;

    g_return_val_if_fail(key != NULL && passphrase != NULL, NULL);

    plain = pkcs8_of(key, error);
    der = plain != NULL ? dim_pbes2_lock(plain, passphrase, error) : NULL;
    if (der == NULL)
        return NULL;
    pem = dim_pem_write("ENCRYPTED PRIVATE KEY", g_bytes_get_data(der, NULL),
                        g_bytes_get_size(der));
    return g_strdup((const char *)dim_secret_data(pem));
}

/* Which kind it is stands inside. */
static DimPrivateKey *
key_of_pkcs8(const DimSecret *der, GError **error)
{
    g_autoptr(DimSecret) pem =
        dim_pem_write("PRIVATE KEY", dim_secret_data(der), dim_secret_size(der));
    const char *text = (const char *)dim_secret_data(pem);
    g_autoptr(GError) why = NULL;
    DimPrivateKey *key = dim_private_key_from_pem(DIM_KEY_RSA, text, &why);

    if (key != NULL || !g_error_matches(why, DIM_ERROR, DIM_ERROR_UNSUPPORTED)) {
        if (why != NULL)
            g_propagate_error(error, g_steal_pointer(&why));
        return key;
    }
    return dim_private_key_from_pem(DIM_KEY_ECC, text, error);
}

DimPrivateKey *
dim_private_key_unlock(const char *pem, const DimSecret *passphrase, GError **error)
{
    g_autoptr(DimSecret) der = NULL;
    g_autoptr(DimSecret) plain = NULL;
    g_autoptr(GError) why = NULL;
    DimPrivateKey *key;

    g_return_val_if_fail(pem != NULL && passphrase != NULL, NULL);

    der = dim_pem_read(pem, TRUE, error);
    if (der == NULL)
        return NULL;
    plain = dim_pbes2_unlock(dim_secret_data(der), dim_secret_size(der), passphrase, error);
    if (plain == NULL)
        return NULL;
    key = key_of_pkcs8(plain, &why);
    if (key == NULL && g_error_matches(why, DIM_ERROR, DIM_ERROR_MALFORMED))
        /* one wrong passphrase in 256 leaves a padding that looks right */
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY,
                            "the passphrase is wrong, or the text was changed");
    else if (key == NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    return key;
}
