// SPDX-License-Identifier: GPL-2.0-or-later
// Vectors of what lies on the line: MTP packets, WebSocket frames, the answer that opens a WebSocket.
#include <cstring>

#include "base/codec.h"
#include "transport/frame.h"
#include "transport/upgrade.h"
#include "transport/ws_frame.h"

#include "tests/vectors/vectors.hh"

namespace vectors {
namespace {

std::string
bytes_of(GBytes *bytes)
{
    gsize size = 0;
    auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return std::string(data, size);
}

// The packet is read; what we write for it is read as the same, and is the same where the header is one that we write.
// Of a fragment alone nothing comes out: it must be taken in whole, and be kept.
void
run_mtp(JsonObject *one, Count &count)
{
    std::string name = text(one, "name");
    OWNED(GBytes) bytes(dim_hex_decode(text(one, "hex").c_str(), nullptr));
    std::string data = bytes != nullptr ? bytes_of(bytes.get()) : "";
    OWNED(DimFrameReader) reader(dim_frame_reader_new(DIM_FRAME_MAX_BODY));
    OWNED(DimFrameReader) second(dim_frame_reader_new(DIM_FRAME_MAX_BODY));
    support::Error error;
    DimPacket packet, again;

    dim_frame_reader_feed(reader.get(), data.data(), data.size());
    if (!dim_frame_reader_next(reader.get(), &packet, &error)) {
        count.check(name, error.get() == nullptr && dim_frame_reader_pending(reader.get()) == 0
                              && dim_frame_reader_pieces(reader.get(), nullptr) == 1);
        return;
    }
    OWNED(GBytes) written(dim_frame_write_packet(&packet));
    std::string ours = bytes_of(written.get());
    dim_frame_reader_feed(second.get(), ours.data(), ours.size());
    bool same = dim_frame_reader_next(second.get(), &again, nullptr);
    if (same) {
        same = again.type == packet.type && again.serial == packet.serial
               && bytes_of(again.body) == bytes_of(packet.body)
               && (ours == data || ours.size() != data.size());
        dim_packet_clear(&again);
    }
    count.check(name, same && dim_frame_reader_pending(reader.get()) == 0);
    if (json_object_has_member(one, "payload"))
        count.check(name + ": payload", bytes_of(packet.body) == text(one, "payload"));
    if (json_object_has_member(one, "sn"))
        count.check(name + ": sn",
                    g_ascii_strtoull(text(one, "sn").c_str(), nullptr, 16) == packet.serial);
    dim_packet_clear(&packet);
}

// The frame of a server: its first bytes are given, and its size; the rest of the body is like the last of them.
void
run_ws_frame(JsonObject *one, Count &count)
{
    std::string name = text(one, "name");
    OWNED(GBytes) bytes(dim_hex_decode(text(one, "head_hex").c_str(), nullptr));
    std::string frame = bytes != nullptr ? bytes_of(bytes.get()) : "";
    OWNED(DimWsReader) reader(dim_ws_reader_new(DIM_FRAME_MAX_BODY, FALSE));
    DimWsMessage message;

    if (frame.empty()) {
        count.check(name, false);
        return;
    }
    frame.resize(static_cast<gsize>(json_object_get_int_member(one, "total")), frame.back());
    dim_ws_reader_feed(reader.get(), frame.data(), frame.size());
    if (!dim_ws_reader_next(reader.get(), &message, nullptr)) {
        count.check(name, false);
        return;
    }
    std::string body = bytes_of(message.body);
    OWNED(GBytes) again(dim_ws_write(message.opcode, nullptr, body.data(), body.size()));
    count.check(name, bytes_of(again.get()) == frame && dim_ws_reader_held(reader.get()) == 0);
    dim_ws_message_clear(&message);
}

std::string
header_of(const std::string &head, const char *name)
{
    auto at = head.find(std::string("\r\n") + name + ": ");

    if (at == std::string::npos)
        return "";
    at += std::strlen(name) + 4;
    return head.substr(at, head.find("\r\n", at) - at);
}

void
run_upgrade(JsonObject *one, Count &count)
{
    std::string name = text(one, "name");
    std::string request = text(one, "request"), response = text(one, "response");
    std::string key = header_of(request, "Sec-WebSocket-Key");
    support::Text mine(dim_upgrade_response(key.c_str()));
    auto size_of = [](const std::string &head) {
        return dim_upgrade_head_size(reinterpret_cast<const guint8 *>(head.data()),
                                     head.size());
    };

    count.check(name + ": heads are whole",
                size_of(request) == request.size() && size_of(response) == response.size());
    count.check(name + ": accepted",
                dim_upgrade_check_response(reinterpret_cast<const guint8 *>(response.data()),
                                           response.size(), key.c_str(), nullptr));
    count.check(name + ": the same answer", header_of(mine.get(), "Sec-WebSocket-Accept")
                                                == header_of(response, "Sec-WebSocket-Accept"));
}

} // namespace

void
run_frames(const File &file, Count &count)
{
    for (JsonObject *one : cases(file.root)) {
        if (json_object_has_member(one, "head_hex"))
            run_ws_frame(one, count);
        else if (json_object_has_member(one, "request"))
            run_upgrade(one, count);
        else if (text(one, "name").compare(0, 4, "Mars") != 0)
            run_mtp(one, count);
        else
            count.left_out++;
    }
}

} // namespace vectors
