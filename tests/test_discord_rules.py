"""Each rule catches what breaks it, and what discord.py itself sends of a good message passes."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from discord.ext import commands
from simcord import HttpLogEntry

from tests.discord_rules import broken, check, check_openapi, openapi

NONE: dict[str, Any] = {"parse": []}
SENT = ("POST", "/channels/1/messages")
EDITED = ("PATCH", "/channels/1/messages/2")
EDITED_REPLY = ("PATCH", "/webhooks/9/token/messages/@original")
FOLLOWED_UP = ("POST", "/webhooks/9/token")
CALLED_BACK = ("POST", "/interactions/5/token/callback")
SYNCED = ("PUT", "/applications/9/commands")
THREADED = ("POST", "/channels/1/messages/2/threads")


def request(what: tuple[str, str], body: Any) -> HttpLogEntry:
    return HttpLogEntry(*what, params={}, json=body, reason=None)


def message(**parts: Any) -> dict[str, Any]:
    return {"content": "Hello.", "allowed_mentions": NONE, **parts}


def embedded(**embed: Any) -> dict[str, Any]:
    return {"embeds": [{"description": "Hello.", **embed}]}


def field(**parts: str) -> dict[str, Any]:
    return embedded(fields=[{"name": "n", "value": "v", **parts}])


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(**parts: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Sources", "custom_id": "sources:1", **parts}


def link(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Open", "url": url}


def select(count: int = 2, **parts: Any) -> dict[str, Any]:
    options = [{"label": f"l{number}", "value": f"v{number}"} for number in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options, **parts}


def option(**parts: str) -> dict[str, Any]:
    return select(1, options=[{"label": "l", "value": "v", **parts}])


def shown(*components: dict[str, Any]) -> dict[str, Any]:
    return message(components=list(components))


def layout(*components: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": list(components), "allowed_mentions": NONE, **parts}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def modal(*components: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"type": 9, "data": {"title": "Why?", "custom_id": "why", "components": list(components), **parts}}


def asked(**parts: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Reason", "component": {"type": 4, "style": 2, "custom_id": "reason", **parts}}


def choices(*given: dict[str, Any]) -> dict[str, Any]:
    return {"type": 8, "data": {"choices": list(given)}}


def command(**parts: Any) -> list[dict[str, Any]]:
    return [{"name": "ask", "description": "Ask a question.", "type": 1, **parts}]


def parameter(**parts: Any) -> dict[str, Any]:
    return {"name": "question", "description": "What to ask.", "type": 3, **parts}


def many(kind: int, count: int) -> list[dict[str, Any]]:
    return [{"name": f"menu {number}", "type": kind} for number in range(count)]


BROKEN: list[tuple[str, tuple[str, str], Any]] = [
    ("2001 characters, 2000", SENT, message(content="x" * 2001)),
    ("content is blank", SENT, message(content=" \u200b\n")),
    ("content is missing", SENT, {"allowed_mentions": NONE}),
    ("content is missing", EDITED, message(content="", embeds=[], components=[])),
    ("content: 2001", CALLED_BACK, {"type": 4, "data": message(content="x" * 2001)}),
    ("content: 2001", CALLED_BACK, {"type": 7, "data": message(content="x" * 2001)}),
    ("content: 2001", FOLLOWED_UP, message(content="x" * 2001)),
    ("content: 2001", EDITED_REPLY, message(content="x" * 2001)),
    ("nonce: 26", SENT, message(nonce="1" * 26)),
    ("11 attachments", SENT, message(attachments=[{"id": number} for number in range(11)])),
    ("allowed_mentions is missing", SENT, {"content": "@everyone"}),
    ("allowed_mentions is missing", EDITED, {"content": "@everyone"}),
    ("allowed_mentions is missing", CALLED_BACK, {"type": 4, "data": {"content": "@everyone"}}),
    ("allowed_mentions is missing", SENT, {"flags": 1 << 15, "components": [text("@everyone")]}),
    ("lets something ping", SENT, message(allowed_mentions={"parse": ["users"]})),
    ("lets something ping", SENT, message(allowed_mentions={"parse": [], "replied_user": True})),
    ("lets something ping", SENT, message(allowed_mentions={})),
    ("unfolds a preview", SENT, message(content="See [1](https://example.org).")),
    ("unfolds a preview", EDITED, message(content="See https://example.org.", flags=0)),
    ("unfolds a preview", EDITED_REPLY, message(content="See https://example.org.")),
    ("hides the message's own embeds", SENT, {**embedded(), "flags": 1 << 2}),
    ("only a reply to an interaction", SENT, message(flags=1 << 6)),
    ("cannot make a message ephemeral", EDITED_REPLY, message(flags=1 << 6)),
    ("11 embeds", SENT, {"embeds": [{"description": "x"}] * 11}),
    ("embed title: 257", SENT, embedded(title="x" * 257)),
    ("embed description: 4097", SENT, embedded(description="x" * 4097)),
    ("embed footer: 2049", SENT, embedded(footer={"text": "x" * 2049})),
    ("embed author: 257", SENT, embedded(author={"name": "x" * 257})),
    ("26 embed fields", SENT, embedded(fields=[{"name": "n", "value": "v"}] * 26)),
    ("field name is missing", SENT, field(name="")),
    ("field value is blank", SENT, field(value="\u200b ")),
    ("field name: 257", SENT, field(name="x" * 257)),
    ("field value: 1025", SENT, field(value="x" * 1025)),
    ("6001 characters in all", SENT, {"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]}),
    ("an embed says nothing", SENT, {"embeds": [{"title": " "}]}),
    ("embed url is no http", SENT, embedded(url="file:///etc/passwd")),
    ("embed url is no http", SENT, embedded(url="https://")),
    ("embed url link: 2049", SENT, embedded(url="https://example.org/".ljust(2049, "x"))),
    ("embed author url is no http", SENT, embedded(author={"name": "a", "url": "javascript:x"})),
    ("thumbnail is no http", SENT, embedded(thumbnail={"url": "data:x"})),
    ("6 rows", SENT, shown(*[row(button(custom_id=str(number))) for number in range(6)])),
    ("stand in rows", SENT, shown(button())),
    ("type 10 cannot stand here", SENT, shown(row(text("Hello.")))),
    ("an empty row", SENT, shown(row())),
    ("6 buttons in a row", SENT, shown(row(*[button(custom_id=str(number)) for number in range(6)]))),
    ("five buttons or one select", SENT, shown(row(button(), select()))),
    ("button label: 81", SENT, shown(row(button(label="x" * 81)))),
    ("neither label nor emoji", SENT, shown(row(button(label=" ")))),
    ("custom_id: 101", SENT, shown(row(button(custom_id="x" * 101)))),
    ("custom_id is missing", SENT, shown(row(button(custom_id="")))),
    ("'sources:1' is there 2 times", SENT, shown(row(button()), row(button()))),
    ("button link: 513", SENT, shown(row(link("https://example.org/".ljust(513, "x"))))),
    ("button is no http", SENT, shown(row(link("ftp://example.org")))),
    ("button is no http", SENT, shown(row(link("https://example.org/a b")))),
    ("a link button has no custom_id", SENT, shown(row({**link("https://example.org"), "custom_id": "x"}))),
    ("only a link button", SENT, shown(row(button(url="https://example.org")))),
    ("26 select options", SENT, shown(row(select(26)))),
    ("0 options", SENT, shown(row(select(0)))),
    ("placeholder: 151", SENT, shown(row(select(placeholder="x" * 151)))),
    ("a select of 2 to 1 values", SENT, shown(row(select(min_values=2)))),
    ("3 values has 2 options", SENT, shown(row(select(max_values=3)))),
    ("option label: 101", SENT, shown(row(option(label="x" * 101)))),
    ("option value: 101", SENT, shown(row(option(value="x" * 101)))),
    ("option value is missing", SENT, shown(row(option(value="")))),
    ("option description: 101", SENT, shown(row(option(description="x" * 101)))),
    ("'v' is there 2 times", SENT, shown(row(select(options=[{"label": "l", "value": "v"}] * 2)))),
    ("stand alone", SENT, layout(text("Hello."), content="Hello.")),
    ("41 components", SENT, layout(*[text("x")] * 41)),
    ("4001 characters in all", SENT, layout(text("x" * 2000), text("x" * 2001))),
    ("text is blank", SENT, layout(text(" "))),
    ("without a component", SENT, layout()),
    ("outside a row", SENT, layout(button())),
    ("an empty container", SENT, layout({"type": 17, "components": []})),
    ("a section holds", SENT, layout({"type": 9, "components": [], "accessory": link("https://a.org")})),
    ("a button or a thumbnail", SENT, layout({"type": 9, "components": [text("x")]})),
    ("a button or a thumbnail", SENT, layout({"type": 9, "components": [text("x")], "accessory": text("y")})),
    ("a container in a container", SENT, layout({"type": 17, "components": [{"type": 17, "components": [text("x")]}]})),
    ("a gallery of 0", SENT, layout({"type": 12, "items": []})),
    ("media is no http", SENT, layout({"type": 12, "items": [{"media": {"url": "x"}}]})),
    ("modal title: 46", CALLED_BACK, modal(asked(), title="x" * 46)),
    ("modal custom_id is missing", CALLED_BACK, modal(asked(), custom_id="")),
    ("a modal of 6", CALLED_BACK, modal(*[asked(custom_id=str(number)) for number in range(6)])),
    ("a modal of 0", CALLED_BACK, modal()),
    ("label: 46", CALLED_BACK, modal({**asked(), "label": "x" * 46})),
    ("label description: 101", CALLED_BACK, modal({**asked(), "description": "x" * 101})),
    ("text input label is missing", CALLED_BACK, modal(row({"type": 4, "style": 1, "custom_id": "x"}))),
    ("text input label: 46", CALLED_BACK, modal(row({"type": 4, "style": 1, "custom_id": "x", "label": "x" * 46}))),
    ("one text input", CALLED_BACK, modal(row(select()))),
    ("in a label or a row", CALLED_BACK, modal({"type": 4, "style": 1, "custom_id": "x"})),
    ("to 4001 characters", CALLED_BACK, modal(asked(max_length=4001))),
    ("text input value: 4001", CALLED_BACK, modal(asked(value="x" * 4001))),
    ("text input placeholder: 101", CALLED_BACK, modal(asked(placeholder="x" * 101))),
    ("26 choices", CALLED_BACK, choices(*[{"name": "n", "value": "v"}] * 26)),
    ("choice name: 101", CALLED_BACK, choices({"name": "x" * 101, "value": "v"})),
    ("choice name is blank", CALLED_BACK, choices({"name": " ", "value": "v"})),
    ("choice value: 101", CALLED_BACK, choices({"name": "n", "value": "x" * 101})),
    ("takes no other flag", CALLED_BACK, {"type": 5, "data": {"flags": 1 << 2}}),
    ("no such callback", CALLED_BACK, {"type": 99}),
    ("thread name: 101", THREADED, {"name": "x" * 101}),
    ("thread name is blank", THREADED, {"name": " "}),
    ("thread name: 101", ("PATCH", "/channels/1"), {"name": "x" * 101}),
    ("archived after 61", THREADED, {"name": "x", "auto_archive_duration": 61}),
    ("content is missing", ("POST", "/channels/1/threads"), {"name": "x", "message": {}}),
    ("command name 'Ask'", SYNCED, command(name="Ask")),
    ("command name 'ask it'", SYNCED, command(name="ask it")),
    ("command name", SYNCED, command(name="x" * 33)),
    ("command description is missing", SYNCED, command(description="")),
    ("command description: 101", SYNCED, command(description="x" * 101)),
    ("26 options", SYNCED, command(options=[parameter(name=f"o{number}") for number in range(26)])),
    ("option 'question' is there 2", SYNCED, command(options=[parameter()] * 2)),
    ("required option comes after", SYNCED, command(options=[parameter(), parameter(name="more", required=True)])),
    ("option description: 101", SYNCED, command(options=[parameter(description="x" * 101)])),
    ("do not mix", SYNCED, command(options=[parameter(), parameter(name="list", type=1)])),
    ("option name 'Bad'", SYNCED, command(options=[parameter(type=1, options=[parameter(name="Bad")])])),
    ("26 choices", SYNCED, command(options=[parameter(choices=[{"name": "n", "value": "v"}] * 26)])),
    ("choice value: 101", SYNCED, command(options=[parameter(choices=[{"name": "n", "value": "x" * 101}])])),
    ("both choices and", SYNCED, command(options=[parameter(autocomplete=True, choices=[{"name": "n", "value": 1}])])),
    ("has a description", SYNCED, [{"name": "Check", "type": 3, "description": "Checks."}]),
    ("16 message commands", SYNCED, many(3, 16)),
    ("16 user commands", SYNCED, many(2, 16)),
    ("command (1, 'ask') is there 2", SYNCED, command() * 2),
    (
        "8000 at most",
        SYNCED,
        command(
            options=[
                parameter(name=f"o{number}", choices=[{"name": "n" * 100, "value": "v" * 100}] * 25)
                for number in range(2)
            ]
        ),
    ),
    ("no rule", ("POST", "/guilds/1/channels"), {"name": "x"}),
]


@pytest.mark.parametrize(("fault", "what", "body"), BROKEN, ids=[f"{fault}-{what[1]}" for fault, what, _ in BROKEN])
def test_a_request_that_breaks_a_rule_is_caught_and_for_that_alone(
    fault: str, what: tuple[str, str], body: Any
) -> None:
    found = broken(request(what, body))
    assert [each for each in found if fault in each] == found != []


GOOD: list[tuple[tuple[str, str], Any]] = [
    (SENT, message(content="x" * 2000, flags=1 << 2)),
    (SENT, message(content="Look at [1](<https://example.org>) and `https://example.org`.")),
    (SENT, message(content="[1](https://example.org)", flags=1 << 2, components=[row(link("https://example.org"))])),
    (SENT, {**embedded(title="t", url="https://example.org", fields=[{"name": "n", "value": "v"}])}),
    (SENT, shown(row(*[button(custom_id=str(number)) for number in range(5)]), row(select()))),
    (SENT, layout({"type": 17, "components": [text("Hello."), row(button())]})),
    (EDITED, {"components": []}),
    (FOLLOWED_UP, message(flags=1 << 6)),
    (CALLED_BACK, {"type": 5, "data": {"flags": 1 << 6}}),
    (CALLED_BACK, {"type": 5}),
    (CALLED_BACK, {"type": 6}),
    (CALLED_BACK, modal(asked(max_length=4000))),
    (CALLED_BACK, choices(*[{"name": "n", "value": "v"}] * 25)),
    (THREADED, {"name": "x" * 100, "auto_archive_duration": 1440, "rate_limit_per_user": None}),
    (SYNCED, [*command(options=[parameter(required=True), parameter(name="größe", type=4)]), *many(3, 15)]),
    (("POST", "/channels/1/typing"), None),
    (("GET", "/channels/1/messages/2"), None),
]


@pytest.mark.parametrize(("what", "body"), GOOD)
def test_a_good_request_passes(what: tuple[str, str], body: Any) -> None:
    check([request(what, body)])


def test_an_edit_keeps_the_quiet_of_the_message_it_edits() -> None:
    linked = message(content="https://example.org")
    posted = request(SENT, message(flags=1 << 2))
    check([posted, request(EDITED, linked)])
    with pytest.raises(AssertionError, match="unfolds a preview"):
        check([posted, request(SENT, message()), request(EDITED, linked)])
    with pytest.raises(AssertionError, match="unfolds a preview"):
        check([posted, request(EDITED, {**linked, "flags": 0})])


def test_a_deferred_reply_is_not_quiet_and_a_message_under_a_button_is_as_quiet_as_all_before_it() -> None:
    linked = request(EDITED_REPLY, message(content="https://example.org"))
    with pytest.raises(AssertionError, match="unfolds a preview"):
        check([request(CALLED_BACK, {"type": 5}), linked])
    typed = request(("POST", "/interactions/4/other/callback"), choices())
    check([request(SENT, message(flags=1 << 2)), typed, request(CALLED_BACK, {"type": 6}), linked])
    with pytest.raises(AssertionError, match="unfolds a preview"):
        check([request(SENT, message()), request(CALLED_BACK, {"type": 6}), linked])


def test_every_fault_of_a_record_is_told_with_the_request_it_is_in() -> None:
    with pytest.raises(AssertionError) as told:
        check([request(SENT, message()), request(SENT, {"content": "x" * 2001})])
    lines = str(told.value).splitlines()
    assert [line.partition(": ")[0] for line in lines[:2]] == ["request 2, POST /channels/1/messages"] * 2


def test_discords_own_schemas_take_the_good_requests() -> None:
    check_openapi([request(what, body) for what, body in GOOD], openapi())


def test_discords_own_schemas_refuse_what_is_not_theirs() -> None:
    too_long = request(CALLED_BACK, {"type": 4, "data": message(content="x" * 2001)})
    with pytest.raises(AssertionError, match="callback"):
        check_openapi([too_long], openapi())
    with pytest.raises(AssertionError, match="knows no PUT /nowhere"):
        check_openapi([request(("PUT", "/nowhere"), {})], openapi())


class Reason(discord.ui.Modal, title="Why not?"):
    """A modal as the library of today builds one."""

    reason: discord.ui.Label[Reason] = discord.ui.Label(
        text="Reason", component=discord.ui.TextInput(style=discord.TextStyle.paragraph, required=False)
    )


def bot() -> commands.Bot:
    """A bot that uses each surface once."""
    made = commands.Bot("!", intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none())

    async def ask(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content="Searching …")
        await interaction.followup.send(f"{question}: https://example.org", suppress_embeds=True)

    async def answer(message: discord.Message) -> None:
        if message.author.bot:
            return
        embed = discord.Embed(title="Found", url="https://example.org").add_field(name="n", value="v")
        sent = await message.reply("@everyone", embed=embed, file=discord.File(__file__, "source.txt"))
        await sent.edit(content="Done.")
        await (await sent.create_thread(name="Follow-ups")).send("Ask on.")

    async def check_text(interaction: discord.Interaction, _target: discord.Message) -> None:
        await interaction.response.send_modal(Reason())

    async def setup_hook() -> None:
        await made.tree.sync()

    made.add_listener(answer, "on_message")
    made.tree.command(name="ask", description="Ask.")(ask)
    made.tree.context_menu(name="Check against sources")(check_text)
    made.setup_hook = setup_hook  # type: ignore[method-assign]
    return made


async def test_what_discord_py_sends_passes_both_the_rules_and_the_schemas() -> None:
    async with simcord.run(bot()) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        alice = guild.add_member(env.create_user("alice"))
        said = await alice.send(channel, "Hello.")
        await alice.slash(channel, "ask", question="Who?")
        assert (await alice.context_menu(channel, "Check against sources", said)).modal
        surfaces = {entry.method for entry in env.http_requests if entry.json}
        check(env.http_requests)
        check_openapi(env.http_requests, openapi())
    assert surfaces == {"POST", "PATCH", "PUT"}
