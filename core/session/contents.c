/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an opened message says, by its type: a line to show, a command to obey, or a parcel to unpack (protocol §5). */
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "command/standing.h"
#include "message/plain.h"
#include "message/render.h"
#include "session/inner.h"

#define MAX_TOLD 200 /* polite refusals of one session, however often its line falls */

/* Messages of one forward: more that are signed have no room in a content. */
#define MAX_INNER 10000

#define MAX_CONTENTS 100 /* of one message, all levels */
#define MAX_NESTED   4

typedef struct {
    GPtrArray *found; /* of DimContent: no arrays */
    guint room;       /* for so many more */
    gboolean cut;
} Parcel;

static void unpack(DimContent *content, guint depth, Parcel *parcel);

static void
unpack_array(const DimContent *array, guint depth, Parcel *parcel)
{
    JsonArray *contents = dim_json_array(dim_content_json(array), "contents");
    guint count = contents != NULL ? json_array_get_length(contents) : 0;
    guint i;

    for (i = 0; i < count && depth < MAX_NESTED && parcel->room > 0; i++) {
        JsonNode *node = json_array_get_element(contents, i);
        g_autoptr(DimContent) inner =
            JSON_NODE_HOLDS_OBJECT(node)
                ? dim_content_from_json(json_node_get_object(node), NULL)
                : NULL;

        parcel->room--; /* whatever it is: to read it was work */
        if (inner != NULL)
            unpack(inner, depth + 1, parcel);
    }
    parcel->cut |= i < count;
}

static void
unpack(DimContent *content, guint depth, Parcel *parcel)
{
    if (dim_content_type(content) == DIM_CONTENT_ARRAY)
        unpack_array(content, depth, parcel);
    else
        g_ptr_array_add(parcel->found, dim_content_ref(content));
}

/* A line in the place of what is not read. It belongs where the message does. New content. */
static DimContent *
line_instead(const DimContent *content, const char *text)
{
    const DimId *group = dim_content_group(content);
    JsonObject *json = json_object_new();

    json_object_set_string_member(json, "text", text);
    if (group != NULL)
        json_object_set_string_member(json, "group", dim_id_text(group));
    return dim_content_new_take(DIM_CONTENT_TEXT, json);
}

static DimContent *
rest_of(const DimContent *content)
{
    return line_instead(
        content, _("[Not all of this message is shown: it has too many parts, or they lie "
                   "too deep in one another]"));
}

GPtrArray *
dim_contents_unpack(DimContent *content, guint depth)
{
    Parcel parcel = { .found =
                          g_ptr_array_new_with_free_func((GDestroyNotify)dim_content_unref),
                      .room = MAX_CONTENTS };

    unpack(content, depth, &parcel);
    if (parcel.cut)
        g_ptr_array_add(parcel.found, rest_of(content));
    return parcel.found;
}

/* What is said (protocol §4.9): value stands for name in the template. */
typedef struct {
    const char *text, *template_text, *name;
} Refusal;

static const Refusal no_command = { "Command not support.",
                                    "Command (name: ${command}) not support yet!", "command" };
static const Refusal no_content = { "Content not support.",
                                    "Content (type: ${type}) not support yet!", "type" };

/* One polite word to a person about something that nobody here knows, and never a second (P-063, P-073). */
static void
refuse_once(DimSession *session,
            const DimMessage *instant,
            const char *what,
            const Refusal *refusal,
            const char *value)
{
    DimId *sender = dim_message_sender(instant);
    g_autoptr(DimContent) receipt = NULL;
    g_autoptr(GError) error = NULL;

    if (!dim_desk_answers(&session->desk, sender) || dim_message_is_broadcast(instant)
        || session->told >= MAX_TOLD)
        return;
    dim_turn_touch(session);
    if (dim_told_first(session->store, sender, what, &error)) {
        session->told++;
        receipt = dim_receipt_new_from(refusal->text, refusal->template_text, refusal->name,
                                       value, instant);
        dim_outgoing_command(session, sender, receipt);
    }
    if (error != NULL)
        g_warning("a refusal could not be noted: %s", error->message);
}

/* What of a content is refused: its type, or of a customized one who should have known it; never its words, of which there is no
 * end. New string. */
static char *
what_is_refused(const DimContent *content)
{
    JsonObject *json = dim_content_json(content);
    static const char *const names[] = { "app", "mod", "act" };
    GString *what = g_string_new(NULL);

    g_string_append_printf(what, "%d", dim_content_type(content));
    for (guint i = 0; i < G_N_ELEMENTS(names) && dim_content_is_known(content); i++) {
        const char *text = dim_json_text(json, names[i]);

        g_string_append_printf(what, "/%s", text != NULL ? text : "");
    }
    return g_string_free(what, FALSE);
}

/* The same about a whole content. */
static void
refuse_content(DimSession *session, const DimMessage *instant, const DimContent *content)
{
    g_autofree char *type = g_strdup_printf("%d", dim_content_type(content));
    g_autofree char *what = what_is_refused(content);

    refuse_once(session, instant, what, &no_content, type);
}

static void
obey(DimSession *session, DimHandler *handler, DimMessage *instant, DimContent *content)
{
    g_autoptr(GError) error = NULL;

    dim_turn_touch(session);
    if (!handler(&session->desk, instant, content, &error))
        g_debug("a command of %s: %s", dim_id_text(dim_message_sender(instant)),
                error->message);
}

static void
handle_command(DimSession *session, DimMessage *instant, DimContent *content)
{
    DimHandler *handler = dim_command_find(content);
    const char *name = dim_content_command(content);

    if (handler != NULL) {
        obey(session, handler, instant, content);
        return;
    }
    if (name == NULL)
        name = ""; /* it has none, or one that is no text */
    g_debug("unknown command %s", name);
    /* A receipt of a strange type is a receipt all the same: two programs must not thank each other for ever. */
    if (strcmp(name, "receipt") != 0)
        refuse_once(session, instant, name, &no_command, name);
}

/* What the bulletin calls it, if that can stand in the head of a line; else its ID. New string. */
static char *
name_of_group(DimSession *session, const DimId *group)
{
    const char *name = dim_book_name(session->book, group);
    g_autoptr(GString) clean = g_string_new(NULL);

    if (name != NULL && strpbrk(name, "\r\n]") == NULL)
        dim_plain_field(clean, name);
    return g_strdup(clean->len > 0 ? clean->str : dim_id_text(group));
}

/* (nullable) What I said to a group from another device need not name it once more. */
static const DimId *
group_of(const DimMessage *instant, const DimContent *content)
{
    const DimId *group = dim_content_group(content);
    const DimId *receiver = dim_message_receiver(instant);

    return group == NULL && dim_id_is_group(receiver) ? receiver : group;
}

/* The line of a content. One that was said in a group is marked: an answer in this window goes to one person alone. Where
 * nobody could tell whether he belongs to it, that is said too. */
static char *
line_of(DimSession *session, const DimMessage *instant, const DimContent *content)
{
    const DimId *sender = dim_message_sender(instant);
    const DimId *group = group_of(instant, content);
    g_autofree char *text = dim_render(content);
    g_autofree char *name = NULL;
    gboolean sure;

    if (group == NULL)
        return g_steal_pointer(&text);
    sure = dim_id_equal(sender, dim_user_id(session->user))
           || dim_group_standing(&session->desk, group, sender) == DIM_STANDING_MEMBER;
    name = name_of_group(session, group);
    return sure ? g_strdup_printf(_("[in group %s] %s"), name, text)
                : g_strdup_printf(_("[in group %s, not confirmed] %s"), name, text);
}

/* A recall has the serial number, the time and the sender of what it takes back (protocol §5.2). */
static gboolean
is_recall_of_nothing(DimSession *session, const DimMessage *instant, const DimContent *content)
{
    g_autofree char *original = NULL;

    if (!dim_content_is_recall(content))
        return FALSE;
    original = dim_message_content_tag(instant);
    return original == NULL || !dim_showing_knows(session, original);
}

/* Who was put out of a group may not know it, and goes on sending to all whom he knows (P-115). */
static gboolean
is_of_no_member(DimSession *session, const DimId *sender, const DimContent *content)
{
    const DimId *group = dim_content_group(content);

    return group != NULL && !dim_id_equal(sender, dim_user_id(session->user))
           && dim_group_standing(&session->desk, group, sender) == DIM_STANDING_OUTSIDER;
}

static void
handle_talk(DimSession *session, DimMessage *instant, DimContent *content)
{
    DimId *sender = dim_message_sender(instant);
    gboolean mine = dim_id_equal(sender, dim_user_id(session->user));
    g_autofree char *text = NULL;

    if (dim_message_is_broadcast(instant)) {
        g_debug("talk to everybody: not shown");
        return;
    }
    if (is_of_no_member(session, sender, content)) {
        g_debug("%s is no member of that group: not shown", dim_id_text(sender));
        return;
    }
    text = line_of(session, instant, content);
    if (is_recall_of_nothing(session, instant, content)) {
        g_free(text);
        text = g_strdup(_("[Message recalled: one that is not known here]"));
    }
    dim_showing_line(session, instant, text);
    if (!mine)
        session->desk.alive(session->desk.data, sender, dim_message_shown_time(instant));
}

/* FALSE: it lies too deep. What cannot be a message is counted instead; a broken one is dropped like any other. */
static gboolean
put_inner(DimSession *session, JsonNode *node, guint depth, guint *strange)
{
    JsonObject *json =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    if (json != NULL)
        return dim_parcel_put(session, json, depth);
    ++*strange;
    return TRUE;
}

/* The inner messages of a forward are whole messages with signatures of their own (protocol §5.6). */
static void
handle_forward(DimSession *session, DimMessage *instant, DimContent *content, guint depth)
{
    JsonObject *json = dim_content_json(content);
    JsonArray *secrets = dim_json_array(json, "secrets");
    guint count = secrets != NULL ? json_array_get_length(secrets) : 0;
    guint strange = 0;
    g_autoptr(DimContent) rest = NULL;
    gboolean fits = TRUE;

    if (secrets == NULL)
        fits = put_inner(session, json_object_get_member(json, "forward"), depth + 1, &strange);
    for (guint i = 0; i < MIN(count, MAX_INNER) && fits; i++)
        fits = put_inner(session, json_array_get_element(secrets, i), depth + 1, &strange);
    fits = fits && count <= MAX_INNER;
    if (fits && strange == 0)
        return;
    rest = fits ? line_instead(content, _("[Something was forwarded that cannot be read]"))
                : rest_of(content);
    handle_talk(session, instant, rest);
}

/* What no program here understands is shown all the same, for a person may; but not what only a program could. */
static void
handle_customized(DimSession *session, DimMessage *instant, DimContent *content)
{
    DimHandler *handler = dim_customized_find(content);

    if (handler != NULL)
        obey(session, handler, instant, content);
    else if (dim_content_is_for_programs(content))
        refuse_content(session, instant, content);
    else
        handle_talk(session, instant, content);
}

void
dim_contents_show_mine(DimSession *session, DimMessage *message)
{
    DimContent *content = dim_message_content(message);
    g_autofree char *tag = dim_message_content_tag(message);
    g_autofree char *text = NULL;

    if (tag != NULL && dim_showing_knows(session, tag))
        return;
    text = line_of(session, message, content);
    dim_showing_line(session, message, text);
    if (tag != NULL)
        dim_showing_note(session, message, tag);
}

void
dim_contents_answer(DimSession *session, const DimMessage *message)
{
    DimId *sender = dim_message_sender(message);
    DimContent *content = dim_message_content(message);
    g_autoptr(DimContent) receipt = NULL;

    if (!dim_desk_answers(&session->desk, sender))
        return;
    if (dim_content_type(content) == DIM_CONTENT_CUSTOMIZED || !dim_content_is_known(content)) {
        refuse_content(session, message, content);
        return;
    }
    receipt = dim_receipt_new("Message received.", message);
    dim_outgoing_command(session, sender, receipt);
}

char *
dim_contents_tag(const DimMessage *message)
{
    DimContent *content = dim_message_content(message);
    g_autofree char *tag = NULL;

    if (content == NULL || dim_content_is_command(content))
        return NULL;
    tag = dim_message_content_tag(message);
    return tag != NULL && dim_content_is_recall(content) ? g_strconcat("recall ", tag, NULL)
                                                         : g_steal_pointer(&tag);
}

void
dim_contents_take(DimSession *session, DimMessage *instant, DimContent *content, guint depth)
{
    switch (dim_content_type(content)) {
    case DIM_CONTENT_COMMAND:
    case DIM_CONTENT_HISTORY:
        handle_command(session, instant, content);
        break;
    case DIM_CONTENT_FORWARD:
        handle_forward(session, instant, content, depth);
        break;
    case DIM_CONTENT_CUSTOMIZED:
        handle_customized(session, instant, content);
        break;
    default:
        handle_talk(session, instant, content);
        break;
    }
}
