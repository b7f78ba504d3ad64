// SPDX-License-Identifier: GPL-2.0-or-later
// gate-judge: reads texts, each behind its length (four bytes, high one first), and writes what the JSON gate says of each.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/json.h"
#include "base/json_view.h"

#include "tests/support/autoptr.hh"

namespace {

// FALSE at the end of the input.
bool
read_text(std::string *text)
{
    unsigned char head[4];

    if (fread(head, 1, sizeof head, stdin) != sizeof head)
        return false;
    text->resize(size_t{ head[0] } << 24 | size_t{ head[1] } << 16 | size_t{ head[2] } << 8
                 | head[3]);
    return text->empty() || fread(&(*text)[0], 1, text->size(), stdin) == text->size();
}

// R: refused. A: taken, but no object. O: an object; what it is written as again follows behind its length.
void
judge(const std::string &text)
{
    // an own block of exactly that size, so that a sanitizer sees a step over its end
    OWNED(GBytes) block(g_bytes_new(text.data(), text.size()));
    const char *data =
        text.empty() ? "" : static_cast<const char *>(g_bytes_get_data(block.get(), nullptr));
    const auto size = static_cast<gssize>(text.size());
    const bool good = dim_json_check(data, text.size(), nullptr) != FALSE;
    std::string copy = text; // the two below want a NUL behind, as all of GLib
    OWNED(JsonObject) object(dim_json_parse(copy.c_str(), size, nullptr));
    OWNED(DimJsonView) view(dim_json_view_new(copy.c_str(), size, nullptr));

    g_assert((object == nullptr) == (view == nullptr));
    g_assert(good || object == nullptr);
    if (!object) {
        putchar(good ? 'A' : 'R');
        return;
    }
    support::Text written(dim_json_write(object.get()));
    const size_t length = strlen(written.get());

    putchar('O');
    for (int shift = 24; shift >= 0; shift -= 8)
        putchar(static_cast<int>(length >> shift & 0xff));
    fwrite(written.get(), 1, length, stdout);
}

} // namespace

int
main()
{
    std::string text;

    while (read_text(&text))
        judge(text);
    return fflush(stdout) == 0 ? 0 : 1;
}
