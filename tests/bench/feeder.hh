// SPDX-License-Identifier: GPL-2.0-or-later
// A process that plays station: it takes each caller in and hands over what lay in wait for him.
#pragma once

#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "people/user.h"

namespace bench {

// A call on the station.
struct Visit {
    unsigned count;          // messages
    unsigned pause;          // milliseconds between the welcome and the first of them
    int ours = -1, its = -1; // the two ends of the line
};

// Runs work in a process of its own, which must write exactly `size` bytes of answer; that process shares no memory.
void in_child(void *answer, size_t size, const std::function<void(void *answer)> &work);

class Feeder {
  public:
    // Seals as many texts as the largest visit wants, and waits for the visits in their order.
    Feeder(DimUser *station, DimUser *sender, DimUser *reader, std::vector<Visit> &visits);
    ~Feeder();
    Feeder(const Feeder &) = delete;
    Feeder &operator=(const Feeder &) = delete;

  private:
    pid_t child_ = -1;
};

// The text number `number` of all that are sent: 100 letters.
std::string numbered_line(unsigned number);

} // namespace bench
