// SPDX-License-Identifier: GPL-2.0-or-later
// One stream: chunks in, batches out, pauses, and its end inside every event.
#include "transport/wire.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"
#include "tests/support/loopback.hh"

namespace {

using support::settle;

class Wire {
  public:
    Wire()
    {
        events_.received = [](DimWire *, const guint8 *data, gsize size, gpointer self) {
            auto *one = static_cast<Wire *>(self);

            one->got.append(reinterpret_cast<const char *>(data), size);
            one->largest = MAX(one->largest, size);
            if (one->ends_on_read)
                one->end();
        };
        events_.resumed = [](DimWire *, gpointer self) {
            static_cast<Wire *>(self)->resumes++;
        };
        events_.fill = [](DimWire *, GByteArray *out, gsize size, gpointer self) {
            auto *one = static_cast<Wire *>(self);
            const size_t some = MIN(size, one->queue.size());

            g_byte_array_append(out, reinterpret_cast<const guint8 *>(one->queue.data()),
                                static_cast<guint>(some));
            one->queue.erase(0, some);
        };
        events_.failed = [](DimWire *, const GError *error, gpointer self) {
            auto *one = static_cast<Wire *>(self);

            one->failures++;
            one->code = error->code;
            one->end();
        };
        auto [near, other] = support::make_loopback();
        far = std::move(other);
        wire = dim_wire_new(G_IO_STREAM(near.get()), &events_, this, nullptr);
        g_assert(wire != nullptr);
    }
    ~Wire()
    {
        end();
    }
    void
    end()
    {
        dim_wire_free(wire);
        wire = nullptr;
    }
    gssize
    write_far(const std::string &bytes)
    {
        return g_socket_send(socket(), bytes.data(), bytes.size(), nullptr, nullptr);
    }
    std::string
    read_far()
    {
        std::string bytes(1 << 20, '\0');
        const gssize count =
            g_socket_receive(socket(), &bytes[0], bytes.size(), nullptr, nullptr);

        bytes.resize(count > 0 ? static_cast<size_t>(count) : 0);
        return bytes;
    }
    GSocket *
    socket() const
    {
        return g_socket_connection_get_socket(far.get());
    }

    DimWire *wire = nullptr;
    support::Connection far;
    std::string queue;
    std::string got;
    size_t largest = 0;
    guint resumes = 0;
    guint failures = 0;
    int code = -1;
    bool ends_on_read = false;

  private:
    DimWireEvents events_{};
};

} // namespace

TEST(Wire, ReadsAtMost64KiBATime)
{
    Wire one;
    size_t sent = 0;
    const std::string chunk(50000, 'x');

    for (gssize done; (done = one.write_far(chunk)) > 0;)
        sent += static_cast<size_t>(done);
    ASSERT_GT(sent, 65536u);
    settle();
    EXPECT_EQ(one.got.size(), sent);
    EXPECT_EQ(one.largest, 65536u);
}

TEST(Wire, WritesWhatATurnQueuedAtOnce)
{
    Wire one;

    one.queue = "first ";
    dim_wire_wake(one.wire);
    one.queue += "second";
    dim_wire_wake(one.wire);
    EXPECT_EQ(one.read_far(), "");
    EXPECT_FALSE(dim_wire_is_idle(one.wire));
    settle();
    EXPECT_EQ(one.read_far(), "first second");
    EXPECT_TRUE(dim_wire_is_idle(one.wire)) << "no source is left to wake the host";
    EXPECT_EQ(dim_wire_written(one.wire), 12u);
}

TEST(Wire, GoesOnWhereTheSocketStopped)
{
    Wire one;
    std::string all;
    std::string read;

    for (int i = 0; i < 300000; i++)
        all += std::to_string(i);
    one.queue = all;
    dim_wire_wake(one.wire);
    for (int i = 0; i < 1000 && read.size() < all.size(); i++) {
        settle();
        read += one.read_far();
    }
    EXPECT_TRUE(read == all);
}

TEST(Wire, FlushesAsFarAsTheSocketTakes)
{
    Wire one;

    one.queue = "now";
    dim_wire_flush(one.wire);
    EXPECT_EQ(one.read_far(), "now");
    one.queue.assign(64 << 20, 'x');
    dim_wire_flush(one.wire); // returns
    EXPECT_FALSE(one.queue.empty());
}

TEST(Wire, ReadsNothingWhilePaused)
{
    Wire one;

    dim_wire_pause(one.wire);
    one.write_far("hello");
    settle();
    EXPECT_EQ(one.got, "");
    dim_wire_resume(one.wire);
    dim_wire_resume(one.wire);
    EXPECT_EQ(one.resumes, 0u) << "in a later turn";
    settle();
    EXPECT_EQ(one.resumes, 1u);
    EXPECT_EQ(one.got, "hello");
    dim_wire_pause(one.wire);
    dim_wire_resume(one.wire);
    dim_wire_pause(one.wire);
    settle();
    EXPECT_EQ(one.resumes, 1u) << "a pause takes a resume back";
}

TEST(Wire, TellsTheEndOnce)
{
    Wire one;

    one.write_far("last words");
    g_io_stream_close(G_IO_STREAM(one.far.get()), nullptr, nullptr);
    settle();
    EXPECT_EQ(one.got, "last words");
    EXPECT_EQ(one.failures, 1u);
    EXPECT_EQ(one.code, G_IO_ERROR_CONNECTION_CLOSED);
}

TEST(Wire, TellsAWriteThatFails)
{
    Wire one;

    dim_wire_pause(one.wire); // nothing is read that would tell it first
    g_io_stream_close(G_IO_STREAM(one.far.get()), nullptr, nullptr);
    one.queue = "to nobody";
    dim_wire_wake(one.wire);
    settle();
    EXPECT_EQ(one.failures, 1u);
}

TEST(Wire, MayBeFreedWhileItReads)
{
    Wire one;

    one.ends_on_read = true;
    one.queue = "never written";
    dim_wire_wake(one.wire);
    one.write_far("x");
    settle();
    EXPECT_EQ(one.wire, nullptr);
    EXPECT_EQ(one.failures, 0u);
}

TEST(Wire, RefusesAStreamThatCannotBePolled)
{
    g_autoptr(GInputStream) in = g_memory_input_stream_new();
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    g_autoptr(GOutputStream) buffered = g_buffered_output_stream_new(out);
    g_autoptr(GIOStream) both = g_simple_io_stream_new(in, buffered);
    const DimWireEvents events = {};
    support::Error error;

    EXPECT_EQ(dim_wire_new(both, &events, nullptr, &error), nullptr);
    EXPECT_TRUE(error.is(G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
}
