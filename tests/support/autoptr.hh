// SPDX-License-Identifier: GPL-2.0-or-later
// Owners for C values in tests: unique_ptr over each type's own autoptr, so that no test frees by hand.
#pragma once

#include <glib.h>
#include <memory>
#include <string>

namespace support {

template <typename T, void (*clear)(T *)> struct Clear {
    void
    operator()(T *value) const
    {
        clear(value);
    }
};

struct Free {
    void
    operator()(void *value) const
    {
        g_free(value);
    }
};

// The owner of a string that g_free() frees.
using Text = std::unique_ptr<char, Free>;

// A GError on its way out of a call: pass &error; it may be used for one call after another.
class Error {
  public:
    Error() = default;
    Error(const Error &) = delete;
    Error &operator=(const Error &) = delete;
    ~Error()
    {
        g_clear_error(&error_);
    }
    GError **
    operator&()
    {
        g_clear_error(&error_);
        return &error_;
    }
    // Takes over an error that was got elsewhere.
    void
    take(GError *error)
    {
        g_clear_error(&error_);
        error_ = error;
    }
    const GError *
    get() const
    {
        return error_;
    }
    const GError *
    operator->() const
    {
        return error_;
    }
    explicit operator bool() const
    {
        return error_ != nullptr;
    }
    bool
    is(GQuark domain, int code) const
    {
        return g_error_matches(error_, domain, code) != FALSE;
    }
    std::string
    message() const
    {
        return error_ == nullptr ? "no error" : error_->message;
    }

  private:
    GError *error_ = nullptr;
};

} // namespace support

// OWNED(DimId) id(dim_id_parse(text, &error)): for every type that has g_autoptr in C.
#define OWNED(Type) std::unique_ptr<Type, support::Clear<Type, &glib_autoptr_clear_##Type>>
