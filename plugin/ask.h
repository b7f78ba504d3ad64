/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the person, in whatever way the host has: one dialog with all fields, or one line after the other; a file; yes or no. */
#pragma once

#include "plugin/views/bridge.h"

typedef struct {
    const char *label;
    const char *preset; /* (nullable) */
    gboolean secret;    /* not shown while it is typed, where the host can do that */
} DimQuestion;

/* As many answers as there were questions ("" for none), or NULL: the person turned away, or the host cannot ask. Not called after
 * dim_ask_clear(). */
typedef void (*DimAnswered)(DimLogin *login, char *const *answers, gpointer data);

/* All of these copy their texts and answer later, never before they return. data is freed after the answer, or without one. What was
 * typed is wiped behind the answer. */

/* Four questions at most. In a host that has no dialogs (bitlbee), each is answered by a line, and a lone "-" turns away. */
void dim_ask(DimLogin *login,
             const char *title,
             const char *text,
             const DimQuestion *questions,
             guint count,
             DimAnswered answered,
             gpointer data,
             GDestroyNotify free_data);
/* One file, to be read or to be written; name (nullable) is proposed. A host without such a dialog is asked for a line. */
void dim_ask_file(DimLogin *login,
                  const char *title,
                  const char *text,
                  const char *name,
                  gboolean to_write,
                  DimAnswered answered,
                  gpointer data,
                  GDestroyNotify free_data);
/* Yes (no answers, but not NULL) or no. */
void dim_ask_accept(DimLogin *login,
                    const char *title,
                    const char *text,
                    DimAnswered answered,
                    gpointer data,
                    GDestroyNotify free_data);
/* The login ends: closes what is open, answers nobody. */
void dim_ask_clear(DimLogin *login);
