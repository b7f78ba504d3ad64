// SPDX-License-Identifier: GPL-2.0-or-later
// Members of a message changed with a purpose: readdressed, dated back, locked with another key; against verdicts.txt.
#include "tamper_fields.hh"

namespace {
using TamperChangesTest = TamperFieldTest;

TEST_F(TamperChangesTest, PeopleAndPlaces)
{
    const std::string my_id = dim_id_text(me.id()), other = dim_id_text(stranger.id()),
                      house = dim_id_text(station.id());
    const std::pair<const char *, std::string> people[] = {
        { "somebody", other },
        { "me", my_id },
        { "station", house },
        { "anyone", "anyone@anywhere" },
        { "everyone", "everyone@everywhere" },
        { "carrier", dim_id_text(carrier.id.get()) },
    };

    for (const char *member : { "sender", "receiver", "group" }) {
        for (const auto &[name, id] : people) {
            const std::string value = id;

            try_change(member, name, "",
                       [&](JsonObject *object) { set(object, member, value); });
        }
    }
    try_change("visa.did", "somebody", "visa",
               [&](JsonObject *visa) { set(visa, "did", other); });
    try_change("visa.ID", "somebody", "visa",
               [&](JsonObject *visa) { set(visa, "ID", other); });
    // another's, whole
    try_change("meta", "somebody", "", [&](JsonObject *object) {
        json_object_set_object_member(object, "meta",
                                      dim_meta_to_json(dim_user_meta(stranger.user)));
    });
    try_change("visa", "somebody", "", [&](JsonObject *object) {
        json_object_set_object_member(object, "visa",
                                      dim_document_to_json(dim_user_visa(stranger.user)));
    });
    try_change("meta.key", "somebody", "meta", [&](JsonObject *meta) {
        json_object_set_object_member(
            meta, "key",
            dim_public_key_to_json(dim_private_key_public(dim_user_signer(stranger.user))));
    });
    try_change("visa.data", "renamed", "visa", [](JsonObject *visa) {
        std::string data = dim_json_text(visa, "data");

        set(visa, "data", data.replace(data.find("Wanda"), 5, "Wotan"));
    });
}

TEST_F(TamperChangesTest, TimeAndType)
{
    const std::pair<const char *, double> times[] = { { "past", 1.5 },
                                                      { "future", 4e9 },
                                                      { "negative", -5 } };

    for (const char *member : { "time", "SDT" }) {
        for (const auto &[name, time] : times) {
            const double value = time;

            try_change(member, name, "", [&](JsonObject *object) {
                json_object_set_double_member(object, member, value);
            });
        }
    }
    // 1 is what it was for a text, 18 for a picture
    for (int type : { 1, 18 }) {
        for (int told : { 1, 18, 16, 136, 255, 9 }) {
            const std::string name = (told == type ? "same" : std::to_string(told));

            try_change(
                "type", name, "",
                [&](JsonObject *object) { json_object_set_int_member(object, "type", told); },
                type);
            try_change(
                "type", name, "",
                [&](JsonObject *object) { set(object, "type", std::to_string(told)); }, type);
        }
    }
    try_change("type", "same", "", [](JsonObject *object) { set(object, "type", "text"); });
    try_change("type", "file-word", "",
               [](JsonObject *object) { set(object, "type", "file"); });
    try_change("sn", "another", "",
               [](JsonObject *object) { json_object_set_int_member(object, "sn", 99); });
}

// The first block as the writer wrote it, turned into another by the IV alone (threat T4).
void
turn_first_block(JsonObject *object, const std::string &from, const std::string &to)
{
    std::vector<guint8> iv = bytes(object, "IV");

    for (size_t i = 0; i < from.size(); i++)
        iv[i] = static_cast<guint8>(iv[i] ^ from[i] ^ to[i]);
    set_bytes(object, "IV", iv);
}

TEST_F(TamperChangesTest, InitialVector)
{
    try_change("IV", "zeros", "",
               [](JsonObject *object) { set_bytes(object, "IV", std::vector<guint8>(16)); });
    for (size_t size : { 0, 1, 15, 17, 32 }) {
        try_change("IV", "size", "", [&](JsonObject *object) {
            set_bytes(object, "IV", std::vector<guint8>(size, 7));
        });
    }
    for (size_t bit = 0; bit < 16 * 8; bit++) {
        try_change("IV", "bits", "", [&](JsonObject *object) {
            std::vector<guint8> iv = bytes(object, "IV");

            iv[bit / 8] = static_cast<guint8>(iv[bit / 8] ^ 1 << bit % 8);
            set_bytes(object, "IV", iv);
        });
    }
    // {"type":1,"sn":… is known to everybody
    try_change("IV", "type", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1", "{\"type\":9");
    });
    try_change("IV", "no-type", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1", "{\"tipe\":1");
    });
    try_change("IV", "type-and-envelope", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1", "{\"type\":9");
        json_object_set_int_member(object, "type", 9);
    });
    try_change("IV", "type-without-envelope", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1", "{\"type\":9");
        json_object_remove_member(object, "type");
    });
    try_change("IV", "no-serial", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1,\"sn\"", "{\"type\":1,\"su\"");
    });
    try_change("IV", "serial", "", [&](JsonObject *object) {
        const std::string now = std::to_string(last_serial);

        turn_first_block(object, "{\"type\":1,\"sn\":" + now.substr(0, 1),
                         std::string("{\"type\":1,\"sn\":") + (now[0] == '1' ? "2" : "1"));
    });
    try_change("IV", "double", "", [](JsonObject *object) {
        turn_first_block(object, "{\"type\":1,\"sn\"", "{\"type\":1}      ");
    });
}

TEST_F(TamperChangesTest, Keys)
{
    const std::string own = "{\"algorithm\":\"AES\",\"data\":"
                            "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}";
    const std::pair<const char *, std::vector<guint8>> keys[] = {
        { "thief", wrap(own) },
        { "plain", wrap("{\"algorithm\":\"PLAIN\"}") },
        { "junk", wrap("no JSON") },
        { "garbage", std::vector<guint8>(128, 0x17) },
        { "long", std::vector<guint8>(4096, 0x17) },
    };

    for (const auto &[name, data] : keys) {
        const std::vector<guint8> value = data;
        const auto put_keys = [&](JsonObject *object) {
            JsonObject *made = json_object_new();

            for (const std::string &mine : { std::string(dim_id_text(me.id())),
                                             dim_id_text(me.id()) + std::string("/*") })
                set_bytes(made, mine.c_str(), value);
            json_object_set_object_member(object, "keys", made);
        };

        // one of the two is enough to open it
        try_change("key", name, "",
                   [&](JsonObject *object) { set_bytes(object, "key", value); });
        try_change("keys", name, "", put_keys);
        try_change("key-and-keys", name, "", [&](JsonObject *object) {
            put_keys(object);
            set_bytes(object, "key", value);
        });
    }
    try_change("key-and-keys", "drop", "", [](JsonObject *object) {
        json_object_remove_member(object, "key");
        json_object_remove_member(object, "keys");
    });
    try_change("K", "thief", "",
               [&](JsonObject *object) { set_bytes(object, "K", keys[0].second); });
}

TEST_F(TamperChangesTest, DataAndSignature)
{
    for (const char *member : { "data", "signature" }) {
        try_change(member, "blank", "", [&](JsonObject *object) {
            std::string text = dim_json_text(object, member);

            set(object, member, text.substr(0, 8) + "\r\n " + text.substr(8));
        });
        try_change(member, "hex", "", [&](JsonObject *object) {
            const std::vector<guint8> data = bytes(object, member);

            set(object, member,
                std::string("hex,")
                    + support::Text(dim_hex_encode(data.data(), data.size())).get());
        });
        try_change(member, "shorter", "", [&](JsonObject *object) {
            std::vector<guint8> data = bytes(object, member);

            data.resize(data.size() - 16);
            set_bytes(object, member, data);
        });
        try_change(member, "longer", "", [&](JsonObject *object) {
            std::vector<guint8> data = bytes(object, member);

            data.resize(data.size() + 16);
            set_bytes(object, member, data);
        });
        try_change(member, "zeros", "", [&](JsonObject *object) {
            set_bytes(object, member, std::vector<guint8>(bytes(object, member).size()));
        });
    }
    try_change("data", "blocks-swapped", "", [](JsonObject *object) {
        std::vector<guint8> data = bytes(object, "data");

        for (size_t i = 0; i < 16; i++)
            std::swap(data[16 + i], data[32 + i]);
        set_bytes(object, "data", data);
    });
    try_change("D", "another", "", [](JsonObject *object) { set(object, "D", "AAAA"); });
    try_change("V", "another", "", [](JsonObject *object) { set(object, "V", "AAAA"); });
    try_change("content", "added", "", [](JsonObject *object) {
        json_object_set_object_member(
            object, "content", tree("{\"type\":1,\"sn\":1,\"text\":\"forged\"}").release());
    });
    // signed by somebody else
    const Letter mine = letter(carrier, false);
    try_change("signature", "somebody", "", [&](JsonObject *object) {
        set(object, "signature", dim_json_text(tree(mine.wire).get(), "signature"));
    });
    try_change("data-and-signature", "somebody", "", [&](JsonObject *object) {
        set(object, "data", dim_json_text(tree(mine.wire).get(), "data"));
        set(object, "signature", dim_json_text(tree(mine.wire).get(), "signature"));
    });
}

} // namespace
