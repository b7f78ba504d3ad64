/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dim-station program: options, configuration, the lock on its folder, signals. */
#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/errors.h"
#include "station/server.h"

typedef struct {
    char *listen, *data, *config;
    gboolean verbose, version;
} Options;

static gboolean verbose;

static GLogWriterOutput
write_log(GLogLevelFlags level,
          const GLogField *fields,
          gsize count,
          G_GNUC_UNUSED gpointer user_data)
{
    g_autofree char *text = NULL;

    if (!verbose
        && (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
        return G_LOG_WRITER_HANDLED;
    text = g_log_writer_format_fields(level, fields, count, FALSE);
    g_printerr("%s\n", text);
    return G_LOG_WRITER_HANDLED;
}

static int
complain(const char *what, const GError *error)
{
    g_printerr("dim-station: %s%s%s\n", what, error != NULL ? ": " : "",
               error != NULL ? error->message : "");
    return EXIT_FAILURE;
}

/* Every connection is a descriptor. */
static void
raise_descriptors(guint connections)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections + 64;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = MIN(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        g_message("only %lu descriptors are allowed: fewer connections than configured",
                  (unsigned long)limit.rlim_cur);
}

static gboolean
stop(gpointer data)
{
    g_main_loop_quit(data);
    return G_SOURCE_CONTINUE;
}

static int
serve(DimServer *server, DimUser *user, const char *host)
{
    /* As it is written into an address: [::1]:9394 */
    gboolean six = strchr(host, ':') != NULL;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;

    if (!dim_server_open(server, user, &error))
        return complain("cannot open the station's book", error);
    g_unix_signal_add(SIGTERM, stop, loop);
    g_unix_signal_add(SIGINT, stop, loop);
    g_print("dim-station %s listening on %s%s%s:%u\n", dim_id_text(dim_server_id(server)),
            six ? "[" : "", host, six ? "]" : "", dim_server_port(server));
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}

static DimStore *
open_store(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "station", "store.db", NULL);

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", folder,
                    g_strerror(errno));
        return NULL;
    }
    return dim_store_open(path, error);
}

static int
run(const Options *options, const DimSettings *settings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketConnectable) where =
        g_network_address_parse(options->listen, 9394, &error);
    g_autoptr(DimStore) store = NULL;
    g_autoptr(DimServer) server = NULL;
    g_autoptr(DimUser) user = NULL;
    const char *host;

    if (where == NULL)
        return complain("--listen", error);
    host = g_network_address_get_hostname(G_NETWORK_ADDRESS(where));
    store = open_store(options->data, &error);
    if (g_error_matches(error, DIM_ERROR, DIM_ERROR_BUSY))
        return complain("another dim-station is running on this folder", error);
    if (store == NULL)
        return complain("cannot use the data folder", error);
    raise_descriptors(settings->max_connections);
    server = dim_server_new(settings, dim_clock_system(), store, host,
                            g_network_address_get_port(G_NETWORK_ADDRESS(where)), &error);
    if (server == NULL)
        return complain("cannot start", error);
    user = dim_server_identity(store, settings, host, dim_server_port(server), &error);
    if (user == NULL)
        return complain("the station has no identity", error);
    return serve(server, user, host);
}

static gboolean
read_options(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen,
          "Where to listen; port 0: any free one (default 127.0.0.1:9394)", "HOST:PORT" },
        { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data,
          "Where the identity and the messages are kept", "DIR" },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "Configuration file",
          "FILE" },
        { "verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose, "Say more on stderr", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL },
        G_OPTION_ENTRY_NULL
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- a small station for DIM");

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

int
main(int argc, char **argv)
{
    Options options = { NULL, NULL, NULL, FALSE, FALSE };
    g_autoptr(DimSettings) settings = dim_settings_new();
    g_autoptr(GError) error = NULL;
    int status;

    (void)setlocale(LC_ALL, "");
    (void)signal(SIGPIPE, SIG_IGN);
    g_log_set_writer_func(write_log, NULL, NULL);
    if (!read_options(&options, &argc, &argv, &error))
        return complain("--help tells how it is called", error);
    verbose = options.verbose;
    if (options.version) {
        g_print("dim-station %s\n", DIM_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc > 1 || options.data == NULL)
        return complain("--data DIR is needed, and nothing but options; see --help", NULL);
    if (options.config != NULL && !dim_settings_read(settings, options.config, &error))
        return complain(options.config, error);
    if (options.listen == NULL)
        options.listen = g_strdup("127.0.0.1:9394");
    status = run(&options, settings);
    g_free(options.listen);
    g_free(options.data);
    g_free(options.config);
    return status;
}
