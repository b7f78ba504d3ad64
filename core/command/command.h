/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the command table: one per command, each handled by a file of its own. */
#pragma once

#include "command/desk.h"

G_BEGIN_DECLS

/* Returns FALSE with an error when the command cannot be taken; the caller logs it. */
typedef gboolean
DimHandler(DimDesk *desk, const DimMessage *message, const DimContent *content, GError **error);

/* handler, content type, command name */
#define DIM_COMMANDS(ROW)                            \
    ROW(handshake, DIM_CONTENT_COMMAND, "handshake") \
    ROW(meta, DIM_CONTENT_COMMAND, "meta")           \
    ROW(document, DIM_CONTENT_COMMAND, "document")   \
    ROW(document, DIM_CONTENT_COMMAND, "documents")  \
    ROW(document, DIM_CONTENT_COMMAND, "visa")       \
    ROW(document, DIM_CONTENT_COMMAND, "profile")    \
    ROW(login, DIM_CONTENT_COMMAND, "login")         \
    ROW(report, DIM_CONTENT_COMMAND, "report")       \
    ROW(report, DIM_CONTENT_COMMAND, "broadcast")    \
    ROW(report, DIM_CONTENT_COMMAND, "online")       \
    ROW(report, DIM_CONTENT_COMMAND, "offline")      \
    ROW(receipt, DIM_CONTENT_COMMAND, "receipt")     \
    ROW(search, DIM_CONTENT_COMMAND, "search")       \
    ROW(search, DIM_CONTENT_COMMAND, "users")        \
    ROW(ans, DIM_CONTENT_COMMAND, "ans")             \
    ROW(list, DIM_CONTENT_COMMAND, "block")          \
    ROW(list, DIM_CONTENT_COMMAND, "mute")           \
    ROW(storage, DIM_CONTENT_COMMAND, "storage")     \
    ROW(storage, DIM_CONTENT_COMMAND, "contacts")    \
    ROW(history, DIM_CONTENT_HISTORY, "reset")       \
    ROW(history, DIM_CONTENT_HISTORY, "invite")      \
    ROW(history, DIM_CONTENT_HISTORY, "expel")       \
    ROW(history, DIM_CONTENT_HISTORY, "join")        \
    ROW(history, DIM_CONTENT_HISTORY, "quit")        \
    ROW(history, DIM_CONTENT_HISTORY, "resign")      \
    ROW(history, DIM_CONTENT_HISTORY, "hire")        \
    ROW(history, DIM_CONTENT_HISTORY, "fire")        \
    ROW(history, DIM_CONTENT_HISTORY, "found")       \
    ROW(history, DIM_CONTENT_HISTORY, "abdicate")

DimHandler dim_handle_handshake;
DimHandler dim_handle_meta;
DimHandler dim_handle_document;
DimHandler dim_handle_login;
DimHandler dim_handle_report;
DimHandler dim_handle_receipt;
DimHandler dim_handle_search;
DimHandler dim_handle_ans;
DimHandler dim_handle_list;
DimHandler dim_handle_storage;
DimHandler dim_handle_history;

/* The handler of a command by its type and name (protocol §5.1), or NULL if nobody knows it. */
DimHandler *dim_command_find(const DimContent *content);

/* handler, app, mod, act (protocol §5.7) */
#define DIM_CUSTOMIZED(ROW) ROW(sync, "chat.dim.messenger", "chat_history", "sync_message")

DimHandler dim_handle_sync;

/* The handler of a customized content by its app, mod and act, or NULL. */
DimHandler *dim_customized_find(const DimContent *content);

G_END_DECLS
