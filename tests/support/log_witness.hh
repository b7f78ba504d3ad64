// SPDX-License-Identifier: GPL-2.0-or-later
// What one floor writes to the debug log while this lives.
#pragma once

#include <glib.h>
#include <string>
#include <vector>

namespace support {

class LogWitness {
  public:
    std::vector<std::string> lines;

    explicit LogWitness(const char *domain) : domain_(domain)
    {
        handler_ = g_log_set_handler(
            domain, G_LOG_LEVEL_DEBUG,
            [](const char *, GLogLevelFlags, const char *text, gpointer data) {
                static_cast<LogWitness *>(data)->lines.push_back(text);
            },
            this);
    }
    ~LogWitness()
    {
        g_log_remove_handler(domain_, handler_);
    }
    LogWitness(const LogWitness &) = delete;
    LogWitness &operator=(const LogWitness &) = delete;

  private:
    const char *domain_;
    guint handler_;
};

} // namespace support
