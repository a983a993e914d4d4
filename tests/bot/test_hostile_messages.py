"""Messages arrive whole, and nothing in an article can break them: texts made to break them, by the hundred."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presentation.discord import rendering
from bot.presentation.discord.markdown import clean
from retrieval.domain.answers import Verdict
from retrieval.domain.articles import Article, Closest, Metadata
from retrieval.domain.citations import Citation, QuoteInContext
from tests.bot.test_render import URL, answered, citation, refused, to_file, to_page
from tests.shown import broken_page, plain


@dataclass(frozen=True)
class Shown:
    """What a reader sees of messages, and where their links lead."""

    text: str
    links: tuple[str, ...]


_TOKENS = re.compile(
    r"\[(?P<label>\[[0-9]+\]|(?:\\[^0-9A-Za-z\s]|[^\[\]\\\n])+)\]\(<(?P<to>https?://[^\s()<>\[\]\\]+)>\)"
    r"|<(?P<address>https?://[^\s<>\\]+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|(?P<ours>\[[0-9]+\]|\*\*|^(?:> |-# |- |#{2,3} |[0-9]+\. ))"
    r"|(?P<active>[\\*_~`|<>#\[\]]|https?://|^(?:[-+] |[0-9]+\. ))"
    r"|(?P<plain>.)",
    re.MULTILINE | re.DOTALL,
)


def read(messages: Sequence[str]) -> Shown:
    """What Discord makes of messages; fails on what Discord refuses, and on any formatting that is not ours."""
    text, links = "", []
    assert messages
    for message in messages:
        assert 1 <= len(message.encode("utf-16-le")) // 2 <= 2000
        assert message == message.strip()
        assert not re.search(r"@(everyone|here|[!&]?\d)", message, re.IGNORECASE)
        assert [token["ours"] for token in _TOKENS.finditer(message)].count("**") % 2 == 0
        for token in _TOKENS.finditer(message):
            assert not token["active"], f"{token} in {message}"
            if token["to"]:
                links.append(token["to"])
                label = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", token["label"])
                assert "://" not in label
                text += label
            elif token["ours"]:
                text += token["ours"] if token["ours"].startswith("[") else ""
            else:
                text += token["address"] or token["code"] or token["escaped"] or token["plain"] or ""
    return Shown(text, tuple(links))


def pressed(text: str) -> str:
    """The text without what cutting and encoding may change: spaces, and the encoding of addresses."""
    return unquote(re.sub(r"[\s\u200b]", "", text))


PIECES = [
    *("@everyone", "<@&1>", "<@1>", "<#2>", "<:a:3>", "<t:4>", "</ask:5>", "@here", ":smile:", "`", "```", "**", "__"),
    *("||", "~~", "[", "]", "(", ")", "](", "[1]", "[9]", "[x](https://evil.example)", "\\", "<", ">", "# ", "- "),
    *("1. ", "-# ", "\n> ", "\n\n", "\n", " ", "\u202e", "\u200b", "\u200d", "\u0301", "\u2028", "\x00", "\u3164"),
    *("\ufe0f", "\ue000", "👩‍👧", "🇺🇦", "مرحبا", "語", "words go on. ", "x" * 300),
    *("https://a.org/b_(c)", "https://a.org/@everyone", "http://", "http://[::1]/", "xhttps://a_b"),
]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)
LONG = st.builds(operator.mul, HOSTILE, st.integers(1, 30))
SHORT = st.none() | HOSTILE
DAYS = st.none() | st.dates(min_value=date(1900, 1, 1)).map(date.isoformat)
LINKS = st.sampled_from(
    [to_page, to_file, lambda _: "https://a.org/b_(c)[d]*@everyone <e>", lambda _: URL + "x" * 1600]
)
PATIENTLY = settings(max_examples=25, deadline=None)  # fifty sources and long texts take their time on a busy machine
MANY = st.integers(0, 3) | st.just(50)


@st.composite
def citations(draw: st.DrawFn) -> tuple[Citation, ...]:
    one = citation(title=draw(SHORT), outlet=draw(SHORT), author=draw(SHORT), file=draw(HOSTILE), published=draw(DAYS))
    quote = draw(HOSTILE)
    return tuple(replace(one, number=number, quote=quote) for number in range(1, draw(MANY) + 1))


@PATIENTLY
@given(LONG, citations(), LINKS, SHORT)
def test_an_answer_arrives_whole_whatever_it_holds(
    text: str, cited: tuple[Citation, ...], link: Callable[[Citation], str], question: str | None
) -> None:
    made = answered(text, *cited, question=question or "?")
    assert not [fault for page in rendering.answer(made, link, "Does it?") for fault in broken_page(page)]
    shown = read(plain(rendering.answer, made, link, "Does it?"))
    assert pressed(shown.text).startswith(pressed(clean(text)))
    assert pressed(shown.text).count("articles,thenewestof") >= 1
    assert len(set(shown.links)) <= 1


@PATIENTLY
@given(LONG, st.lists(st.builds(Closest, HOSTILE, SHORT, DAYS), max_size=4), SHORT)
def test_a_refusal_arrives_whole_and_links_nothing(text: str, closest: list[Closest], question: str | None) -> None:
    shown = read(
        plain(
            rendering.answer,
            refused(message=text, reason="ambiguous", closest=tuple(closest), question=question or "?"),
            to_page,
            "Does it?",
        )
    )
    # A percent sign at the end and our own "Ca…" after it would read as an encoded character.
    told = re.sub(r"%[0-9A-Fa-f]?$", "", pressed(clean(text)))
    assert pressed(shown.text).startswith("🔍" + told)
    assert not shown.links


@PATIENTLY
@given(HOSTILE, LONG, HOSTILE, citations(), LINKS)
def test_quotes_arrive_whole_whatever_stands_around_them(
    before: str, quote: str, after: str, cited: tuple[Citation, ...], link: Callable[[Citation], str]
) -> None:
    shown = [QuoteInContext(before, quote, after) if each.number % 5 else None for each in cited]
    text = pressed(read(plain(rendering.excerpts, answered("It did.", *cited), shown, link)).text)
    assert text.count(pressed(clean(quote)) or "[") >= sum(each is not None for each in shown)


@PATIENTLY
@given(citations(), LINKS)
def test_passages_arrive_whole(cited: tuple[Citation, ...], link: Callable[[Citation], str]) -> None:
    text = pressed(read(plain(rendering.passages, cited, link)).text)
    assert all(pressed(clean(each.quote)) in text for each in cited)


@PATIENTLY
@given(
    st.lists(
        st.builds(Verdict, HOSTILE, st.sampled_from(["supported", "partly"]), st.just(0.5), citations()), max_size=2
    ),
    LINKS,
)
def test_verdicts_arrive_whole(found: list[Verdict], link: Callable[[Citation], str]) -> None:
    text = _unquoted(pressed(read(plain(rendering.verdicts, found, link, 20)).text))
    assert all(_unquoted(pressed(clean(quote.quote))) in text for each in found for quote in each.evidence)


def _unquoted(text: str) -> str:
    """The text without quotation marks: those within a quote are shown as single ones."""
    return re.sub("[\"'“”‘’„‟‚«»‹›]", "", text)


KNOWN = st.builds(Metadata, title=SHORT, author=SHORT, outlet=SHORT, published=DAYS, tags=st.tuples(HOSTILE, HOSTILE))
STORED = st.builds(Article, st.just(1), HOSTILE, KNOWN, st.just(1), st.just("k"))


@PATIENTLY
@given(st.lists(STORED, max_size=4), st.integers(1, 30))
def test_a_page_of_articles_is_one_message_whatever_they_are_called(shown: list[Article], times: int) -> None:
    read([rendering.articles(shown * times, 1, 10_000)])


@PATIENTLY
@given(STORED, LONG)
def test_an_article_is_introduced_whatever_it_holds(shown: Article, text: str) -> None:
    assert read(plain(rendering.article, shown, text, URL)).links == (URL,)
    assert read(plain(rendering.article, shown, text, None)).links == ()


@PATIENTLY
@given(LONG)
def test_names_are_never_blank_nor_too_long(text: str) -> None:
    for name in (rendering.thread_name(text), rendering.choice(text)):
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 100
        assert name == " ".join(name.split())
    assert not re.search(r"[*_~`|\\]", rendering.thread_name(text))


@PATIENTLY
@given(LONG, st.integers(40, 200))
def test_any_text_is_split_without_loss(text: str, limit: int) -> None:
    messages = rendering.split(text, limit)
    assert all(
        message.strip() and len(message.encode("utf-16-le", "surrogatepass")) <= 2 * limit for message in messages
    )
    unmarked = [re.sub(r"[\s*\\>#-]", "", each) for each in ("".join(messages), text)]
    assert unmarked[0] == unmarked[1]


def test_ten_thousand_characters_arrive_in_as_few_messages_as_they_can() -> None:
    text = "This sentence has forty-four characters 111. " * 230
    messages = plain(rendering.answer, answered(text, citation()), to_file)
    assert len(messages) == 6
    assert pressed("".join(messages)).startswith(pressed(text))
