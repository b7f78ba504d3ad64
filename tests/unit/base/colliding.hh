// SPDX-License-Identifier: GPL-2.0-or-later
// Names that whoever knows an unkeyed hash can make: all of one value, or all for one place of a table.
#pragma once

#include <glib.h>
#include <string>
#include <vector>

namespace support {

// "Az" and "BY" are the same to g_str_hash(), and so are all texts made of them.
inline std::vector<std::string>
colliding_names(size_t count)
{
    std::vector<std::string> names;

    for (size_t i = 0; i < count; i++) {
        std::string name;

        for (size_t bit = 0; bit < 14; bit++)
            name += (i >> bit & 1) != 0 ? "Az" : "BY";
        names.push_back(name);
    }
    return names;
}

// Of different values, which in a table with so many places are one.
inline std::vector<std::string>
crowding_names(size_t count, guint places)
{
    constexpr guint LETTERS = 26U * 26 * 26;
    std::vector<std::string> names;

    for (size_t i = 0;; i++) {
        const std::string head = "n" + std::to_string(i);
        const guint before = g_str_hash(head.c_str());

        for (guint j = 0; j < LETTERS; j++) {
            const guint a = 'a' + j % 26, b = 'a' + j / 26 % 26, c = 'a' + j / 676;
            const guint hash = ((before * 33 + a) * 33 + b) * 33 + c;

            if (hash * 11 % places != 7)
                continue;
            names.push_back(head + static_cast<char>(a) + static_cast<char>(b)
                            + static_cast<char>(c));
            if (names.size() == count)
                return names;
        }
    }
}

} // namespace support
