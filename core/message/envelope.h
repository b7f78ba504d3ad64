/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of DimMessage, for those files of message/ alone that make, read and write one. */
#pragma once

#include "message/message.h"

G_BEGIN_DECLS

struct _DimMessage {
    gint refs;
    DimId *sender;
    DimId *receiver;
    DimId *group; /* (nullable) */
    double time;
    double document_time;
    double bulletin_time, history_time; /* reliable only: of the group */
    int type;                           /* the envelope's copy, 0 = absent */
    guint64 serial;      /* of the content, or exposed on the envelope; 0 = absent */
    char *signature;     /* (nullable) as written; an opened message keeps it */
    DimContent *content; /* instant only */

    /* what is signed: ciphertext, or a broadcast's text, which an opened one keeps */
    GBytes *data;

    /* reliable only */
    GBytes *proof;               /* the signature's bytes */
    GBytes *iv;                  /* (nullable) 16 bytes */
    char *text;                  /* the whole as JSON text; exact if it came from outside */
    JsonObject *json;            /* (nullable) the tree of text; made when asked for: few do */
    gboolean has_meta, has_visa; /* which members text has */
};

/* The wire form of a message that is sealed by us, member by member. */
typedef struct {
    GPtrArray *wrapped; /* (nullable) of DimWrapped */
    JsonObject *meta;   /* (nullable) */
    JsonObject *visa;   /* (nullable) */
} DimAttachments;

/* The instant's envelope with these parts added (both taken); text written. data_text is how data stands on the wire. */
DimMessage *dim_envelope_close(const DimMessage *instant,
                               GBytes *data,
                               const char *data_text,
                               const guint8 *iv,
                               GBytes *proof,
                               double document_time,
                               const DimAttachments *attachments);
/* Opens the object of a message on the wire: "{" and the members that nobody signs, sender to type (protocol §4.2). No terminal
 * in sender and receiver: clients of 2025 lose such a message. */
void dim_envelope_append_head(GString *out, const DimMessage *message);
/* The same envelope around an opened content (taken). */
DimMessage *dim_envelope_open(const DimMessage *reliable, DimContent *content);

G_END_DECLS
