// SPDX-License-Identifier: GPL-2.0-or-later
// Names that must stay as they are, and what a second "Ann" might hide: for everything that shows names.
#pragma once

#include <string>
#include <vector>

namespace support {

inline const std::vector<std::string> honest_names = {
    "Ann",
    "張三",
    "\u8fbb\U000e0100\u3055\u3093",                                 // 辻 with one dot
    "\u845b\U000e0101\u57ce",                                       // 葛 of Katsuragi
    "\u795e\ufe00",                                                 // a compatible form
    "\u0dc1\u0dca\u200d\u0dbb\u0dd3",                               // Sri
    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",                   // Ali-Reza
    "\u0915\u094d\u200d\u0937",                                     // half a ka
    "\u0930\u093e\u091c\u094d\u200c\u0915\u0941\u092e\u093e\u0930", // Rajkumar, the virama seen
    "\u09b0\u200d\u09cd\u09af\u09be\u09ac",                         // a ra that keeps its shape
    "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d",                         // Mohan in the old spelling
    "\u0647\u200d. \u0642", // an initial that looks joined
    "\u182d\u180b\u1820",   // Mongolian forms
    "\u182e\u1820\u1828\u180e\u1820",
    "\u1000\ufe00", // of Khamti
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f468",
    "\U0001f3f3\ufe0f\u200d\U0001f308 Sam",
    "I \u2764\ufe0f you",
    "\U0001f600\ufe0e",
    "1\ufe0f\u20e3 #\ufe0f\u20e3",
    "\U0001f1e9\U0001f1ea",
    "\U0001f3f4 Tom",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Tom",
    "\u05d3\u05d5\u05d3",
    "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
};

// Drawn as nothing before, behind and amid the letters of Latin.
inline const std::vector<std::string> unseen = {
    "\u00ad",
    "\u034f",
    "\u061c",
    "\u115f",
    "\u17b4",
    "\u180b",
    "\u180e",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u2060",
    "\u202e",
    "\u2066",
    "\u3164",
    "\ufe00",
    "\ufe0e",
    "\ufe0f",
    "\ufeff",
    "\ufdd0",
    "\ufdef",
    "\uffa0",
    "\ufffe",
    "\uffff",
    "\u200d\u200c",
    "\ufe0f\u200d\u200b",
    "\U00016fe4",
    "\U0001d159",
    "\U0001fffe",
    "\U0002ffff",
    "\U000e0067\U000e007f",
    "\U000e0100",
    "\U000e01ef",
    "\U000e01f0",
    "\U000efffe",
    "\U0010ffff",
};

// { hostile, what it looks like }: no joiner, selector or tag where it changes nothing.
inline const std::vector<std::pair<std::string, std::string>> lookalikes = {
    { "\u8fbb\U000e0100\U000e0101", "\u8fbb\U000e0100" },
    { "\u8fbb\u200b\U000e0100", "\u8fbb\U000e0100" },
    { "\u8fbb\ufe0f", "\u8fbb" },
    { "\u8fbb\u200d\u8fbb", "\u8fbb\u8fbb" },
    { "\u3055\U000e0100", "\u3055" },
    { "\u2764\ufe0f\ufe0f", "\u2764\ufe0f" },
    { "\u2764\ufe0e", "\u2764" },
    { "\U0001f600\ufe0f", "\U0001f600" },
    { "Ann 1\ufe0f", "Ann 1" },
    { "1\ufe0f 2\ufe0f3", "1 23" },
    { "+\ufe0f", "+" },
    { "\U0001f468\u200d\u200d\U0001f469", "\U0001f468\u200d\U0001f469" },
    { "\U0001f468\u200c\U0001f469", "\U0001f468\U0001f469" },
    { "\U0001f468\u200d", "\U0001f468" },
    { "\U0001f468\u200d \U0001f469", "\U0001f468 \U0001f469" },
    { "\U0001f468\u200dA", "\U0001f468A" },
    { "\u0639\u0644\u06cc\u200c", "\u0639\u0644\u06cc" },
    { "\u0639\u0644\u06cc\u200d\u0631", "\u0639\u0644\u06cc\u0631" },
    { "\u0631\u200c\u0636", "\u0631\u0636" },
    { "\u06cc\u200c\u200c\u0631", "\u06cc\u200c\u0631" },
    { "\u06cc\u200cA", "\u06ccA" },
    { "\u0915\u200d\u0937", "\u0915\u0937" },
    { "\u0915\u094d\u200c", "\u0915\u094d" },
    { "\u0d28\u0d4d\u200d\u200d", "\u0d28\u0d4d\u200d" },
    { "\u0e01\u0e3a\u200d\u0e01", "\u0e01\u0e3a\u0e01" },
    { "\u182d\u180b\u180c", "\u182d\u180b" },
    { "\U0001f3f4\U000e0067\U000e0062", "\U0001f3f4" },
    { "\U0001f3f4\U000e0078\U000e0078\U000e0078\U000e007f", "\U0001f3f4" },
    { "\U0001f3f3\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001f3f3" },
    { "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\U000e007f",
      "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" },
};

} // namespace support
