/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What core tells a front end: one struct of typed callbacks. Arguments live for the call; keep them with _ref. */
#pragma once

#include "types.h"

G_BEGIN_DECLS

/* A NULL member is not called. All calls come from the main context in which the session was made, never from inside a call of the
 * front end's own to dim_session_send(). */
struct _DimEvents {
    void (*state_changed)(DimSession *session, DimState state, gpointer data);
    /* The line is lost or login failed. DIM_ERROR_REFUSED and DIM_ERROR_NOT_ALLOWED are for good; all else may be tried again. */
    void (*failed)(DimSession *session, const GError *error, gpointer data);
    /* FALSE: this person is blocked; nothing that he sends is looked at, kept or answered (protocol §8). Never asked of the
     * station at the other end of the line, of groups or of myself; of other stations and bots it is. */
    gboolean (*wanted)(DimSession *session, const DimId *who, gpointer data);
    /* Talk: an instant message, verified and decrypted; `text` is its one readable rendering. The sender is myself
     * when it was sent from another device of mine. */
    void (*received)(DimSession *session,
                     const DimMessage *message,
                     const char *text,
                     gpointer data);
    void (*message_state)(DimSession *session,
                          const DimId *peer,
                          guint64 serial,
                          DimDelivery state,
                          const GError *error,
                          gpointer data);
    /* A visa or bulletin came in and is newer. */
    void (*document_changed)(DimSession *session, const DimDocument *document, gpointer data);
    /* A peer showed a sign of life (a message, a login command) at `when`. */
    void (*presence)(DimSession *session, const DimId *who, double when, gpointer data);
    /* Another program logged in or something else that a person should read once. */
    void (*notice)(DimSession *session, const char *text, gpointer data);
};

G_END_DECLS
