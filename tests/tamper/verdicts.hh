// SPDX-License-Identifier: GPL-2.0-or-later
// The written table of what becomes of a message somebody meddled with: read from verdicts.txt, every row needed.
#pragma once

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace tamper {

enum class Verdict {
    MISSING, // no such row
    NOTHING, // nothing is shown
    GENUINE, // shown once, as it was written
    EITHER,  // one of the two: it depends on the byte
    ALTERED, // shown, but not as it was written: no binding inside tells what it should be
    SERIAL,  // nothing, or as it was written but for the serial number
};

class Verdicts {
  public:
    explicit Verdicts(const char *path)
    {
        static const std::map<std::string, Verdict> words = {
            { "nothing", Verdict::NOTHING }, { "genuine", Verdict::GENUINE },
            { "either", Verdict::EITHER },   { "altered", Verdict::ALTERED },
            { "serial", Verdict::SERIAL },
        };
        std::ifstream file(path);
        std::string line;

        while (std::getline(file, line)) {
            std::istringstream in(line);
            std::string member, tampering, known, stranger, bound;

            if (line.empty() || line[0] == '#')
                continue;
            in >> member >> tampering >> known >> stranger >> bound;
            if (stranger == "=")
                stranger = known;
            const Key key(member, tampering);
            if ((known != "-" && words.count(known) == 0)
                || (stranger != "-" && words.count(stranger) == 0)
                || (!bound.empty() && words.count(bound) == 0) || rows_.count(key) != 0) {
                broken_ += "bad row: " + line + "\n";
                continue;
            }
            rows_[key] = { known == "-" ? Verdict::MISSING : words.at(known),
                           stranger == "-" ? Verdict::MISSING : words.at(stranger),
                           bound.empty() ? Verdict::MISSING : words.at(bound) };
        }
    }
    Verdict
    of(const std::string &member, const std::string &tampering, bool stranger, bool bound)
    {
        auto row = rows_.find({ member, tampering });

        if (row == rows_.end())
            row = rows_.find({ member, "*" });
        if (row == rows_.end())
            return Verdict::MISSING;
        used_.insert(row->first);
        if (bound && row->second.bound != Verdict::MISSING)
            return row->second.bound;
        return stranger ? row->second.stranger : row->second.known;
    }
    // What is wrong with the table; empty when all is well.
    std::string
    broken() const
    {
        return broken_;
    }
    std::string
    unused() const
    {
        std::string all;

        for (const auto &row : rows_) {
            if (used_.count(row.first) == 0)
                all += row.first.first + " " + row.first.second + "\n";
        }
        return all;
    }

  private:
    using Key = std::pair<std::string, std::string>;
    struct Row {
        Verdict known, stranger, bound;
    };

    std::map<Key, Row> rows_;
    std::set<Key> used_;
    std::string broken_;
};

// One for the whole program, and how many cases were held against it.
inline Verdicts &
table()
{
    static Verdicts verdicts(DIM_TAMPER_VERDICTS);

    return verdicts;
}

inline int &
cases()
{
    static int count = 0;

    return count;
}

} // namespace tamper
