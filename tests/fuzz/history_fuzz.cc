// SPDX-License-Identifier: GPL-2.0-or-later
// Random records of a group's history: read, shown, written again; whatever comes, the members are the owner's and unlike.
#include "message/history.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/json.h"
#include "message/commands.h"
#include "message/render.h"

namespace {

const double kNow = 1700000000;

// Ten persons: the first owns the group, the second helps him, the last four are nobody.
const int kPeople = 10, kStrangers = 6;

std::string
id_of(int who)
{
    return "person" + std::to_string(who) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2";
}

struct Group {
    DimId *id = dim_id_parse("group@everywhere", nullptr);
    GPtrArray *people = g_ptr_array_new();
    GPtrArray *helpers = g_ptr_array_new();
    DimHistoryRules rules = {};

    Group()
    {
        for (int i = 0; i < kPeople; i++)
            g_ptr_array_add(people, dim_id_parse(id_of(i).c_str(), nullptr));
        g_ptr_array_add(helpers, people->pdata[1]);
        rules.group = id;
        rules.owner = person(0);
        rules.administrators = helpers;
        rules.bulletin_time = kNow - 5000;
        rules.now = kNow;
    }
    const DimId *
    person(int who) const
    {
        return static_cast<const DimId *>(people->pdata[who]);
    }
};

const Group &
group()
{
    static const Group one;

    return one;
}

std::vector<std::string>
members_of(DimHistory *history)
{
    GPtrArray *members = dim_history_members(history, &group().rules);
    std::vector<std::string> names;

    for (guint i = 0; i < members->len; i++) {
        auto *id = static_cast<DimId *>(members->pdata[i]);

        for (const std::string &name : names)
            g_assert(name != dim_id_text(id)); // nobody twice
        names.emplace_back(dim_id_text(id));
        g_assert(dim_history_has(history, &group().rules, id));
    }
    g_assert(names.empty() || names[0] == dim_id_text(group().person(0)));
    return names;
}

// A kept history is the same once read again.
void
check_kept(DimHistory *history)
{
    char *text = dim_history_to_text(history);
    DimHistory *again = dim_history_from_text(text, -1, nullptr);

    g_assert(again != nullptr);
    g_assert(members_of(again) == members_of(history));
    dim_history_unref(again);
    g_free(text);
}

// Of older records the last words are left: one was let in, and one went.
DimHistory *
folded()
{
    const std::string text = R"({"records":[{"command":"reset","type":137,"sn":1,"actor":")"
                             + id_of(0) + R"(","time":1699998000,"members":[")" + id_of(0)
                             + R"(",")" + id_of(1) + R"(",")" + id_of(2)
                             + R"("]}],"version":2,"folded":["+1699999000\n)" + id_of(3)
                             + R"(\na","-1699999000\n)" + id_of(2) + R"("]})";
    DimHistory *history = dim_history_from_text(text.c_str(), -1, nullptr);

    g_assert(history != nullptr);
    return history;
}

// Four bytes make a record: who, what, when, whom.
void
play(const uint8_t *data, size_t size)
{
    static const char *const commands[] = {
        "reset", "invite", "expel", "join", "quit", "resign"
    };
    DimHistory *history = size % 2 == 0 ? dim_history_new() : folded();

    for (size_t i = 0; i + 4 <= size && i < 120; i += 4) {
        const int actor = data[i] % kPeople;
        std::string people;

        for (int who = 0; who < 8; who++) {
            if ((data[i + 3] >> who & 1) != 0)
                people += (people.empty() ? "\"" : ",\"") + id_of(who) + "\"";
        }
        const std::string text =
            "{\"type\":137,\"sn\":" + std::to_string(i + 1) + ",\"command\":\""
            + commands[data[i + 1] % 6] + "\",\"group\":\"group@everywhere\",\"time\":"
            + std::to_string(kNow - 10.0 * data[i + 2]) + ",\"members\":[" + people + "]}";
        DimContent *record = dim_content_parse(text.c_str(), -1, nullptr);
        const std::vector<std::string> before = members_of(history);
        const bool is_member = dim_history_has(history, &group().rules, group().person(actor));
        const std::string tag = std::to_string(i);
        const DimHistoryVerdict verdict = dim_history_add(
            history, &group().rules, group().person(actor), record, tag.c_str());

        g_assert(verdict <= DIM_HISTORY_MALFORMED);
        if (actor >= kStrangers && !is_member)
            g_assert(members_of(history) == before); // a stranger changes nothing
        if (verdict != DIM_HISTORY_APPLIED)
            g_assert(members_of(history) == before);
        if (verdict != DIM_HISTORY_APPLIED && verdict != DIM_HISTORY_PENDING)
            g_assert(
                !dim_history_keeps(history, tag.c_str())); // what is nothing leaves nothing
        dim_content_unref(record);
    }
    check_kept(history);
    dim_history_unref(history);
}

void
read_kept(const uint8_t *data, size_t size)
{
    DimHistory *history = dim_history_from_text(reinterpret_cast<const char *>(data),
                                                static_cast<gssize>(size), nullptr);

    if (history == nullptr)
        return;
    members_of(history);
    check_kept(history);
    dim_history_unref(history);
}

// Any JSON, taken for a record.
void
read_record(const uint8_t *data, size_t size)
{
    JsonObject *object = dim_json_parse(reinterpret_cast<const char *>(data),
                                        static_cast<gssize>(size), nullptr);

    if (object == nullptr)
        return;
    JsonObject *history_json = dim_json_copy(object);
    json_object_set_int_member(history_json, "type", DIM_CONTENT_HISTORY);
    char *text = dim_json_write(history_json);
    DimContent *content = dim_content_parse(text, -1, nullptr);

    json_object_unref(object);
    json_object_unref(history_json);
    g_free(text);
    if (content == nullptr) // its group is no ID
        return;
    char *line = dim_render(content);
    DimHistory *history = dim_history_new();

    g_assert(dim_content_is_command(content));
    g_assert(line[0] != '\0' && g_utf8_validate(line, -1, nullptr));
    for (int actor = 0; actor < kPeople; actor += 3)
        dim_history_add(history, &group().rules, group().person(actor), content, nullptr);
    members_of(history);
    check_kept(history);
    dim_history_unref(history);
    dim_content_unref(content);
    g_free(line);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_kept(data, size);
    read_record(data, size);
    play(data, size);
    return 0;
}
