// SPDX-License-Identifier: GPL-2.0-or-later
// A gate before a fake station on a fake clock, and all that it told.
#pragma once

#include <string>
#include <vector>

#include "transport/gate.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_station.hh"

namespace support {

class GateWitness {
  public:
    struct Arrival {
        std::string body;
        guint64 serial;
    };
    struct Down {
        GQuark domain;
        int code;
        double seconds;
        double when; // by the fake clock, since the beginning
    };

    FakeClock clock;
    FakeStation station;
    bool keeps = true; // says OK to what arrives

    guint ups = 0;
    std::vector<double> up_times; // by the fake clock, since the beginning
    std::vector<Down> downs;
    std::vector<Arrival> arrived;
    std::vector<guint64> acknowledged;
    std::vector<guint64> expired;

    // Called inside the event of that name.
    std::function<void()> on_up;
    std::function<void()> on_down;
    std::function<void()> on_arrived;
    std::function<void()> on_acknowledged;
    std::function<void()> on_expired;

    GateWitness()
    {
        events_.up = [](DimGate *, gpointer data) {
            auto *self = told(data);

            self->ups++;
            self->up_times.push_back(self->clock.now() - self->start_);
            call(self->on_up);
        };
        events_.down = [](DimGate *, const GError *error, double seconds, gpointer data) {
            auto *self = told(data);

            self->downs.push_back(
                { error->domain, error->code, seconds, self->clock.now() - self->start_ });
            call(self->on_down);
        };
        events_.arrived = [](DimGate *gate, GBytes *body, guint64 serial, gpointer data) {
            auto *self = told(data);

            self->arrived.push_back({ text_of(body), serial });
            if (self->keeps)
                dim_gate_acknowledge(gate, serial);
            call(self->on_arrived);
        };
        events_.acknowledged = [](DimGate *, guint64 tag, gpointer data) {
            auto *self = told(data);

            self->acknowledged.push_back(tag);
            call(self->on_acknowledged);
        };
        events_.expired = [](DimGate *, guint64 tag, gpointer data) {
            auto *self = told(data);

            self->expired.push_back(tag);
            call(self->on_expired);
        };
        start_ = clock.now();
        gate_ = dim_gate_new(station.dial.get(), clock, &events_, this);
    }
    ~GateWitness()
    {
        free();
        settle();
    }
    GateWitness(const GateWitness &) = delete;
    GateWitness &operator=(const GateWitness &) = delete;

    DimGate *
    gate() const
    {
        return gate_;
    }
    // An event after this fails the process.
    void
    free()
    {
        dim_gate_free(gate_);
        gate_ = nullptr;
    }
    void
    open()
    {
        dim_gate_open(gate_, "station.example", 9394);
        settle();
    }
    bool
    send(const std::string &payload, guint64 tag, DimPriority priority = DIM_PRIORITY_NORMAL)
    {
        GError *error = nullptr;
        const bool sent =
            dim_gate_send(gate_, payload.data(), payload.size(), priority, tag, &error);

        g_assert(sent == (error == nullptr));
        last_refusal = error == nullptr ? -1 : error->code;
        g_clear_error(&error);
        return sent;
    }
    int last_refusal = -1; // the code of DIM_ERROR of the last send()

    // Of the station's received packets.
    std::vector<std::string>
    bodies(DimPacketType type) const
    {
        std::vector<std::string> found;

        for (const Packet &packet : station.of_type(type))
            found.push_back(packet.body);
        return found;
    }

  private:
    static GateWitness *
    told(gpointer data)
    {
        auto *self = static_cast<GateWitness *>(data);

        g_assert(self->gate_ != nullptr); // no event after free
        return self;
    }
    static void
    call(const std::function<void()> &what)
    {
        if (what)
            what();
    }

    DimGateEvents events_{};
    DimGate *gate_ = nullptr;
    double start_ = 0;
};

} // namespace support
