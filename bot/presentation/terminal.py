"""What a person at a terminal sees: plain lines, no control character that came from an article."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.presentation.excerpts import Shown, excerpts, uncovered
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.terminal_style import PLAIN, Style, wrap_marked
from bot.presentation.wording import UNSURE, aged, articles, beneath, day, disagreement, made_by, searched
from retrieval.domain.answers import Answer, Verdict
from retrieval.domain.articles import Article, IngestReport, ListedArticle, Metadata
from retrieval.domain.citations import Citation
from retrieval.domain.feeds import PollReport, Subscription
from retrieval.domain.searches import Hit, Searched
from retrieval.nlp.readable import readable, visible
from retrieval.progress import Progress

if TYPE_CHECKING:
    from bot.doctor.findings import Finding
    from retrieval.intake.intake import Imported
    from retrieval.storage.feedback import Judgement
    from retrieval.storage.usage import DayOfUsage
    from retrieval.storage.vectors.reindexing import Reindexed


def progress() -> Progress:
    """Progress bars and notes on standard error."""
    return Progress(_bar, lambda line: print(f"briefing: {visible(line)}", file=sys.stderr))  # noqa: T201


@contextmanager
def _bar(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    # Shown only for work that takes over a second, and only to a person: in a log it would be one long line.
    shown = {"delay": 1, "leave": False, "file": sys.stderr, "disable": None}
    with tqdm(desc=work, total=total, unit=f" {unit}", **shown) as bar:
        yield bar.update


def ingest(report: IngestReport) -> str:
    """What an ingest did."""
    done = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "now seen by others": report.rescoped,
        "removed": report.removed,
    }
    counts = ", ".join(f"{count} {what}" for what, count in done.items() if count or what == "added")
    lines = [f"{counts}: {report.articles} articles, {report.passages} passages ({report.seconds:.1f} s)"]
    lines += [f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates]
    lines += [f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped]
    return "\n".join(lines)


def reindexed(done: Reindexed) -> str:
    """What a reindex did."""
    if not done.passages:
        return "nothing to do: no articles yet"
    if not done.changed:
        return f"nothing to do: {done.passages} passages are embedded with {done.model} already"
    was = f", before with {done.before}" if done.before else ""
    return f"{done.passages} passages are embedded with {done.model}{was}"


def listed(found: Sequence[ListedArticle]) -> str:
    """The articles, a line each: day, language, file, title; and by what the day is known, whose it is, how many
    passages it has, and where it came from."""
    return "\n".join(_listed(each) for each in found) or "no articles"


def _listed(each: ListedArticle) -> str:
    known, file = each.article.metadata, each.article.file
    day = known.day or "undated"
    title = f"  {visible(known.title)}" if known.title else ""
    count = f"{each.passages} passage{'' if each.passages == 1 else 's'}"
    told = [dated(known), visible(known.outlet or ""), count, visible(each.place)]
    head = f"{day:10}  {each.language:3}  {visible(file)}{title}"
    return f"{head}  [{' · '.join(part for part in told if part)}]"


_BASES = {
    "front_matter": "day by its front matter",
    "manifest": "day by sources.toml",
    "feed": "day by its feed",
    "page": "day by its page or file",
    "text": "day by its text or name",
}


def dated(known: Metadata) -> str:
    """By what the day of an article is known; empty where it is not."""
    basis = _BASES.get(known.basis.get("published", "unknown"), "")
    return f"{basis}, an estimate" if basis and known.published_estimated else basis


def about(shown: Article, places: Sequence[tuple[int, str]]) -> str:
    """What is known of an article, in a line that stands above its text: title, day, whose it is, where it goes to."""
    known = shown.metadata
    day_ = f"{known.day} ({dated(known)})" if known.day else "undated"
    span = f"{places[0][1]} to {places[-1][1]}" if len(places) > 1 else places[0][1] if places else ""
    parts = (known.title, known.outlet, known.author, day_, span)
    return " · ".join(visible(part) for part in parts if part)


def removed(count: int) -> str:
    """How many articles were taken out."""
    return f"{count} article{'' if count == 1 else 's'} removed"


def answer(given: Answer, bases: Bases, style: Style = PLAIN) -> str:
    """An answer: excerpts with their sources, or a model's statements with theirs below; else what came closest.

    What may not answer says so above, and is quoted.
    """
    shown = excerpts(given)
    unsure = given.standing == "possible"
    said = [wrap(given.message or UNSURE)] if unsure else [_statements(given)]
    parts = [] if shown and not unsure else said
    parts += [_excerpt(each, bases, style, "> " if unsure else "") for each in shown]
    parts += [wrap(disagreement(each), hanging=2) for each in given.conflicts]
    if others := uncovered(given, shown):
        parts.append("\n".join(style.dim(source(each, bases)) for each in others))
    if given.citations:
        said = [*filter(None, [aged(given)]), *made_by(given)]
        parts.append("\n".join([looked_through(given.searched), *(wrap(f"{each}.") for each in said)]))
    return "\n\n".join(parts)


def _statements(given: Answer) -> str:
    """The statement that answers and the points below it, or the sentence said instead of them."""
    if not given.statements:
        return wrap(given.message)
    lines = []
    for at, each in enumerate(given.statements):
        side = f"{each.side}: " if each.side else ""
        numbers = "".join(f" [{number}]" for number in each.citations)
        lines.append(wrap(f"{'- ' if at else ''}{side}{each.marked}{numbers}", hanging=2 if at else 0))
        lines += [textwrap.indent(wrap(line, 4), "    ") for line in beneath(given, each)]
    return "\n".join(lines)


def _excerpt(shown: Shown, bases: Bases, style: Style, quote: str) -> str:
    """An excerpt under the day it speaks of, its source below."""
    opening = [wrap(shown.opening)] if shown.opening else []
    above = [f"› {shown.heading}"] if shown.heading else []
    above += [shown.lead] if shown.lead else []
    small = [style.dim(textwrap.indent(wrap(each, len(quote)), quote)) for each in above]
    said = [wrap_marked(each, style, quote, quote + "  " * each.startswith("•")) for each in shown.lines]
    return "\n".join([*opening, *small, *said, style.dim(source(shown.citations[0], bases, shown.citations[1:]))])


def looked_through(through: Searched) -> str:
    """What was looked through, as a sentence."""
    return f"Searched {searched(through)}."


def source(citation: Citation, bases: Bases, more: Sequence[Citation] = ()) -> str:
    """A source on lines of its own: what it is, where it stands, its link.

    `more` are other citations of the same article, whose numbers and lines are named beside those of the first.
    """
    when = day(citation.published, citation.published_estimated)
    who = ", ".join(visible(part) for part in (citation.outlet, citation.author) if part)
    head = " · ".join(part for part in (visible(citation.title or citation.file), who, when) if part)
    numbers = " ".join(f"[{each.number}]" for each in (citation, *more))
    lines = f"{wrap(f'{numbers} {head}', hanging=4)}\n    {visible(_places((citation, *more)))}"
    link = best_link(citation, bases)
    return f"{lines}\n    {visible(link)}" if is_address(link) else lines


def _places(citations: Sequence[Citation]) -> str:
    """The file of some citations of one article, and their lines, pages or whatever it has."""
    file, mark = citations[0].file, ":" if citations[0].is_lined else ", "
    told = (str(each.line_start) if each.is_lined else each.locator for each in citations)
    return mark.join(filter(None, (file, ", ".join(dict.fromkeys(filter(None, told))))))


_VERDICTS = {
    "supported": "The articles support this.",
    "partly": "Related: read the quotes.",
    "unsupported": "The articles do not say this.",
    "contradicted": "The articles contradict this.",
}


def verdict(given: Verdict, bases: Bases) -> str:
    """What the articles say of a claim, with the sentences that tell."""
    parts = [wrap(_VERDICTS[given.verdict]) + f"  (score {given.score:.2f})"]
    for each in given.evidence:
        quote = textwrap.indent(wrap(f"“{readable(each.quote)}”", indent=4), "    ")
        parts.append(f"{source(each, bases)}\n{quote}")
    said = [f"Judged by {given.model}, with quotes that were looked up." if given.model else "", given.note or ""]
    return "\n\n".join([*parts, *(wrap(each) for each in said if each)])


def passages(hits: Sequence[Hit]) -> str:
    """Passages found, with where they stand."""
    if not hits:
        return "Nothing found."
    return "\n\n".join(_hit(number, hit) for number, hit in enumerate(hits, 1))


def _hit(number: int, hit: Hit) -> str:
    article, known = hit.passage.article, hit.passage.article.metadata
    when = day(known.published, known.published_estimated)
    head = f"{number}. {visible(known.title or article.file)} · {when}"
    place = hit.passage.place_at(hit.passage.start)
    named = f"{article.file}:{hit.passage.line}" if article.is_lined else ", ".join(filter(None, (article.file, place)))
    where = f"   {visible(named)}  (score {hit.score:.2f})"
    if hit.also:
        where += f"\n   also told by {', '.join(map(visible, hit.also))}"
    text = textwrap.shorten(readable(hit.passage.text), 300, placeholder=" …")
    return "\n".join([head, where, textwrap.indent(wrap(text, 3), "   ")])


def article(text: str) -> str:
    """An article's text, each character a terminal may act on replaced by one it won't, so that offsets stay."""
    return "".join("\ufffd" if _is_active(each) else each for each in text)


def _is_active(character: str) -> bool:
    """Controls, lone surrogates, and the marks that turn the direction of writing; joiners and spaces are text."""
    turning = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turning or (character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs"))


def figures(measured: Mapping[str, Any]) -> str:
    """The figures of an evaluation, a line each."""
    return "\n".join(f"{name:12} {_figure(value)}" for name, value in measured.items())


def _figure(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_figure(each)}" for name, each in value.items())
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def feedback(judged: Sequence[Judgement]) -> str:
    """What people thought of answers, an answer each."""
    return "\n\n".join(_judgement(each) for each in judged) or "Nobody has judged an answer yet."


def _judgement(judged: Judgement) -> str:
    verdict = "helpful" if judged.helpful else "not helpful"
    reason = f": {visible(judged.reason)}" if judged.reason else ""
    return "\n".join([f"{judged.given[:10]} {verdict}{reason}", wrap(judged.question), wrap(judged.answer)])


def feeds(found: Sequence[Subscription]) -> str:
    """The feeds and how they go, the lines of each below its number."""
    return "\n".join(_feed(each) for each in found) or "No feeds yet: add one with `briefing feeds add URL`."


def _feed(feed: Subscription) -> str:
    whose = f" (server {visible(feed.scope)} alone)" if feed.scope else ""
    read = f"read {_moment(feed.worked)}" if feed.worked else "not read yet"
    lines = [wrap(f"{feed.id}. {feed.title}{whose}", hanging=3), f"   {visible(feed.url)}"]
    lines.append(f"   {read}, {articles(feed.articles)}")
    if feed.failures:
        again = f"next try {_moment(feed.next_at)}"
        lines.append(textwrap.indent(wrap(f"failing: {feed.reason} ({again})", 3), "   "))
    elif feed.reason:
        lines.append(textwrap.indent(wrap(feed.reason, 3), "   "))
    return "\n".join(lines)


def feed_added(feed: Subscription, new: bool) -> str:
    """What came of subscribing to a feed."""
    said = f"{feed.id}. {visible(feed.title)}\n   {visible(feed.url)}"
    return f"added: {said}\n   its articles come with the next poll" if new else f"already there: {said}"


def feed_removed(feed: Subscription) -> str:
    """What came of removing one."""
    kept = f"; its {articles(feed.articles)} {'stays' if feed.articles == 1 else 'stay'}" if feed.articles else ""
    return f"removed: {visible(feed.title)}{kept}"


def imported(came: Imported) -> str:
    """What came of a list of feeds."""
    left = f", {len(came.left_out)} left out" if came.left_out else ""
    lines = [f"{came.added} feed{'' if came.added == 1 else 's'} added, {came.known} known already{left}"]
    lines += [f"  left out {visible(each.url)}: {visible(each.reason)}" for each in came.left_out]
    return "\n".join(lines)


def polled(report: PollReport) -> str:
    """What a poll did."""
    feeds = f"{report.polled} feed{'' if report.polled == 1 else 's'} polled"
    states = f"{report.read} read, {report.unchanged} unchanged, {len(report.failing)} failing"
    lines = [f"{feeds}: {states}; {articles(report.added)} added, {report.updated} updated ({report.seconds:.1f} s)"]
    lines += [f"  failing {visible(each.title)}: {visible(each.reason)}" for each in report.failing]
    lines += [f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates]
    lines += [f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped]
    return "\n".join(lines)


def _moment(written: str) -> str:
    return f"{day(written)} {written[11:16]} UTC"


def stats(days: Sequence[DayOfUsage]) -> str:
    """What the language model cost, a day and model a line."""
    return "\n".join(map(_usage, days)) or "No language model has been asked yet."


def _usage(day: DayOfUsage) -> str:
    calls = f"{day.calls} call{'' if day.calls == 1 else 's'}"
    beside = ", ".join(f"{count} {what}" for what, count in (("failed", day.failed), ("cached", day.cached)) if count)
    about = "about " if day.estimated else ""
    parts = [f"{calls} ({beside})" if beside else calls, f"{about}{day.tokens_in:,} + {day.tokens_out:,} tokens"]
    if day.cost:
        parts.append(f"cost {day.cost:.4f}")
    if day.p50_ms is not None and day.p95_ms is not None:
        parts.append(f"p50 {day.p50_ms:,} ms, p95 {day.p95_ms:,} ms")
    return f"{day.day}  {visible(day.model)}  {', '.join([*parts, *day.prompts])}"


def findings(found: Sequence[Finding]) -> str:
    """What the doctor found, and how to mend it."""
    return "\n".join(
        f"{('note' if each.mend else 'ok  ') if each.well else 'BAD '} {each.subject}: {visible(each.state)}"
        + (f"\n     mend: {visible(each.mend)}" if each.mend else "")
        for each in found
    )


def wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    """The text in lines that a terminal has room for beside an indent; `hanging` indents all but the first."""
    width = max(min(shutil.get_terminal_size().columns, 100) - indent, 40)
    below = " " * hanging
    return textwrap.fill(visible(text), width, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)
