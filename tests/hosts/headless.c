/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dim-headless: a libpurple host without windows; JSON commands on stdin, JSON events on stdout. */
#include "tests/hosts/headless.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
/* libpurple closes each library that it probed; a leak found at the end could then no longer be named. */
int dlclose(void *handle);

int
dlclose(G_GNUC_UNUSED void *handle)
{
    return 0;
}
#endif

typedef struct {
    PurpleInputFunction call;
    gpointer data;
} Watch;

static GMainLoop *loop;

static gboolean
on_input(GIOChannel *channel, GIOCondition condition, gpointer data)
{
    Watch *watch = data;
    PurpleInputCondition purple = 0;

    if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
        purple |= PURPLE_INPUT_READ;
    if (condition & (G_IO_OUT | G_IO_ERR | G_IO_NVAL))
        purple |= PURPLE_INPUT_WRITE;
    watch->call(watch->data, g_io_channel_unix_get_fd(channel), purple);
    return G_SOURCE_CONTINUE;
}

static guint
input_add(int fd, PurpleInputCondition purple, PurpleInputFunction call, gpointer data)
{
    g_autoptr(GIOChannel) channel = g_io_channel_unix_new(fd);
    Watch *watch = g_new0(Watch, 1);
    GIOCondition condition = 0;

    watch->call = call;
    watch->data = data;
    if (purple & PURPLE_INPUT_READ)
        condition |= G_IO_IN | G_IO_HUP | G_IO_ERR;
    if (purple & PURPLE_INPUT_WRITE)
        condition |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
    return g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, condition, on_input, watch, g_free);
}

static PurpleEventLoopUiOps loop_ops = {
    .timeout_add = g_timeout_add,
    .timeout_remove = g_source_remove,
    .input_add = input_add,
    .input_remove = g_source_remove,
    .timeout_add_seconds = g_timeout_add_seconds,
};

static void read_on(GDataInputStream *lines);

static void
on_line(GObject *source, GAsyncResult *result, G_GNUC_UNUSED gpointer data)
{
    GDataInputStream *lines = G_DATA_INPUT_STREAM(source);
    g_autofree char *line =
        g_data_input_stream_read_line_finish_utf8(lines, result, NULL, NULL);

    if (line == NULL || !headless_command(line))
        g_main_loop_quit(loop);
    else
        read_on(lines);
}

static void
read_on(GDataInputStream *lines)
{
    g_data_input_stream_read_line_async(lines, G_PRIORITY_DEFAULT, NULL, on_line, NULL);
}

static gboolean
on_signal(G_GNUC_UNUSED gpointer data)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static gboolean
start_purple(const char *ui)
{
    if (!purple_core_init(ui))
        return FALSE;
    purple_set_blist(purple_blist_new());
    purple_blist_load();
    purple_prefs_load();
    purple_savedstatus_activate(purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE));
    return purple_find_prpl(HEADLESS_PRPL) != NULL;
}

int
main(int argc, char **argv)
{
    g_autofree char *user_dir = NULL;
    g_autofree char *plugin_dir = NULL;
    g_autofree char *ui = NULL;
    GOptionEntry entries[] = {
        { "user-dir", 0, 0, G_OPTION_ARG_FILENAME, &user_dir, "the profile, as ~/.purple",
          "DIR" },
        { "plugin-dir", 0, 0, G_OPTION_ARG_FILENAME, &plugin_dir, "where the plugin is",
          "DIR" },
        { "ui", 0, 0, G_OPTION_ARG_STRING, &ui, "the name to give to libpurple", "NAME" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    g_autoptr(GInputStream) in = g_unix_input_stream_new(STDIN_FILENO, FALSE);
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(in);
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || user_dir == NULL
        || plugin_dir == NULL) {
        g_printerr("dim-headless: %s\n",
                   error != NULL ? error->message : "--user-dir and --plugin-dir");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    purple_util_set_user_dir(user_dir);
    purple_debug_set_enabled(FALSE);
    headless_set_ui_ops();
    purple_eventloop_set_ui_ops(&loop_ops);
    purple_plugins_add_search_path(plugin_dir);
    if (!start_purple(ui == NULL ? "dim-headless" : ui)) {
        g_printerr("dim-headless: libpurple did not start, or %s is not in %s\n", HEADLESS_PRPL,
                   plugin_dir);
        return 1;
    }
    loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, on_signal, NULL);
    g_unix_signal_add(SIGINT, on_signal, NULL);
    headless_done(headless_event("ready"));
    read_on(lines);
    g_main_loop_run(loop);
    headless_drop_requests();
    purple_core_quit();
    g_main_loop_unref(loop);
    headless_done(headless_event("bye"));
    return 0;
}
