/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of services: which ID stands behind one (protocol §7.7, P-085). */
#pragma once

#include "station/answers.h"

G_BEGIN_DECLS

/* "ans". */
void dim_names_answer(DimAnswers *answers, DimQuestion *question);
/* What the configuration says of a name; else the station itself for a service that it renders. (nullable) borrowed. */
DimId *dim_names_resolve(const DimOffice *office, const char *name);

G_END_DECLS
