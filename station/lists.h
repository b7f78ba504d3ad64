/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to those who tell whom they block or mute, or ask what they told (protocol §5.13, §7.6, P-086). */
#pragma once

#include "station/answers.h"

G_BEGIN_DECLS

/* "block" and "mute". This station wakes no telephone, so a mute list is kept and given back, and nothing else. */
void dim_lists_answer(DimAnswers *answers, DimQuestion *question);
/* The receipt for the sender of a message that its reader does not want. (transfer full) */
DimContent *
dim_lists_blocked_new(DimBook *book, const DimMessage *message, const DimId *reader);

G_END_DECLS
