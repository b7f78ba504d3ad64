// SPDX-License-Identifier: GPL-2.0-or-later
// A file's place in each of its forms, and what is refused instead of guessed.
#include "message/pnf.h"

#include <string>

#include "base/json.h"
#include "message/content.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

using namespace support;

#define KEY_DATA "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY      R"({"algorithm":"AES","data":")" KEY_DATA R"("})"
#define IV       "AAECAwQFBgcICQoLDA0ODw=="

// What is made of the value of a member.
OWNED(DimPnf) parsed(const std::string &value, GError **error = nullptr)
{
    const std::string text = "{\"file\":" + value + "}";
    OWNED(JsonObject) object(dim_json_parse(text.c_str(), -1, nullptr));

    if (object == nullptr) {
        ADD_FAILURE() << "no JSON: " << text.substr(0, 200);
        return nullptr;
    }
    return OWNED(DimPnf)(dim_pnf_parse(json_object_get_member(object.get(), "file"), error));
}

OWNED(DimPnf) parsed_text(const std::string &text, GError **error = nullptr)
{
    OWNED(JsonNode) node(json_node_init_string(json_node_alloc(), text.c_str()));

    return OWNED(DimPnf)(dim_pnf_parse(node.get(), error));
}

// "name|url|data|locked", or why there is none.
std::string
told(const OWNED(DimPnf) & file)
{
    if (!file)
        return "none";
    const char *name = dim_pnf_filename(file.get());
    const char *url = dim_pnf_url(file.get());
    GBytes *data = dim_pnf_data(file.get());
    gsize size = 0;
    const char *bytes =
        data != nullptr ? static_cast<const char *>(g_bytes_get_data(data, &size)) : nullptr;

    return std::string(name ? name : "-") + "|" + (url ? url : "-") + "|"
           + (bytes ? std::string(bytes, size) : "-")
           + (dim_pnf_is_locked(file.get()) ? "|locked" : "");
}

testing::AssertionResult
is_refused(const std::string &value, int code = DIM_ERROR_MALFORMED)
{
    Error error;

    if (parsed(value, &error))
        return testing::AssertionFailure() << "was read: " << value.substr(0, 200);
    if (!error.is(DIM_ERROR, code))
        return testing::AssertionFailure() << value.substr(0, 200) << ": " << error.message();
    return testing::AssertionSuccess();
}

TEST(Pnf, ATextWithASchemeIsALink)
{
    EXPECT_EQ("-|https://a.example/b.png|-", told(parsed_text("https://a.example/b.png")));
    EXPECT_EQ("-|ftp://a.example/b|-", told(parsed_text("ftp://a.example/b")));
    EXPECT_EQ("-|data://a|-", told(parsed_text("data://a"))) << "first of all forms";
}

TEST(Pnf, TheMarkOfALinkStandsInTheFirstEightCharacters)
{
    EXPECT_EQ("-|abcde://x|-", told(parsed_text("abcde://x")));
    EXPECT_TRUE(is_refused(R"("abcdef://x")"));
    EXPECT_TRUE(is_refused(R"("://a.example")")) << "and has a scheme in front";
}

TEST(Pnf, ADataUriBringsItsBytesAndItsName)
{
    EXPECT_EQ("-|-|hello", told(parsed_text("data:text/plain;base64,aGVsbG8=")));
    EXPECT_EQ("-|-|plain; words, too", told(parsed_text("data:text/plain,plain; words, too")));
    EXPECT_EQ("a.txt|-|hello",
              told(parsed_text("data:text/plain;charset=utf8;FileName=a.txt;base64,aGVsbG8=")));
    EXPECT_EQ("a.txt|-|-", told(parsed_text("data:;filename=a.txt,"))) << "a name is enough";
    EXPECT_EQ("-|-|;filename=a.txt", told(parsed_text("data:,;filename=a.txt")))
        << "what stands in the body is no parameter";
    EXPECT_EQ("-|-|x", told(parsed_text("data:;filename=;myfilename=b,x")));
}

TEST(Pnf, BareBase64HasEightCharactersOrMore)
{
    EXPECT_EQ("-|-|hello", told(parsed_text("aGVsbG8=")));
    EXPECT_TRUE(is_refused(R"("AAAA")"));
    EXPECT_TRUE(is_refused(R"("aGVsbG8")")) << "padding is missing";
    EXPECT_TRUE(is_refused(R"("hello, world")"));
    EXPECT_TRUE(is_refused(R"("base64,aGVsbG8=")")) << "a form of members alone";
}

TEST(Pnf, AnObjectIsTheSameAsItsText)
{
    const std::string object =
        R"({"data":"aGVsbG8=","filename":"a.txt","URL":"http://a/b","key":)" KEY R"(,"IV":")" IV
        R"("})";

    EXPECT_EQ("a.txt|http://a/b|hello|locked", told(parsed(object)));
    EXPECT_EQ("a.txt|http://a/b|hello|locked", told(parsed_text(object)));
    EXPECT_EQ("a.txt|-|-", told(parsed(R"({"filename":"a.txt"})")));
    EXPECT_TRUE(is_refused(R"("{\"filename\":\"a\",\"filename\":\"b\"}")"))
        << "the gate of all JSON stands in front of it";
    EXPECT_TRUE(is_refused(R"("{\"filename\":\"a\"} b")"));
    EXPECT_TRUE(is_refused("\"" + std::string(9, '{') + "\""));
}

TEST(Pnf, DataOfAnObjectComesInEachFormOfData)
{
    for (const char *data :
         { R"("aGVsbG8=")", R"("base64,aGVsbG8=")", R"("hex,68656c6c6f")",
           R"("data:;base64,aGVsbG8=")", R"({"algorithm":"base64","data":"aGVsbG8="})" })
        EXPECT_EQ("-|-|hello", told(parsed(std::string(R"({"data":)") + data + "}")));
    EXPECT_EQ("b|-|x", told(parsed(R"({"data":"data:;filename=b,x"})")));
    EXPECT_EQ("a|-|x", told(parsed(R"({"filename":"a","data":"data:;filename=b,x"})")))
        << "its own name goes first";
    EXPECT_TRUE(is_refused(R"({"data":"%%%","URL":"http://a/b"})"));
    EXPECT_TRUE(is_refused(R"({"data":7})"));
    EXPECT_TRUE(is_refused(R"({"data":{"algorithm":"rot13","data":"x"}})"));
}

TEST(Pnf, TheKeyAnswersToItsOldNameAndThePlainOneLocksNothing)
{
    const std::string start = R"({"URL":"http://a/b",)";

    EXPECT_EQ("-|http://a/b|-|locked", told(parsed(start + R"("password":)" KEY "}")));
    EXPECT_EQ("-|http://a/b|-|locked",
              told(parsed(start + R"("key":null,"password":)" KEY "}")));
    EXPECT_EQ("-|http://a/b|-", told(parsed(start + R"("key":{"algorithm":"PLAIN"}})")));
    EXPECT_EQ("-|http://a/b|-",
              told(parsed(start + R"("key":{"algorithm":"PLAIN"},"password":)" KEY "}")))
        << "the new name goes first";
    EXPECT_TRUE(is_refused(start + R"("key":")" KEY_DATA R"("})"));
    EXPECT_TRUE(is_refused(start + R"("key":{"algorithm":"AES"}})"));
    EXPECT_TRUE(is_refused(start + R"("key":{"algorithm":"DES","data":"AAAA"}})",
                           DIM_ERROR_UNSUPPORTED));
}

TEST(Pnf, AnIvHasSixteenBytesOrIsNone)
{
    const std::string start = R"({"URL":"http://a/b",)";

    for (const char *name : { "IV", "iv" }) {
        const std::string member = start + "\"" + name + "\":";

        EXPECT_EQ("-|http://a/b|-", told(parsed(member + "\"" IV "\"}")));
        EXPECT_EQ("-|http://a/b|-", told(parsed(member + "\"\"}")));
        EXPECT_EQ("-|http://a/b|-", told(parsed(member + "null}")));
        EXPECT_TRUE(is_refused(member + "\"AAAA\"}"));
        EXPECT_TRUE(is_refused(member + "\"%\"}"));
        EXPECT_TRUE(is_refused(member + "16}"));
    }
}

TEST(Pnf, WhatTellsNoPlaceIsNone)
{
    for (const char *value :
         { "\"\"", "7", "true", "null", "[]", "[\"http://a/b\"]", "{}",
           R"({"filename":"","URL":"","data":""})", R"({"filename":7})", R"({"key":)" KEY "}",
           "\"data:\"", "\"data:,\"", R"("data:;base64,a")" })
        EXPECT_TRUE(is_refused(value));
}

TEST(Pnf, TheUrlOfAnObjectIsALink)
{
    for (const char *url : { "javascript:alert(1)", "data:text/plain,x", "a.example/b", "{}" })
        EXPECT_TRUE(is_refused(std::string(R"({"filename":"a","URL":")") + url + R"("})"));
}

TEST(Pnf, NothingLongerThanAMessageIsDecoded)
{
    const std::string most(DIM_CONTENT_MAX, 'A');
    const std::string more = most + "AAAA";

    EXPECT_EQ(DIM_CONTENT_MAX / 4 * 3, g_bytes_get_size(dim_pnf_data(parsed_text(most).get())));
    EXPECT_TRUE(is_refused("\"" + more + "\""));
    EXPECT_TRUE(is_refused("\"data:;base64," + most + "\""));
    EXPECT_TRUE(is_refused("\"https://a.example/" + most + "\""));
    EXPECT_TRUE(is_refused(R"("{\"filename\":\")" + most + R"(\"}")"));
    EXPECT_NE("none", told(parsed(R"({"data":")" + most + R"("})")));
    EXPECT_TRUE(is_refused(R"({"data":")" + more + R"("})"));
    EXPECT_TRUE(is_refused(R"({"data":{"algorithm":"base64","data":")" + more + R"("}})"));
}

} // namespace
