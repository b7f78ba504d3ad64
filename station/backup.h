/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to those who have something kept that they alone can read (protocol §5.13, P-087). */
#pragma once

#include "station/answers.h"

G_BEGIN_DECLS

/* "storage" with the titles contacts and private_key, and these as commands of their own. What was kept is given back, as it
 * came, to whoever signed it and to nobody else. */
void dim_backup_answer(DimAnswers *answers, DimQuestion *question);

G_END_DECLS
