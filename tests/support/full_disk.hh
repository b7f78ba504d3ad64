// SPDX-License-Identifier: GPL-2.0-or-later
// A disk that is full, for this process.
#pragma once

#include <csignal>
#include <sys/resource.h>

namespace support {

// While it lives no file of this process grows; sockets are no files.
class FullDisk {
  public:
    FullDisk()
    {
        const rlimit none = { 0, RLIM_INFINITY };

        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk()
    {
        setrlimit(RLIMIT_FSIZE, &before_);
    }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;

  private:
    rlimit before_ = {};
};

} // namespace support
