// SPDX-License-Identifier: GPL-2.0-or-later
// The host's HTML becomes what the person meant, and the network's text never becomes HTML.
#include <gtest/gtest.h>
#include <string>

#include "tests/support/autoptr.hh"
#include "tests/support/names.hh"

extern "C" {
#include "plugin/views/markup.h"
}

namespace {

std::string
plain(const std::string &html)
{
    return support::Text(dim_markup_to_plain(html.c_str())).get();
}

std::string
html(const std::string &text)
{
    return support::Text(dim_markup_from_plain(text.c_str())).get();
}

std::string
name(const std::string &nickname)
{
    support::Text shown(dim_markup_name(nickname.c_str()));

    return shown == nullptr ? "(none)" : shown.get();
}

std::string
start(const std::string &text, size_t limit)
{
    return support::Text(dim_markup_start(text.c_str(), limit)).get();
}

TEST(Markup, ReadsWhatPidginMakesOfTyping)
{
    EXPECT_EQ(plain("a &lt;b&gt; &amp; &quot;c&quot; it&apos;s &#39;d&#39;"),
              "a <b> & \"c\" it's 'd'");
    EXPECT_EQ(plain("one<br>two<BR/>three<br />four\nfive"), "one\ntwo\nthree\nfour\nfive");
    EXPECT_EQ(plain("<font color=\"red\"><b>bold</b></font>"), "bold");
    EXPECT_EQ(plain("你好，<i>世界</i>"), "你好，世界");
}

TEST(Markup, UnescapesOnceOnly)
{
    EXPECT_EQ(plain("&amp;lt;"), "&lt;");
    EXPECT_EQ(plain("&amp;amp;"), "&amp;");
}

TEST(Markup, KeepsTheTargetOfALinkWhoseTextIsAnother)
{
    EXPECT_EQ(plain("<a href=\"http://x.example/?a=1&amp;b=2\">here</a>!"),
              "here (http://x.example/?a=1&b=2)!");
    EXPECT_EQ(plain("<a href='http://x.example/'>http://x.example/</a>"), "http://x.example/");
    EXPECT_EQ(plain("<A HREF=\"mailto:bob@x.example\">bob@x.example</A>"), "bob@x.example");
    EXPECT_EQ(plain("<a href=\"http://www.x.example\">www.x.example</a>"), "www.x.example");
    EXPECT_EQ(plain("<a href=\"dim:abc\"></a>"), "dim:abc");
    EXPECT_EQ(plain("<a href=\"dim:abc\">open"), "open (dim:abc)");
}

TEST(Markup, LeavesAloneWhatIsNoMarkup)
{
    EXPECT_EQ(plain("1 < 2 && 3 > 2"), "1 < 2 && 3 > 2");
    EXPECT_EQ(plain("<3 <"), "<3 <");
    EXPECT_EQ(plain("an open <b"), "an open <b");
    EXPECT_EQ(plain("&nosuch; &; &#; &#x; &#xZZ; &#0; &#55296; &#99999999999; &amp"),
              "&nosuch; &; &#; &#x; &#xZZ; &#0; &#55296; &#99999999999; &amp");
}

TEST(Markup, HidesWhatIsNotForReading)
{
    EXPECT_EQ(plain("a<!-- no -->b<style>p{}</style>c<script>x<y</script>d"), "abcd");
    EXPECT_EQ(plain("<p>one</p><p>two</p>"), "one\ntwo\n");
    EXPECT_EQ(plain("<img src=\"x\" alt=\"a &lt;smile&gt;\">"), "a <smile>");
    EXPECT_EQ(plain("<b title=\"a > b\">c</b>"), "c");
}

TEST(Markup, ShowsTextAsItStands)
{
    EXPECT_EQ(html("<b>&\"\n"), "&lt;b&gt;&amp;&quot;<br>");
    EXPECT_EQ(html("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    EXPECT_EQ(html("a\001b\033c\177d\te"), "abcd\te");
}

TEST(Markup, GoesThereAndBackUnchanged)
{
    for (const std::string text :
         { "", "plain", "<b>&\"'", "你好\n世界", "&amp; &lt;", "a\n\nb", "  two  blanks  ",
           "http://x.example/?a=b&c=d", "<a href=\"x\">y</a>", "tab\there" })
        EXPECT_EQ(plain(html(text)), text);
}

TEST(Markup, EveryEscapedByteComesBack)
{
    std::string text;

    for (int c = 0x20; c < 0x7F; c++)
        text += static_cast<char>(c);
    EXPECT_EQ(plain(html(text)), text);
}

TEST(Markup, HostileInputTakesLinearTime)
{
    std::string open, quotes, ampersands;

    for (int i = 0; i < 200000; i++) {
        open += "<a";
        quotes += "<a \">\"";
        ampersands += "&";
    }
    EXPECT_EQ(plain(open), open);
    EXPECT_LT(plain(quotes).size(), quotes.size());
    EXPECT_EQ(plain(ampersands), ampersands);
}

TEST(Markup, ANameIsOneCleanLine)
{
    EXPECT_EQ(name("  Ann\nBob\t"), "Ann Bob");
    EXPECT_EQ(name("evil\xE2\x80\xAEgnp.exe"), "evilgnp.exe");
    EXPECT_EQ(name("A\u200e\u200f\u061c\u2066nn"), "Ann");
    EXPECT_EQ(name("A\u200bnn"), "Ann");
    EXPECT_EQ(name("\u115fA\u034fnn\u3164\uffa0\u2800"), "Ann");
    EXPECT_EQ(name("\u3164"), "(none)");
    EXPECT_EQ(name(" \n "), "(none)");
    EXPECT_EQ(name(""), "(none)");
    EXPECT_EQ(name(std::string(500, 'x')), std::string(64, 'x'));
    EXPECT_EQ(name("张三"), "张三");
    EXPECT_EQ(name("<b>"), "<b>");
    EXPECT_EQ(name("a\xFF"
                   "b"),
              "a\xEF\xBF\xBD"
              "b");
}

TEST(Markup, NoSecondNameLooksTheSame)
{
    for (const char *tail :
         { "\u00a0", "\u2003", "\u3000", "\u200b", "\u2800", "\u3164", "\U000e0100",
           "\U000e01ef", "\U00016fe4", "\U0001d159", "\u200d", "\u2028", "  \u00a0\t" }) {
        EXPECT_EQ(name(std::string("Ann") + tail), "Ann") << tail;
        EXPECT_EQ(name(std::string(tail) + "Ann"), "Ann") << tail;
    }
    EXPECT_EQ(name("Ann \u00a0\u3000  Bob"), "Ann Bob");
    EXPECT_EQ(name(std::string(62, 'x') + " yz"), std::string(62, 'x') + " y");
    EXPECT_EQ(name(std::string(63, 'x') + " yz"), std::string(63, 'x'));
    for (const std::string &mark : support::unseen) {
        EXPECT_EQ(name("Ann" + mark), "Ann") << mark;
        EXPECT_EQ(name(mark + "Ann"), "Ann") << mark;
        EXPECT_EQ(name("A" + mark + "nn"), "Ann") << mark;
    }
    for (const auto &[hostile, seen] : support::lookalikes)
        EXPECT_EQ(name(hostile), seen);
}

TEST(Markup, HonestNamesStayAsTheyAre)
{
    for (const std::string &each : support::honest_names)
        EXPECT_EQ(name(each), each);
}

TEST(Markup, AnEntityMakesNoControlCharacter)
{
    for (const char *text : { "&#1;", "&#x1b;", "&#127;", "&#8;", "&#0;" })
        EXPECT_EQ(plain(text), text);
    EXPECT_EQ(plain("&#65;&#x42;&#10;"), "AB\n");
}

TEST(Markup, AStartIsCutBetweenCharacters)
{
    EXPECT_EQ(start("short", 10), "short");
    EXPECT_EQ(start("你好世界", 2), "你好…");
    EXPECT_EQ(start("one\ntwo", 20), "one two");
    EXPECT_EQ(start("", 5), "");
}

} // namespace
