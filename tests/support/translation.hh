// SPDX-License-Identifier: GPL-2.0-or-later
// Our words in a language of the test's own, as long as this lives.
#pragma once

#include <clocale>
#include <fstream>
#include <glib.h>
#include <libintl.h>
#include <string>

#include "tests/support/folder.hh"

namespace support {

class Translation {
  public:
    // entries: a piece of a .po file, msgid and msgstr.
    explicit Translation(const std::string &entries)
    {
        const std::string po = folder_.file("words.po");
        const std::string home = folder_.file("xx/LC_MESSAGES");
        const std::string mo = home + "/" GETTEXT_PACKAGE ".mo";
        const char *arguments[] = { "msgfmt", "-o", mo.c_str(), po.c_str(), nullptr };
        int status = -1;

        std::ofstream(po)
            << "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
               "\"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n\n"
            << entries;
        g_mkdir_with_parents(home.c_str(), 0700);
        works =
            g_spawn_sync(nullptr, const_cast<char **>(arguments), nullptr, G_SPAWN_SEARCH_PATH,
                         nullptr, nullptr, nullptr, nullptr, &status, nullptr)
            && status == 0 && setlocale(LC_ALL, "C.UTF-8") != nullptr;
        g_setenv("LANGUAGE", "xx", TRUE);
        bindtextdomain(GETTEXT_PACKAGE, folder_.path().c_str());
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    }
    ~Translation()
    {
        g_unsetenv("LANGUAGE");
        setlocale(LC_ALL, "C");
    }
    Translation(const Translation &) = delete;
    Translation &operator=(const Translation &) = delete;

    bool works = false;

  private:
    Folder folder_;
};

} // namespace support
