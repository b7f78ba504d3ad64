/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the headless host share: JSON lines out, the libpurple ui ops, the commands. */
#pragma once

#include <json-glib/json-glib.h>

/* libpurple's request macros look for _() in the caller. */
#ifndef _
#define _(s) (s)
#endif
#include <purple.h>

#define HEADLESS_PRPL "prpl-dim"

/* One event is one JSON object on one line: begin, members, end. */
JsonBuilder *headless_event(const char *name);
void headless_text(JsonBuilder *event, const char *name, const char *value); /* NULL: null */
void headless_number(JsonBuilder *event, const char *name, gint64 value);
void headless_flag(JsonBuilder *event, const char *name, gboolean value);
/* Writes the line and frees the event. */
void headless_done(JsonBuilder *event);
/* The text a person sees: tags dropped, <br> as a new line, entities resolved. New string. */
char *headless_plain(const char *html);
/* As Pidgin makes it of what was typed: & < > " escaped, new lines as <br>. New string. */
char *headless_html(const char *plain);

/* Tells libpurple's core who draws its windows. */
void headless_set_ui_ops(void);
/* As in bitlbee: there are lines, and yes and no. */
void headless_drop_dialogs(void);
/* Forgets all requests that were not answered yet. */
void headless_drop_requests(void);
/* The answers that requests get from now on: TRUE for the default, FALSE for the last button; typed: (nullable) else what stands there. */
void headless_set_answer(gboolean accept, const char *typed);
/* An event "buddy", whether or not something changed. */
void headless_tell_buddy(PurpleBuddy *buddy);

/* A member of a command as text, or NULL if it is missing or no text. Borrowed. */
const char *headless_member(JsonObject *line, const char *name);
/* An event "bad-command". */
void headless_complain(const char *why, const char *what);
void headless_set_option(const char *name, JsonNode *value);
/* The member "options" of a command, if there is one. */
void headless_set_options(JsonObject *line);

/* Runs one line; FALSE when the host has to end. */
gboolean headless_command(const char *line);
/* The command "filter": from now on no line of a stranger comes through; an event "dropped" for each. */
void headless_filter(JsonObject *line);
/* The account that commands are about; changes to NULL when it is removed. */
PurpleAccount *headless_account(void);
