/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What export and import of an identity share: the work that may outlive its login, and the place of the file. */
#include "plugin/carrying.h"

#include <string.h>

#include "plugin/signon.h"

#define ENDING ".dim-identity"

DimCarry *
dim_carry_new(DimLogin *login)
{
    DimCarry *carry = g_new0(DimCarry, 1);

    carry->refs = 1;
    carry->login = login;
    carry->cancellable = g_cancellable_new();
    return carry;
}

DimCarry *
dim_carry_ref(DimCarry *carry)
{
    carry->refs++;
    return carry;
}

void
dim_carry_unref(gpointer data)
{
    DimCarry *carry = data;

    if (carry == NULL || --carry->refs > 0)
        return;
    g_clear_pointer(&carry->id, dim_id_unref);
    g_clear_pointer(&carry->keyfile, dim_keyfile_free);
    g_object_unref(carry->cancellable);
    g_free(carry->path);
    g_free(carry);
}

DimCarry *
dim_carry_begin(DimCarry *carry, const char *title)
{
    DimLogin *login = carry->login;

    if (login->carry != NULL) {
        dim_bridge_tell(login, title, _("The export or import of before is not done yet."));
        return NULL;
    }
    login->carry = carry;
    return dim_carry_ref(carry);
}

DimLogin *
dim_carry_end(DimCarry *carry)
{
    if (carry->login != NULL)
        carry->login->carry = NULL;
    return carry->login;
}

void
dim_carry_clear(DimLogin *login)
{
    DimCarry *carry = g_steal_pointer(&login->carry);

    if (carry == NULL)
        return;
    carry->login = NULL;
    g_cancellable_cancel(carry->cancellable);
}

char *
dim_carry_usual_place(const DimId *id)
{
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *name = g_strconcat(dim_id_address(id), ENDING, NULL);

    return g_build_filename(folder, name, NULL);
}

/* Who types in bitlbee need not own the machine: nothing else there is read, made or told of. */
static char *
place_of_guests(const char *typed, GError **error)
{
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *name =
        g_strconcat(typed, g_str_has_suffix(typed, ENDING) ? "" : ENDING, NULL);

    if (*typed != '.' && strchr(typed, G_DIR_SEPARATOR) == NULL)
        return g_build_filename(folder, name, NULL);
    g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                _("Here FILE is a name without a folder: the file lies in %s."), folder);
    return NULL;
}

char *
dim_carry_place(const char *typed, GError **error)
{
    if (dim_bridge_is_plain_host())
        return place_of_guests(typed, error);
    if (g_str_has_prefix(typed, "~/"))
        typed += 2;
    return g_canonicalize_filename(typed, g_get_home_dir());
}
