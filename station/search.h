/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers about people: who has this name, who is here (protocol §5.13, P-084). */
#pragma once

#include "station/answers.h"

G_BEGIN_DECLS

/* "search" and "users". The answer is a search command with `users` in it, as the network's archivist gives it. */
void dim_search_answer(DimAnswers *answers, DimQuestion *question);

G_END_DECLS
