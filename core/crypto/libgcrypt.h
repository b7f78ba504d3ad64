/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libgcrypt as a guest in somebody else's process: initialised once, only if nobody did; its errors as GError. */
#pragma once

#include <gcrypt.h>
#include <glib.h>

G_BEGIN_DECLS

/* Safe to call often; must be called before any worker thread uses crypto (every constructor of this folder does). */
void dim_crypto_init(void);

/* FALSE and DIM_ERROR_CRYPTO "what: reason" if code is an error, else TRUE. */
gboolean dim_gcry_ok(gcry_error_t code, const char *what, GError **error);

typedef struct gcry_sexp DimSexp;
typedef struct gcry_mpi DimMpi;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSexp, gcry_sexp_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimMpi, gcry_mpi_release)

G_END_DECLS
