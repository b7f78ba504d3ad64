/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One readable plain-text line for every content, so that nothing that arrives vanishes (protocol §5). */
#pragma once

#include "message/content.h"

G_BEGIN_DECLS

/* New string, never NULL, never empty; text contents come out as they are. Untranslated English. */
char *dim_render(const DimContent *content);

/* TRUE if it takes back an earlier message of the same sender, serial number and time (protocol §5.2). */
gboolean dim_content_is_recall(const DimContent *content);

G_END_DECLS
