// SPDX-License-Identifier: GPL-2.0-or-later
// What a reader sees of each content, and that nothing is lost or harmful.
#include "message/render.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"
#include "tests/support/names.hh"
#include "tests/support/translation.hh"

namespace {

std::string
shown(const std::string &text)
{
    OWNED(DimContent) content(dim_content_parse(text.c_str(), -1, nullptr));

    if (content == nullptr)
        return "(no content)";
    support::Text line(dim_render(content.get()));
    return line.get();
}

#define BOB   "bob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2"
#define ALICE "0x5575CD418f113E5C2FE51870501aA404b6572Ceb"

// What a reader sees of each content of the vectors, by its name there.
const std::map<std::string, std::string> golden = {
    { "text", "hello" },
    { "handshake start", "[Command: handshake] Hello world!" },
    { "handshake restart", "[Command: handshake] Hello world!" },
    { "handshake again", "[Command: handshake] DIM?" },
    { "handshake success", "[Command: handshake] DIM!" },
    { "login", "[Command: login] " ALICE },
    { "report online", "[Command: report] online" },
    { "report offline", "[Command: report] offline" },
    { "meta query", "[Command: meta] " ALICE },
    { "meta response", "[Command: meta] " ALICE },
    { "documents query", "[Command: document] " ALICE },
    { "documents response", "[Command: document] " ALICE },
    { "receipt", "[Command: receipt] Message received." },
    { "group invite", "[Group command: invite]" },
    { "group expel", "[Group command: expel]" },
    { "group join", "[Group command: join]" },
    { "group quit", "[Group command: quit]" },
    { "group reset", "[Group command: reset]" },
    { "group query(customized?)", "[Group command: query]" },
    { "group query old", "[Group command: query]" },
    { "group hire", "[Group command: hire]" },
    { "group fire", "[Group command: fire]" },
    { "group resign", "[Group command: resign]" },
    { "ans query", "[Command: ans]" },
    { "ans response", "[Command: ans]" },
    { "mute", "[Command: mute]" },
    { "block", "[Command: block]" },
    { "search", "[Command: search]" },
    { "customized", "[Customized] chat.dim.group/history/query" },
    { "file", "[File] a.txt (3 bytes)" },
    { "image", "[Image] a.jpg (3 bytes)" },
    { "audio", "[Audio] a.mp4 (3 bytes)" },
    { "video", "[Video] v.mp4 (3 bytes)" },
    { "image by url", "[Image] a.jpg http://127.0.0.1/a.jpg (encrypted)" },
    { "page", "[Page] D http://127.0.0.1/" },
    { "name card", "[Contact] Bob " BOB },
    { "quote", "[Quote] " ALICE "\nre" },
    { "money", "[Money] 1.5 CNY" },
    { "transfer", "[Transfer] 1.5 CNY" },
    { "array", "a\nb" },
    { "forward secret", "[Forwarded] (1 message)" },
    { "forward secrets", "[Forwarded] (1 message)" },
    { "combine", "[Chat history] chat (1 message, not verified)\n> " ALICE ": hello bob" },
};

TEST(Render, ShowsEveryContentOfTheVectors)
{
    OWNED(JsonParser) parser(json_parser_new());

    ASSERT_TRUE(json_parser_load_from_file(parser.get(), DIM_VECTORS_DIR "/ref_contents.json",
                                           nullptr));
    JsonArray *all = json_node_get_array(json_parser_get_root(parser.get()));
    EXPECT_EQ(golden.size(), json_array_get_length(all));
    for (guint i = 0; i < json_array_get_length(all); i++) {
        JsonObject *one = json_array_get_object_element(all, i);
        std::string name = json_object_get_string_member(one, "name");
        support::Text text(dim_json_write(json_object_get_object_member(one, "on_wire")));

        ASSERT_EQ(1u, golden.count(name)) << name;
        EXPECT_EQ(golden.at(name), shown(text.get())) << name;
    }
}

TEST(Render, TellsSumsOfEveryKindAndWhatIsSaidWithThem)
{
    const std::string sum = R"(,"sn":1,"currency":"CNY","amount":8.88)";

    EXPECT_EQ("[Money] 8.88 CNY thanks", shown("{\"type\":64,\"text\":\"thanks\"" + sum + "}"));
    EXPECT_EQ("[Lucky money] 8.88 CNY", shown("{\"type\":66" + sum + "}"));
    EXPECT_EQ("[Payment claim] 8.88 CNY from bob",
              shown("{\"type\":\"72\",\"remitter\":\"bob\"" + sum + "}"));
    EXPECT_EQ("[Split bill] 8.88 CNY", shown("{\"type\":73" + sum + "}"));
    EXPECT_EQ("[Split bill]", shown(R"({"type":73,"sn":1,"amount":{}})"));
}

TEST(Render, NamesWhatItDoesNotKnow)
{
    EXPECT_EQ("[Unsupported message: type 77]", shown("{\"type\":77,\"sn\":1}"));
    EXPECT_EQ("[Unsupported message: type sticker]", shown("{\"type\":\"sticker\",\"sn\":1}"));
    EXPECT_EQ("[Unsupported message: type 77] hi",
              shown("{\"type\":77,\"sn\":1,\"text\":\"hi\"}"));
    EXPECT_EQ("[Empty message]", shown("{\"type\":1,\"sn\":1}"));
    EXPECT_EQ("[Empty message]", shown("{\"type\":1,\"sn\":1,\"text\":\"\\u202e\\u0007\"}"));
    EXPECT_EQ("[Message recalled]",
              shown("{\"type\":1,\"sn\":1,\"action\":\"recall\",\"text\":\"x\"}"));
    EXPECT_EQ("[Array] (empty)", shown("{\"type\":202,\"sn\":1,\"contents\":[]}"));
    EXPECT_EQ("[Chat history] (0 messages, not verified)",
              shown("{\"type\":207,\"sn\":1,\"title\":{\"a\":1}}"));
    EXPECT_EQ("[Command: without a name]", shown("{\"type\":136,\"sn\":1}"));
    EXPECT_EQ("[Money] 100 USDT", shown("{\"type\":\"USDT\",\"sn\":1,\"amount\":100}"));
    EXPECT_EQ("[Application] chat.dim.sechat",
              shown("{\"type\":160,\"sn\":1,\"app\":\"chat.dim.sechat\"}"));
}

TEST(Render, LeavesOutWhatTurnsOrHidesText)
{
    EXPECT_EQ("a\tb\nc", shown("{\"type\":1,\"sn\":1,\"text\":\"a\\tb\\n\\u0001c\\u2066\"}"));
    EXPECT_EQ("[File] gpj.exe",
              shown("{\"type\":16,\"sn\":1,\"filename\":\"\\u202egpj\\u202c.exe\"}"));
    EXPECT_EQ("[File] a b", shown("{\"type\":16,\"sn\":1,\"filename\":\"a\\nb\"}"));
    EXPECT_EQ("👩\u200d👩\u200d👧 <b>&",
              shown("{\"type\":1,\"sn\":1,\"text\":\"👩\u200d👩\u200d👧 <b>&\"}"));
}

// Who writes from right to left orders what stands beside a number with them; in a name they only mislead.
TEST(Render, MarksThatNobodySeesStayInRunningTextAlone)
{
    const std::string marks[] = { "\u200e",     "\u200f",     "\u061c",    "\u200b",
                                  "\u2060",     "\u00ad",     "\u034f",    "\u115f",
                                  "\u3164",     "\uffa0",     "\u180b",    "\U000e0041",
                                  "\U000e0100", "\U00016fe4", "\U0001d159" };

    for (const std::string &mark : marks) {
        const std::string text = "a" + mark + "b";

        EXPECT_EQ(text, shown(R"({"type":1,"sn":1,"text":")" + text + "\"}"));
        EXPECT_EQ("[File] ab.txt",
                  shown(R"({"type":16,"sn":1,"filename":")" + text + ".txt\"}"));
        EXPECT_EQ("[Contact] ab", shown(R"({"type":51,"sn":1,"name":")" + text + "\"}"));
        EXPECT_EQ(
            "[Quote]: “ab”\nyes",
            shown(R"({"type":55,"sn":1,"text":"yes","origin":{"text":")" + text + "\"}}"));
    }
}

TEST(Render, ANameInALineIsWhatIsSeenOfIt)
{
    const auto contact = [](const std::string &name) {
        return shown(R"({"type":51,"sn":1,"name":")" + name + "\"}");
    };

    for (const std::string &name : support::honest_names)
        EXPECT_EQ("[Contact] " + name, contact(name));
    for (const std::string &mark : support::unseen) {
        EXPECT_EQ("[Contact] Ann", contact("Ann" + mark)) << mark;
        EXPECT_EQ("[Contact] Ann", contact(mark + "A" + mark + "nn")) << mark;
    }
    for (const auto &[hostile, seen] : support::lookalikes)
        EXPECT_EQ("[Contact] " + seen, contact(hostile));
}

TEST(Render, BlanksOfAnyWidthAreOneInALineOfOurs)
{
    for (const std::string blank : { " ", "\u00a0", "\u2003", "\u3000", " \u00a0  " }) {
        EXPECT_EQ("[Contact] a b", shown(R"({"type":51,"sn":1,"name":")" + blank + "a" + blank
                                         + "b" + blank + "\"}"));
        EXPECT_EQ("a" + blank + "b", shown(R"({"type":1,"sn":1,"text":"a)" + blank + "b\"}"));
    }
    EXPECT_EQ("[Contact]", shown(R"({"type":51,"sn":1,"name":"\u00a0\u200b"})"));
    EXPECT_EQ("[Contact] " + std::string(298, 'x') + " y",
              shown(R"({"type":51,"sn":1,"name":")" + std::string(298, 'x') + " y\"}"));
    EXPECT_EQ("[Contact] " + std::string(299, 'x') + "…",
              shown(R"({"type":51,"sn":1,"name":")" + std::string(299, 'x') + " y\"}"));
}

TEST(Render, StopsInDeepNesting)
{
    std::string text = "{\"type\":1,\"sn\":1,\"text\":\"deep\"}";

    for (int i = 0; i < 20; i++)
        text = "{\"type\":202,\"sn\":1,\"contents\":[" + text + "]}";
    EXPECT_EQ("[…]", shown(text));
    EXPECT_EQ("[…]\n[…]", shown("{\"type\":202,\"sn\":1,\"contents\":[1,null]}"));
}

TEST(Render, ShowsOfAFileNoPathAndNoLinkButOfTheWeb)
{
    const std::pair<const char *, const char *> names[] = {
        { "../../.bashrc", "[File] bashrc" },
        { "/etc/passwd", "[File] passwd" },
        { "C:\\\\dir\\\\a.exe", "[File] a.exe" },
        { "..", "[File]" },
        { "dir/", "[File]" },
        { ". .x", "[File] x" },
    };
    const std::pair<const char *, const char *> links[] = {
        { "http://a.example/x", "[File] http://a.example/x" },
        { "HTTPS://a.example/x", "[File] HTTPS://a.example/x" },
        { "file:///etc/passwd", "[File]" },
        { "javascript:alert(1)", "[File]" },
        { "https://a.example/x y", "[File]" },
        { "data:text/plain,x", "[File]" },
    };

    for (const auto &[name, line] : names)
        EXPECT_EQ(line,
                  shown(std::string(R"({"type":16,"sn":1,"filename":")") + name + R"("})"));
    for (const auto &[url, line] : links)
        EXPECT_EQ(line, shown(std::string(R"({"type":16,"sn":1,"URL":")") + url + R"("})"));
}

TEST(Render, CutsLongFieldsAndLongLists)
{
    const std::string long_name(1000, 'n');
    std::string many, told;

    EXPECT_EQ("[File] " + long_name.substr(0, 300) + "…",
              shown(R"({"type":16,"sn":1,"filename":")" + long_name + R"("})"));
    for (int i = 0; i < 103; i++) {
        many += std::string(i ? "," : "") + R"({"type":1,"sn":1,"text":"x"})";
        told += std::string(i ? "," : "") + R"({"sender":"a"})";
    }
    std::string line = shown(R"({"type":202,"sn":1,"contents":[)" + many + "]}");
    EXPECT_EQ(100, std::count(line.begin(), line.end(), '\n'));
    EXPECT_NE(line.find("\n[3 more]"), std::string::npos);
    line = shown(R"({"type":207,"sn":1,"messages":[)" + told + "]}");
    EXPECT_EQ(0u, line.find("[Chat history] (103 messages, not verified)\n> a: […]"));
    EXPECT_EQ("\n[3 more]", line.substr(line.size() - 9));
}

TEST(Render, AToldLineStaysAQuotation)
{
    EXPECT_EQ("[Chat history] (1 message, not verified)\n> a: hi\n> bob: pay me",
              shown(R"({"type":207,"sn":1,"messages":[{"sender":"a","content":)"
                    R"({"type":1,"text":"hi\nbob: pay me"}}]})"));
}

// Whoever tells a history pays nothing for line breaks, and a window that has to show half a million of them stands still.
TEST(Render, CutsALongHistoryAndSaysSo)
{
    const std::string start = "[Chat history] (3 messages, not verified)\n> a: hi\n> b: ";
    const auto told = [](const std::string &text) {
        return shown(
            R"({"type":207,"sn":1,"messages":[{"sender":"a","content":{"type":1,"text":"hi"}},)"
            R"({"sender":"b","content":{"type":1,"text":")"
            + text + R"("}},{"sender":"c","content":{"type":1,"text":"bye"}}]})");
    };
    const auto breaks = [](size_t count) {
        std::string text;

        for (size_t i = 0; i < count; i++)
            text += "\\n";
        return text;
    };
    const std::string whole = told(breaks(997));
    const std::string lines = told(breaks(999));
    std::string bytes, text;

    EXPECT_EQ(1000, std::count(whole.begin(), whole.end(), '\n'));
    EXPECT_EQ("\n> c: bye", whole.substr(whole.size() - 9));
    EXPECT_EQ(0u, lines.find(start));
    EXPECT_EQ("\n> \n> […]\n[1 more]", lines.substr(lines.size() - 20))
        << "cut, and it says so";
    for (size_t i = 0; i < 40000; i++)
        text += "ä";
    bytes = told("x" + text);
    EXPECT_EQ(start + "x" + text.substr(0, bytes.size() - start.size() - 1 - 17)
                  + "\n> […]\n[1 more]",
              bytes);
    EXPECT_GT(bytes.size(), 65000u);
    EXPECT_LT(bytes.size(), 66000u);
    EXPECT_TRUE(g_utf8_validate(bytes.c_str(), -1, nullptr));
    bytes = shown(R"({"type":207,"sn":1,"messages":[{"sender":")" + std::string(70000, 's')
                  + R"(","content":{"type":1,"text":"x"}}]})");
    EXPECT_LT(bytes.size(), 66000u) << "a name counts like all else";
    EXPECT_EQ("s\n> […]", bytes.substr(bytes.size() - 9));
}

TEST(Render, ShowsFilesWithTheirSize)
{
    EXPECT_EQ("[Image] n.png (12.3 kB) https://x/y",
              shown("{\"type\":18,\"sn\":1,\"filename\":\"n.png\",\"length\":12345,\"URL\":"
                    "\"https://x/y\"}"));
    EXPECT_EQ("[File]",
              shown("{\"type\":16,\"sn\":1,\"data\":\"%%%\",\"URL\":\"data:text/plain,x\"}"));
}

TEST(Render, TellsThatALinkLeadsToWhatIsEncrypted)
{
    const auto of = [](const char *members) {
        return shown(std::string(R"({"type":16,"sn":1,"filename":"a",)") + members + "}");
    };

    EXPECT_EQ("[File] a http://x/y (encrypted) spoken",
              of(R"("URL":"http://x/y","text":"spoken","password":{"algorithm":"AES",)"
                 R"("data":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})"));
    EXPECT_EQ("[File] a http://x/y", of(R"("URL":"http://x/y","key":{"algorithm":"PLAIN"})"));
    EXPECT_EQ("[File] a http://x/y (encrypted)",
              of(R"("URL":"http://x/y","key":{"algorithm":"NEW"})"))
        << "with a cipher that we do not know";
    EXPECT_EQ("[File] a", of(R"("key":{"algorithm":"NEW"})")) << "no link, no word about it";
}

TEST(Render, TellsOfAFileWithADefectWhatIsWhole)
{
    EXPECT_EQ("[File] a (7 bytes) http://x/y",
              shown(R"({"type":16,"sn":1,"filename":"a","length":7,"data":"%%%",)"
                    R"("URL":"http://x/y"})"));
    EXPECT_EQ("[File] b (1 bytes)", shown(R"({"type":16,"sn":1,"data":"data:;filename=b,x"})"));
}

TEST(Render, TellsLabelsAndNumbersInTheLanguageOfTheReader)
{
    support::Translation language(
        "msgid \"[Image]\"\nmsgstr \"[Bild]\"\n\n"
        "msgid \" (%s kB)\"\nmsgstr \" (%s Kilo)\"\n\n"
        "msgid \"[Command: %s]\"\nmsgstr \"[Befehl: %s]\"\n\n"
        "msgid \"%s from %s to %s\"\nmsgstr \"%2$s gibt %3$s: %1$s\"\n\n"
        "msgid \"[Forwarded]\"\nmsgstr \"[Weiter]\"\n\n"
        "msgid \" (%u message)\"\nmsgid_plural \" (%u messages)\"\n"
        "msgstr[0] \" (%u Stück)\"\nmsgstr[1] \" (%u Stücke)\"\n");

    ASSERT_TRUE(language.works);
    EXPECT_EQ(shown(R"({"type":18,"sn":1,"filename":"a.jpg","length":1500})"),
              "[Bild] a.jpg (1.5 Kilo)");
    EXPECT_EQ(shown(R"({"type":136,"sn":1,"command":"dance"})"), "[Befehl: dance]");
    EXPECT_EQ(shown(R"({"type":65,"sn":1,"amount":2,"currency":"BTC",)"
                    R"("remitter":"alice","remittee":"bob"})"),
              "alice gibt bob: [Transfer] 2 BTC");
    EXPECT_EQ(shown(R"({"type":255,"sn":1,"secrets":[{}]})"), "[Weiter] (1 Stück)");
    EXPECT_EQ(shown(R"({"type":255,"sn":1,"secrets":[{},{}]})"), "[Weiter] (2 Stücke)");
    EXPECT_EQ(shown(R"({"type":1,"sn":1,"text":"[Image]"})"), "[Image]")
        << "what was said stays";
}

} // namespace
