/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimMessage: one record, three stages: instant (content), secure (encrypted), reliable (signed) (protocol §4.1). Immutable, refcounted. */
#pragma once

#include "message/content.h"

G_BEGIN_DECLS

/* Bytes of one message as it lies on the wire: the largest content in base64, and room for keys, meta and visa. */
#define DIM_MESSAGE_MAX (DIM_CONTENT_MAX / 3 * 4 + 64 * 1024)

/* Instant. group is the overt envelope group, nearly always NULL. Time is the content's. */
DimMessage *dim_message_new(const DimId *sender,
                            const DimId *receiver,
                            const DimId *group,
                            DimContent *content);
/* Reliable, from the wire: one JSON object through the gate, short keys restored; sender, data and signature must be there. Strict base64.
 * NULL with MALFORMED. */
DimMessage *dim_message_parse(const char *text, gssize length, GError **error);
DimMessage *dim_message_from_json(JsonObject *object, GError **error);
/* Reliable -> JSON text for the wire (as received, if it was received). New string; NULL for an instant message (programmer's mistake). */
char *dim_message_to_text(const DimMessage *message);
JsonObject *dim_message_to_json(const DimMessage *message);
DimMessage *dim_message_ref(DimMessage *message);
void dim_message_unref(DimMessage *message);

/* Readers; borrowed. */
DimId *dim_message_sender(const DimMessage *message);
DimId *dim_message_receiver(const DimMessage *message); /* anyone@anywhere when absent */
DimId *dim_message_group(const DimMessage *message);    /* (nullable) the overt one */
double dim_message_time(const DimMessage *message);
int dim_message_type(const DimMessage *message);            /* envelope's copy; 0 = absent */
DimContent *dim_message_content(const DimMessage *message); /* (nullable) instant only */
/* (nullable) Of a reliable one, kept by the instant that was opened from it. */
const char *dim_message_signature_text(const DimMessage *message);
/* Bytes of the content that lies in a reliable message, or at most the 16 more that locking adds. */
gsize dim_message_size(const DimMessage *message);
/* The content's serial number, or the one that a reliable envelope shows; 0 = not known. */
guint64 dim_message_serial(const DimMessage *message);
JsonObject *dim_message_meta_json(const DimMessage *message); /* (nullable) attachment */
JsonObject *dim_message_visa_json(const DimMessage *message); /* (nullable) attachment */
double dim_message_document_time(const DimMessage *message);  /* SDT; 0 = absent */
/* Of a reliable message, in seconds, and nobody signs them: how new the sender's bulletin of his group is (GDT), and its history
 * (GHT); 0 = absent. */
double dim_message_bulletin_time(const DimMessage *message);
double dim_message_history_time(const DimMessage *message);
/* Broadcast test of protocol §4.2, but narrower: a broadcast `group` counts only where the receiver is a station (the first
 * handshake). What is for one person is encrypted, or refused. */
gboolean dim_message_is_broadcast(const DimMessage *message);
/* For showing: the content's time if it has one, else the envelope's. */
double dim_message_shown_time(const DimMessage *message);
/* Tag for duplicates of a reliable message, or of what was opened from a broadcast: of the signed data and the sender. No unsigned
 * member and no other form of the signature makes a new message of an old one (stricter than protocol §4.7); a message that is
 * sent again has the same. New string; NULL for another instant one (programmer's mistake). */
char *dim_message_tag(const DimMessage *message);
/* The second tag, of an instant message: the content's serial number and time, and the sender. It tells a content that was
 * sealed twice. New string, or NULL if the content has not got both. */
char *dim_message_content_tag(const DimMessage *message);
/* What was opened from a broadcast, as a reliable message again that proves to anybody what its sender said; of attachments and
 * remarks free. New string, or NULL: this message proves nothing to others. */
char *dim_message_evidence(const DimMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimMessage, dim_message_unref)

G_END_DECLS
