// SPDX-License-Identifier: GPL-2.0-or-later
// A temporary folder (0700) that goes with its owner, with all that is in it.
#pragma once

#include <filesystem>
#include <glib.h>
#include <stdexcept>
#include <string>

namespace support {

class Folder {
  public:
    Folder()
    {
        char *made = g_dir_make_tmp("dim-test-XXXXXX", nullptr);

        if (made == nullptr)
            throw std::runtime_error("no temporary folder");
        path_ = made;
        g_free(made);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder()
    {
        std::error_code ignored;

        std::filesystem::remove_all(path_, ignored);
    }
    std::string
    path() const
    {
        return path_;
    }
    std::string
    file(const std::string &name) const
    {
        return path_ + "/" + name;
    }

  private:
    std::string path_;
};

} // namespace support
