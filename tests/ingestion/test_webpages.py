"""What is fetched becomes the article it holds; what only stands in an article's place is refused, with the reason."""

import re

import pytest

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import from_table
from retrieval.ingestion.web_articles import read_entry, read_page
from tests.ingestion.samples import ARTICLE, FIRST, NASTY, PAGE, SECOND, texts

ADDRESS = "https://harbour.example/news/old-bridge-closes"
HTML = "text/html; charset=utf-8"
LONG = f"{FIRST} {SECOND} The old ferry was last used in 1962, when the bridge was built by men of the town itself."

MANY = [f"{town} voted too. {LONG}" for town in "Ash Birch Cedar Dill Elm Fir Gale Hazel".split()]


def page(*paragraphs: str, title: str = "Council Closes Old Bridge", head: str = "", after: str = "") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>{title} | Harbour Post</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{body}</article>{after}<footer>Harbour Post</footer></body></html>"
    )


def read(
    text: str, kind: str = HTML, asked: str = ADDRESS, url: str = ADDRESS, known: Metadata | None = None
) -> Document:
    return read_page(text.encode(), kind, asked, url, known or Metadata())


def reason(text: str, asked: str = ADDRESS, url: str = ADDRESS) -> str:
    with pytest.raises(UnreadableError) as error:
        read(text, asked=asked, url=url)
    return str(error.value)


def test_a_page_gives_its_article() -> None:
    found = read(PAGE)
    assert texts(found)[:1] == [FIRST]
    assert (found.format, found.metadata.outlet, found.metadata.author) == ("html", "Harbour Post", "Jane Roe")
    assert found.metadata.url == "https://harbour.example/bridge"


def test_what_the_feed_says_wins_over_the_page_but_for_the_outlet() -> None:
    table = {
        "title": "Bridge Shut",
        "published": "2024-12-01",
        "tags": ["city"],
        "outlet": "Feed",
        "author": "John Doe",
    }
    found = read(PAGE, known=from_table(table, "feed")).metadata
    assert (found.title, found.published, found.tags, found.author) == (
        "Bridge Shut",
        "2024-12-01",
        ("city",),
        "John Doe",
    )
    assert (found.outlet, found.basis["outlet"], found.basis["published"]) == ("Harbour Post", "page", "feed")
    assert read(page(LONG).replace("| Harbour Post", ""), known=from_table(table, "feed")).metadata.outlet == "Feed"


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://www.harbour.example/bridge", "https://www.harbour.example/bridge"),
        ("https://elsewhere.example/bridge", ADDRESS),
        ("https://harbour.example/", ADDRESS),
        ("javascript:alert(1)", ADDRESS),
        ("", ADDRESS),
    ],
)
def test_a_page_may_name_its_address_only_on_its_own_site(canonical: str, kept: str) -> None:
    text = page(LONG, head=f'<link rel="canonical" href="{canonical}">')
    assert read(text, url=f"{ADDRESS}?utm_source=feed").metadata.url == kept


@pytest.mark.parametrize(
    ("kind", "encoding", "head"),
    [
        ("text/html; charset=koi8-r", "koi8-r", ""),
        ("text/html", "koi8-r", '<meta charset="koi8-r">'),
        ("text/html; charset=koi8-r", "koi8-r", '<meta charset="windows-1251">'),
        ("text/html; charset=nonsense", "koi8-r", '<meta charset="koi8-r">'),
        ("text/html; charset=koi8-r", "utf-8", ""),
    ],
)
def test_the_charset_of_the_header_counts_before_that_of_the_page(kind: str, encoding: str, head: str) -> None:
    text = "Совет города решил во вторник закрыть старый мост. Инженеры нашли трещины в его главных балках. " * 2
    found = read_page(page(text, head=head).encode(encoding), kind, ADDRESS, ADDRESS)
    assert "закрыть старый мост" in found.text


@pytest.mark.parametrize(
    ("kind", "url", "format_"),
    [
        ("text/plain; charset=utf-8", ADDRESS, "txt"),
        ("text/markdown", ADDRESS, "md"),
        ("text/plain", f"{ADDRESS}.md", "md"),
        ("application/octet-stream", f"{ADDRESS}.txt", "txt"),
    ],
)
def test_plain_text_and_markdown_are_read_as_such(kind: str, url: str, format_: str) -> None:
    found = read(ARTICLE, kind, url, url)
    assert (found.format, found.metadata.title, found.metadata.url) == (format_, "Council Closes Old Bridge", url)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream", "application/xhtml+xml"])
def test_a_page_is_known_by_its_markup_whatever_the_server_calls_it(kind: str) -> None:
    assert read(PAGE, kind).format == "html"


@pytest.mark.parametrize("kind", ["image/png", "application/json", "video/mp4", "application/zip"])
def test_what_is_no_page_is_refused_by_its_kind(kind: str) -> None:
    with pytest.raises(UnreadableError, match=re.escape(f"not a web page, PDF or text ({kind})")):
        read("data", kind)


def test_a_kind_that_is_not_one_is_not_repeated() -> None:
    with pytest.raises(UnreadableError, match=re.escape("not a web page, PDF or text (of an unknown type)")):
        read("data", "@everyone [x](https://evil.example)")


@pytest.mark.parametrize(("body", "why"), [(b"", "empty"), (b"%PDF-1.7 nonsense", "not a readable PDF")])
def test_broken_answers_are_refused(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_page(body, "application/pdf", ADDRESS, ADDRESS)


def test_a_page_that_lays_its_article_out_in_boxes_gives_all_of_it() -> None:
    first, second, third = (f"<p>{part} {LONG}</p><p>{LONG} {part}</p>" for part in ("Mayor.", "Ferry.", "Pier."))
    boxes = "".join(f'<div class="g"><div class="body text">{part}</div></div>' for part in (first, second, third))
    found = read(f"<html><body><div class='chunks'>{boxes}</div></body></html>")
    assert [word in found.text for word in ("Mayor.", "Ferry.", "Pier.")] == [True, True, True]


def test_articles_in_boxes_with_headlines_of_their_own_stay_apart() -> None:
    others = "".join(
        f'<div class="g"><h2>Other news {at}</h2><div class="text"><p>{at} {LONG}</p><p>{LONG}</p></div></div>'
        for at in range(3)
    )
    main = f'<div class="g"><div class="text"><p>{FIRST} {FIRST}</p><p>{LONG}</p></div></div>'
    tree_text = read(f"<html><body><article>{main}</article><div>{others}</div></body></html>").text
    assert FIRST in tree_text
    assert "Other news 2" not in tree_text


CHALLENGE = "Enable JavaScript and cookies to continue"
CONSENT = (
    "We and our partners store and/or access information on a device, such as cookies. With your permission we and our"
    " partners may use precise data for personalised ads. You may withdraw your consent at any time. Accept all."
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (page(CHALLENGE, title="Just a moment..."), "a check for robots"),
        (page("Please verify you are a human to go on to the site you asked for, then wait."), "a check for robots"),
        (page("Our systems have detected unusual traffic from your computer network. Wait, then try again."), "robots"),
        (page("Sorry, we looked everywhere. " + LONG, title="Page not found"), "page not found"),
        (page(LONG, title="404"), "page not found"),
        (page(LONG, title="Oops! That page can’t be found."), "page not found"),
        (page(CONSENT, title="Harbour Post"), "a consent page"),
        (
            page("Cookies help us to do this and that for you, here and there.", title="We value your privacy"),
            "consent",
        ),
        (page("Use the name that you have chosen, or ask for a new one.", title="Log in"), "asks to log in"),
        (
            "<html><body><div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>",
            "JavaScr",
        ),
        (page("Bridge", "Ferry", "Harbour", "Weather", "Sport today", "All the news"), "no running text"),
        ("<html><body></body></html>", "no text"),
    ],
)
def test_what_stands_in_the_place_of_an_article_is_refused(text: str, why: str) -> None:
    assert why in reason(text)


def test_a_page_that_was_reached_by_way_of_a_consent_or_log_in_address_is_refused() -> None:
    assert "consent" in reason(page(LONG), url="https://consent.harbour.example/collect?continue=x")
    assert "log in" in reason(page(LONG), url="https://harbour.example/login?next=/news")


@pytest.mark.parametrize("front", ["/", "", "/en/", "/index.html"])
def test_an_article_that_has_become_the_front_page_is_missing(front: str) -> None:
    text = page(LONG, LONG)
    assert "front page" in reason(text, url=f"https://www.harbour.example{front}")
    assert read(text, asked="https://harbour.example/", url="https://harbour.example/").text
    assert read(text, asked="https://short.example/x7", url="https://harbour.example/").text


DECLARED = '<script type="application/ld+json">{"isAccessibleForFree": %s, "wordCount": %d}</script>'


@pytest.mark.parametrize(
    "text",
    [
        page(LONG, head='<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>'),
        page(LONG, head=DECLARED % ("false", 900)),
        page(LONG, head='<meta property="article:content_tier" content="locked">'),
        page(LONG, after="<div>Subscribe now to continue reading</div>"),
        page(LONG, "This article is for subscribers only."),
        page(LONG, after="<section>Already a subscriber? <a href=/l>Log in</a></section>"),
        page(LONG, after="<div>You’ve reached your limit of free articles. Start your free trial.</div>"),
        page(LONG, after="<div>Create a free account to read the full story</div>"),
    ],
)
def test_the_teaser_at_a_paywall_is_not_the_article(text: str) -> None:
    assert reason(text) == "paywalled: only its beginning can be read"


@pytest.mark.parametrize(
    "text",
    [
        page(LONG, head=DECLARED % ("true", 900)),
        page(LONG, head=DECLARED % ("false", 60)),
        page(*MANY, head=DECLARED % ("false", 0)),
        page(LONG, after="<div hidden>Subscribe to continue reading</div>"),
        page(LONG, after="<template><p>Subscribe to continue reading</p></template>"),
        page(LONG, after="<div>Log in to read the comments</div>"),
        page(LONG, after="<p>Sign up to our newsletter and never miss a story</p>"),
        page(f"“You have to subscribe to continue reading,” the mayor joked. {LONG}", LONG),
        page(LONG, title="Page not found: how links die"),
        page(LONG, title="404 Media wins prize"),
        page(*MANY, title="Just a moment"),
        page(f"The court fined the site: “accept all” was its only button. {LONG}", title="Cookies and consent"),
    ],
)
def test_an_article_is_not_taken_for_a_wall(text: str) -> None:
    assert SECOND in read(text).text


@pytest.mark.parametrize(
    "text",
    [
        "विधान सभा ने मंगलवार को पुराने पुल को बंद करने का निर्णय लिया। " * 8,
        "สภาเมืองมีมติเมื่อวันอังคารให้ปิดสะพานเก่า " * 12,
        "市议会周二投票决定关闭旧桥。工程师在主梁上发现了裂缝。维修将需要两年时间。" * 6,
    ],
)
def test_running_text_is_known_in_scripts_that_end_sentences_otherwise(text: str) -> None:
    assert read(page(text.strip())).text


ENTRY = f"{LONG}\n\n{LONG.replace('old', 'stone')}"


def test_the_feeds_own_text_is_an_article_and_says_so() -> None:
    known = from_table({"title": "Bridge Shut", "published": "2024-12-01", "url": ADDRESS}, "feed")
    found = read_entry(f"{ENTRY}\n\nThe post Bridge Shut appeared first on Harbour Post.", known)
    assert len(texts(found)) == 2
    assert (found.metadata.title, found.metadata.url) == ("Bridge Shut", ADDRESS)
    assert dict(found.metadata.basis) == {"title": "feed", "published": "feed", "url": "feed", "text": "feed"}


@pytest.mark.parametrize(
    "text",
    [
        FIRST,
        f"{LONG} […]",
        f"{LONG}\n\nContinue reading Council Closes Old Bridge",
        "市议会周二投票决定关闭旧桥。",
    ],
)
def test_a_teaser_is_no_article(text: str) -> None:
    with pytest.raises(UnreadableError, match="only a teaser"):
        read_entry(text, Metadata())


@pytest.mark.parametrize("text", ["", " \n\n ", "\u202e\x07"])
def test_an_entry_without_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        read_entry(text, Metadata())


def test_a_long_text_that_breaks_off_still_counts() -> None:
    assert read_entry(f"{ENTRY}\n\n{ENTRY} …", Metadata()).text


@pytest.mark.parametrize("nasty", NASTY)
def test_whatever_a_page_or_feed_holds_it_is_read_or_refused(nasty: str) -> None:
    for text in (nasty, page(nasty, title=nasty, head=nasty), page(LONG, nasty, title=nasty)):
        for kind in (HTML, nasty[:50]):
            try:
                found = read(text, kind, url=f"https://harbour.example/{nasty}")
            except UnreadableError as error:
                assert len(str(error)) < 120
            else:
                assert "\u202e" not in found.text and "\x07" not in found.text
    try:
        read_entry(f"{nasty}\n\n{ENTRY}", Metadata(title=nasty or None, basis={"title": "feed"}))
    except UnreadableError as error:
        assert len(str(error)) < 120


CONSENTS = (
    "Mit Werbung weiterlesen: Die Zustimmung ist jederzeit widerrufbar. Wir und unsere bis zu 185 Partner verarbeiten "
    "Ihre personenbezogenen Daten, um personalisierte Anzeigen zu liefern. Alle akzeptieren",
    "Avec votre accord, nous et nos 812 partenaires utilisons des traceurs pour traiter vos données personnelles et "
    "afficher une publicité personnalisée. Tout accepter. Continuer sans accepter",
    "Nosotros y nuestros socios tratamos datos personales para mostrar publicidad personalizada. Puede retirar su "
    "consentimiento en la política de privacidad. Aceptar todo",
    "Noi e i nostri 300 partner trattiamo dati personali per annunci personalizzati sul dispositivo. Accetta tutto",
    "My i nasi zaufani partnerzy przetwarzamy dane osobowe oraz pliki cookie. Możesz wycofać zgodę. Przejdź do serwisu",
    "Ми та наші партнери обробляємо персональні дані й файли cookie. Ви можете відкликати згоду. Прийняти все",
    "Мы и наши партнеры обрабатываем персональные данные и файлы cookie. Принять все",
    "我们和我们的合作伙伴使用您的设备信息和个人数据投放个性化广告。您可以随时撤回同意。全部接受",
    "当社とパートナーは、個人データを処理し、端末にクッキーを保存します。同意を撤回できます。すべて同意",
    "نحن وشركاؤنا نعالج البيانات الشخصية ونستخدم ملفات تعريف الارتباط لعرض إعلانات مخصصة. قبول الكل",
)


@pytest.mark.parametrize("text", CONSENTS)
def test_a_consent_page_is_known_in_the_languages_of_papers(text: str) -> None:
    assert reason(page(text, title="Velden")).startswith("a consent page")


@pytest.mark.parametrize(
    "title",
    [
        "Seite nicht gefunden",
        "Fehler 404 - Diese Seite existiert nicht",
        "Page introuvable",
        "Página no encontrada",
        "Pagina non trovata",
        "Nie znaleziono strony",
        "Сторінку не знайдено",
        "Страница не найдена",
        "页面不存在",
        "ページが見つかりません",
        "الصفحة غير موجودة",
    ],
)
def test_a_missing_page_is_known_in_the_languages_of_papers(title: str) -> None:
    assert reason(page(LONG, title=title)).startswith("page not found")


@pytest.mark.parametrize(
    "plea",
    [
        "Dieser Artikel ist nur für Abonnenten. Bereits Abonnent? Einloggen",
        "Cet article est réservé aux abonnés. Il vous reste 83% de cet article à lire. Déjà abonné ? Se connecter",
        "Contenido solo para suscriptores. Suscríbete para seguir leyendo.",
        "Contenuto riservato agli abbonati. Abbonati per continuare a leggere.",
        "Treść tylko dla subskrybentów. Wykup dostęp.",
        "Матеріал лише для передплатників.",
        "Материал доступен только подписчикам.",
        "本文仅限订阅用户，订阅后阅读全文",
        "この記事は有料会員限定です。続きを読むには会員登録",
        "هذا المقال للمشتركين فقط",
    ],
)
def test_a_paywall_is_known_in_the_languages_of_papers(plea: str) -> None:
    assert reason(page(FIRST, after=f"<div>{plea}</div>")).startswith("paywalled")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<div id="challenge-form" class="cf-turnstile"></div><p>Un momento.</p>', "a check for robots"),
        ('<iframe src="https://geo.captcha-delivery.com/captcha/"></iframe><p>x</p>', "a check for robots"),
        ('<div id="root"></div><script src="/app.js"></script>', "empty without JavaScript"),
        (
            '<div id="__next"></div><script src="/app.js"></script><noscript>Включите JavaScript</noscript>',
            "empty without",
        ),
        ('<div class="error404"><p>Hoppla. Hier ist nichts mehr, wir bitten um Nachsicht.</p></div>', "page not found"),
    ],
)
def test_what_stands_in_an_article_s_place_is_known_by_its_structure(body: str, said: str) -> None:
    assert reason(f"<html><head><title>Velden</title></head><body>{body}</body></html>").startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "Die Zustimmung der Länder zu den Cookies im Datenschutz kam spät. ",
        "Le ministre veut que chacun puisse tout accepter, ou rien. ",
        "Мы и наши партнеры построим этот мост, сказал мэр. ",
    ],
)
def test_an_article_about_such_things_is_an_article(text: str) -> None:
    assert text.strip() in read(page(text + LONG)).text


OFFER = "Weekly offer: the whole paper on all your devices for one euro a week"


def test_a_short_text_before_a_paywalls_box_is_a_teaser() -> None:
    assert reason(page(FIRST, after=f'<div class="paywall-box">{OFFER}</div>')).startswith("paywalled")
    assert read(page(*MANY, after=f'<div class="paywall-box">{OFFER}</div>')).text


@pytest.mark.parametrize("box", ['<div class="paywall-box">Log in</div>', f'<div class="header paywall">{OFFER}</div>'])
def test_a_link_to_log_in_or_an_offer_in_the_header_makes_no_teaser(box: str) -> None:
    assert read(page(FIRST, after=box)).text
