/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The binding: what nobody signs of an envelope, said once more inside of the signed content. Private to message. */
#pragma once

#include "message/envelope.h"

G_BEGIN_DECLS

#define DIM_BINDING_LENGTH 24 /* characters */

/* The content as text, with the binding of that envelope (sender, receiver or group, time) and this IV behind its other
 * members. New string. */
char *dim_binding_write(const DimMessage *instant, const guint8 *iv);

/* TRUE if the envelope is the one that the content was sealed under, or if the content does not say: other clients write
 * no binding. */
gboolean dim_binding_holds(const DimMessage *reliable,
                           const DimContent *content) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
