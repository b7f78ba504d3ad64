// SPDX-License-Identifier: GPL-2.0-or-later
// Reading: a stream of bytes in pieces of any size, and the text of a message down to its content.
#include <algorithm>

#include "base/clock.h"
#include "transport/framing.h"

#include "tests/bench/floors.h"
#include "tests/bench/talk.hh"

namespace bench {
namespace {

constexpr unsigned BURST = 200;
constexpr size_t KIBI = 1024;
constexpr size_t CHUNK = 64 * KIBI;
constexpr size_t SEGMENT = 1400;
constexpr size_t LONG = 40 * KIBI; // twice as much is not yet taken from the system by itself
constexpr size_t STREAM = 128 * KIBI;
constexpr size_t LETTERS = 240; // make a message of about 1 kB

struct FreeFramer {
    void
    operator()(DimFramer *framer) const
    {
        dim_framer_free(framer);
    }
};
using Framer = std::unique_ptr<DimFramer, FreeFramer>;
using Look = std::function<void(const char *data, gsize size)>;

Framer
new_framer(DimTransport transport, bool caller)
{
    DimFramerOptions options = {};

    options.caller = caller;
    options.clock = dim_clock_system();
    options.host = "station.example";
    options.port = 9394;
    options.max_body = DIM_FRAME_MAX_BODY;
    return Framer(caller ? dim_framer_new(transport, &options) : dim_framer_new_any(&options));
}

// What a caller writes on a line of this framing, from its first byte on.
class Stream {
  public:
    explicit Stream(DimTransport transport) : writer_(new_framer(transport, true))
    {
        keep(dim_framer_talk(writer_.get()));
    }
    // The same body again and again, until all are so many bytes.
    void
    fill(const std::string &body, size_t size)
    {
        for (size_t done = 0; done < size; done += body.size())
            add(body);
    }
    void
    add(const std::string &body)
    {
        keep(dim_framer_write(writer_.get(), DIM_PACKET_MESSAGE, ++count_, body.data(),
                              body.size()));
    }
    // As the other end reads it, when the system gives it so many bytes at a time.
    void
    feed(size_t piece, const Look &look) const
    {
        Framer reader = new_framer(DIM_TRANSPORT_MTP, false);
        unsigned found = 0;

        for (size_t at = 0; at < bytes_.size(); at += piece) {
            DimPacket packet;

            dim_framer_feed(reader.get(), bytes_.data() + at,
                            std::min(piece, bytes_.size() - at));
            while (dim_framer_next(reader.get(), &packet, nullptr)) {
                gsize size = 0;
                const void *data = g_bytes_get_data(packet.body, &size);

                found++;
                if (look != nullptr)
                    look(static_cast<const char *>(data), size);
                dim_packet_clear(&packet);
            }
        }
        must(found == count_, "a packet was lost");
    }

  private:
    void
    keep(GBytes *bytes)
    {
        gsize size = 0;

        if (bytes == nullptr)
            return;
        const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        bytes_.append(data, size);
        g_bytes_unref(bytes);
    }

    Framer writer_;
    std::string bytes_;
    unsigned count_ = 0;
};

Work
feeding(const Stream &stream, size_t piece, const Look &look = nullptr)
{
    return { [&stream, piece, look] { stream.feed(piece, look); }, 1 };
}

void
parse(const char *data, gsize size)
{
    support::Error error;
    OWNED(DimMessage) message(dim_message_parse(data, static_cast<gssize>(size), &error));

    must(message != nullptr, error.message());
}

std::string
sealed(size_t letters)
{
    return Talk(DIM_KEY_ECC, letters).pack().get();
}

// Bytes that come one by one, beside the same in large pieces.
void
measure_pieces(std::vector<Figure> &figures,
               const std::string &name,
               DimTransport transport,
               const std::string &text)
{
    Stream stream(transport);

    stream.fill(text, STREAM);
    figures.push_back(
        cost("read and parse 128 KiB by " + name + ", byte by byte", "in 64 KiB pieces",
             alternate(feeding(stream, 1, parse), feeding(stream, CHUNK, parse)), 8));
    figures.push_back(cost("the same, read only", "in 64 KiB pieces",
                           alternate(feeding(stream, 1), feeding(stream, CHUNK)), 0));
}

// What is twice as long takes twice the time, however it comes: the worst of four ways.
Figure
doubling(const std::string &name, DimTransport transport)
{
    struct Way {
        const char *name;
        bool whole; // one message, not many
        size_t piece, size;
    };
    const Way ways[] = {
        { "many messages, byte by byte", false, 1, STREAM },
        { "many messages, 64 KiB a piece", false, CHUNK, 4 * STREAM },
        { "one message, byte by byte", true, 1, LONG },
        { "one message, 1,400 bytes a piece", true, SEGMENT, LONG },
    };
    Figure worst;

    for (const Way &way : ways) {
        auto text = [&](size_t size) { return sealed(way.whole ? size / 4 * 3 : LETTERS); };
        Stream once(transport), twice(transport);

        once.fill(text(way.size), way.size);
        twice.fill(text(2 * way.size), 2 * way.size);
        Figure figure = cost(
            "twice as much by " + name + " (" + way.name + ")", "once",
            alternate(feeding(twice, way.piece, parse), feeding(once, way.piece, parse)), 2.3);
        if (figure.ratio > worst.ratio)
            worst = figure;
    }
    return worst;
}

// From the bytes of a packet to a content whose sender is proved. No library does less than the floor: one look at the
// signature, and a tree of either text, which is nothing yet.
void
measure_reading(std::vector<Figure> &figures,
                DimKeyKind kind,
                const char *name,
                void (*verify)())
{
    Talk talk(kind, LETTERS);
    std::string text = talk.pack().get();
    std::string content = talk.read(text);
    Work ours{ [&] {
                  for (unsigned i = 0; i < BURST; i++)
                      talk.look(text);
              },
               BURST };
    Work floor{ [&] {
                   for (unsigned i = 0; i < BURST; i++) {
                       verify();
                       floor_json_parse(text.data(), text.size());
                       floor_json_parse(content.data(), content.size());
                   }
               },
                BURST };
    Work gate{ [&] {
                  for (unsigned i = 0; i < BURST; i++)
                      parse(text.data(), text.size());
              },
               BURST };
    Work tree{ [&] {
                  for (unsigned i = 0; i < BURST; i++)
                      floor_json_parse(text.data(), text.size());
              },
               BURST };
    std::string size = std::to_string(text.size()) + " bytes, ";

    figures.push_back(rate("a message from its text to its content, " + size + name,
                           "signature and `json_parser_load_from_data`, twice",
                           alternate(ours, floor), 0.9));
    figures.push_back(rate("a message from its text to its envelope, " + size + name,
                           "`json_parser_load_from_data`", alternate(gate, tree), 0.5));
}

} // namespace

void
measure_stream(std::vector<Figure> &figures, std::vector<std::string> &notes)
{
    floor_init();
    measure_reading(figures, DIM_KEY_RSA, "RSA-1024", floor_rsa_verify);
    measure_reading(figures, DIM_KEY_ECC, "secp256k1", floor_ecc_verify);
    floor_clear();
    std::string text = sealed(LETTERS);
    measure_pieces(figures, "MTP", DIM_TRANSPORT_MTP, text);
    measure_pieces(figures, "WebSocket", DIM_TRANSPORT_WEBSOCKET, text);
    figures.push_back(doubling("MTP", DIM_TRANSPORT_MTP));
    figures.push_back(doubling("WebSocket", DIM_TRANSPORT_WEBSOCKET));
    notes.push_back(
        "No program comes from a message's text to its content with less than one look at the "
        "signature and a tree of either text: that is the floor, in bare calls of libgcrypt or "
        "libsecp256k1 and of json-glib, which on its own checks nothing that the gate checks. "
        "\"Read only\" divides a call for each byte by a copy of 64 KiB, which no reader turns "
        "into an eighth; a line is read to be parsed, and that is what the target is held "
        "against. A stream is doubled in four ways, and the worst is shown.");
}

} // namespace bench
