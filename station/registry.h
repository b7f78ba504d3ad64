/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers about metas and documents, and the forwarded login that goes with them (protocol §5.8, §5.9). Private to answers. */
#pragma once

#include "station/answers.h"

G_BEGIN_DECLS

void dim_registry_meta(DimClerk *clerk, const DimClock *clock, DimQuestion *question);
void dim_registry_document(DimClerk *clerk, const DimClock *clock, DimQuestion *question);

G_END_DECLS
