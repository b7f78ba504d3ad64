/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builders and readers of command bodies, used on both sides of the wire (protocol §5.8-5.12). Builders return (transfer full). */
#pragma once

#include "identity/document.h"
#include "message/message.h"

G_BEGIN_DECLS

/* A command of this name, to be filled and given to dim_content_new_take(), which adds the older spelling. (transfer full) */
JsonObject *dim_command_object(const char *command);

/* --- meta, document --- */
DimContent *dim_meta_query_new(const DimId *id);
DimContent *dim_meta_command_new(const DimId *id, const DimMeta *meta);
DimContent *dim_document_query_new(const DimId *id, double last_time); /* 0: none held */
/* meta is nullable. Writes `document` (and nothing else: one document a command). */
DimContent *
dim_document_command_new(const DimId *id, const DimMeta *meta, const DimDocument *document);
/* did/ID of meta, document, login and card commands. (transfer full), or NULL with MALFORMED. */
DimId *dim_command_id(const DimContent *content, GError **error);
/* (nullable) without error when the command has none (then it is a query). */
DimMeta *dim_command_meta(const DimContent *content, GError **error);
#define DIM_COMMAND_DOCUMENTS 16 /* read of one command: each costs a verification */

/* The documents inside (document, documents, profile object or string + signature), unverified; empty if none. What stands behind
 * the first DIM_COMMAND_DOCUMENTS, good or bad, is not read. */
GPtrArray *dim_command_documents(const DimContent *content, const DimId *id);

/* --- handshake --- */
typedef enum {
    DIM_HANDSHAKE_START,   /* Hello world!, no session */
    DIM_HANDSHAKE_AGAIN,   /* DIM? */
    DIM_HANDSHAKE_RESTART, /* Hello world! with session */
    DIM_HANDSHAKE_SUCCESS, /* DIM! */
} DimHandshakeStep;
DimContent *dim_handshake_new(DimHandshakeStep step, const char *session_key /* (nullable) */);
DimHandshakeStep dim_handshake_step(const DimContent *content);
const char *dim_handshake_session(const DimContent *content); /* (nullable) borrowed */

/* --- login, report --- */
DimContent *dim_login_new(const DimId *me,
                          const char *agent,
                          const DimId *station /* (nullable) */,
                          const char *host,
                          guint16 port);
DimContent *dim_report_new(const char *title); /* "online" or "offline" */
/* "online"/"offline" from title, state or the command word itself; NULL if neither. Borrowed. */
const char *dim_report_title(const DimContent *content);

/* --- group --- */
/* Asks who belongs to a group; last_time: of the newest record that is known, 0: none. */
DimContent *dim_group_query_new(const DimId *group, double last_time);

/* --- receipt --- */
/* About a received message: origin and envelope of it, never its sn as our own. `text` e.g. "Message received.". */
DimContent *dim_receipt_new(const char *text, const DimMessage *about);
/* The same with a template for readers of other languages: "… ${name} …", and what stands for that name (protocol §4.9). */
DimContent *dim_receipt_new_from(const char *text,
                                 const char *template_text,
                                 const char *name,
                                 const char *value,
                                 const DimMessage *about);
/* The origin in any of its three spellings: members of the original envelope. Borrowed, (nullable). */
JsonObject *dim_receipt_origin(const DimContent *content);
const char *dim_receipt_signature(const DimContent *content); /* (nullable) */
/* The original's serial number; 0 when its origin does not tell, as with most (correction 8). */
guint64 dim_receipt_serial(const DimContent *content);

G_END_DECLS
