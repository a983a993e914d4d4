"""Scheduled digests by mail: each address gets each once, whatever the mail server does, and no password is shown."""

from __future__ import annotations

import asyncio
import email
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.discord.delivery.outbox import Outbox
from bot.doctor.checks import _mail
from bot.mail import Mail, Mailer, MailError, MailServer, read_server
from bot.settings import load_bot_settings
from retrieval.errors import SettingsError
from retrieval.services.briefing import Briefing
from tests.bot.test_schedule import Office, bring_in, make_bot, office  # noqa: F401

# The server of the tests asks for a password without TLS where a test has none.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")
ANN, BOB = "ann@ministry.example", "bob@ministry.example"
PASSWORD = "s3cr3t-pass"  # noqa: S105


@dataclass
class PostOffice:
    """A mail server on this machine: what it took, and how it answers."""

    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    # By address, and for every mail as a whole.
    refusals: dict[str, str] = field(default_factory=dict)
    refuses: str = ""
    logins: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, to: str, _options: Any) -> str:  # noqa: N802
        if to in self.refusals:
            return self.refusals[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        read = email.message_from_bytes(cast("bytes", envelope.content), policy=default)
        self.taken += [(to, read) for to in envelope.rcpt_tos]
        return "250 taken"

    def authenticate(
        self, _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append(data.password)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a bot that mails through it."""
        return {
            "smtp_url": f"smtp://brief:{PASSWORD}@127.0.0.1:{self.port}",
            "mail_from": "Briefing <briefing@bot.example>",
            "mail_to": "@ministry.example, press@other.example",
        }


@contextmanager
def running(taken: PostOffice, **options: Any) -> Iterator[None]:
    """Let it take mail."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        taken.port = free.getsockname()[1]
    asked: dict[str, Any] = {"authenticator": taken.authenticate, "auth_required": True, "auth_require_tls": False}
    controller = Controller(taken, hostname="127.0.0.1", port=taken.port, **asked | options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def server() -> Iterator[PostOffice]:
    """A mail server that wants a password."""
    taken = PostOffice()
    with running(taken):
        yield taken


@dataclass
class MailRoom:
    """An office whose bot mails through a server of ours."""

    office: Office
    server: PostOffice

    async def later(self, **time: float) -> None:
        """So much time goes by, and all that waits is tried."""
        await self.office.later(**time)
        bot: Any = self.office.bot
        await bot.duties.outbox.round()
        await bot.duties.outbox.round()

    async def restart(self) -> None:
        """End the bot, and start another."""
        await self.office.restart(**self.server.settings)


@pytest.fixture
async def room(office: Office, server: PostOffice, briefing: Briefing, tmp_path: Path) -> AsyncIterator[MailRoom]:  # noqa: F811
    titles = ("Oslo votes", "Rome waits", "Bonn builds", "Kyiv rests")
    await asyncio.to_thread(bring_in, briefing, tmp_path, *titles)
    made = MailRoom(office, server)
    await made.restart()
    yield made


async def test_a_digest_is_mailed_once_to_each_address_as_text_and_as_a_page(room: MailRoom) -> None:
    said = await room.office.add(mail=f"{ANN}, {BOB} {ANN.upper()}")
    assert f"mail to `{ANN}`, `{BOB}`".lower() in said.lower()
    await room.later(minutes=5)
    await room.restart()
    await room.later(minutes=5)
    assert [to.lower() for to, _ in room.server.taken] == [ANN, BOB]
    mail = room.server.taken[0][1]
    assert str(mail["From"]) == "Briefing <briefing@bot.example>"
    assert str(mail["To"]).lower() == ANN
    assert str(mail["Subject"]).startswith("31 Dec 2025 to 1 Jan 2026: ")
    assert str(mail["Subject"]).count(";") == 2
    text, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    for title in ("Oslo votes", "Rome waits", "Bonn builds", "Kyiv rests"):
        assert title in text.get_content()
        assert title in page.get_content()
    assert page.get_content().startswith("<!DOCTYPE html>")
    assert "schedule 1 of a Discord server names your address" in text.get_content()
    assert len({str(each["Message-ID"]) for _, each in room.server.taken}) == 2
    assert len(room.office.said()) == 1


async def test_a_mail_server_that_is_down_delays_mails_and_no_message(room: MailRoom) -> None:
    await room.office.add(mail=ANN)
    room.server.refuses = "451 try again later"
    await room.later(minutes=5)
    assert len(room.office.said()) == 1
    room.server.refuses = ""
    await room.later(seconds=30)
    assert room.server.taken == [], "not before a minute has gone by"
    await room.later(minutes=1)
    await room.later(hours=1)
    assert [to for to, _ in room.server.taken] == [ANN]
    assert len(room.office.said()) == 1


async def test_a_mail_whose_receipt_is_lost_comes_again_as_the_same_mail(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.office.add(mail=ANN)
    monkeypatch.setattr(Outbox, "_forget", lambda *_: (_ for _ in ()).throw(OSError("the machine ended here")))
    await room.later(minutes=5)
    monkeypatch.undo()
    await room.restart()
    await room.later(minutes=1)
    await room.later(minutes=9)
    ids = [str(mail["Message-ID"]) for _, mail in room.server.taken]
    assert len(ids) > 1
    assert len(set(ids)) == 1


async def test_a_refused_address_is_told_to_who_made_the_schedule_which_runs_on(room: MailRoom) -> None:
    await room.office.add(mail=f"{ANN} {BOB}")
    room.server.refusals[ANN] = "550 no such person"
    await room.later(minutes=5)
    await room.later(minutes=1)
    assert [to for to, _ in room.server.taken] == [BOB]
    assert room.office.private() == [
        "I could not mail the digest of schedule 1: the mail server refuses the address (code 550)."
    ]
    assert "paused" not in await room.office.run("list")


async def test_a_digest_without_stories_is_not_mailed(room: MailRoom) -> None:
    await room.office.add(mail=ANN)
    await room.later(minutes=5)
    await room.later(days=1)
    assert len(room.office.said()) == 2
    assert len(room.server.taken) == 1


@pytest.mark.parametrize(
    ("mail", "line"),
    [
        ("ann@elsewhere.example", "I may not send mail to ann@elsewhere.example"),
        ("press@other.example.evil", "I may not send mail to press@other.example.evil"),
        ("ann", "“ann” is not an e-mail address."),
        (f"{ANN}\nBcc:x@evil.example", "“Bcc:x@evil.example” is not"),
        (" ".join(f"a{number}@ministry.example" for number in range(11)), "That is 11 addresses"),
    ],
)
async def test_mail_goes_only_where_the_settings_allow_it(room: MailRoom, mail: str, line: str) -> None:
    said = await room.office.add(mail=mail)
    assert line.replace("“", '"').replace("”", '"') in said.replace("“", '"').replace("”", '"')
    assert "No schedules yet" in await room.office.run("list")


async def test_no_mail_goes_to_an_address_that_is_no_longer_allowed(room: MailRoom) -> None:
    await room.office.add(mail=f"{ANN} press@other.example")
    await room.office.restart(**room.server.settings | {"mail_to": "press@other.example"})
    await room.later(minutes=5)
    assert [to for to, _ in room.server.taken] == ["press@other.example"]


async def test_without_a_mail_server_the_option_says_so(office: Office) -> None:  # noqa: F811
    assert "I send no mail: whoever runs me sets that up with BRIEFING\\_SMTP\\_URL." in await office.add(mail=ANN)


async def test_a_test_is_mailed_too_and_counts_for_nothing(room: MailRoom) -> None:
    await room.office.add(mail=ANN)
    assert "Posted, and mailed to 1 address: <https://" in await room.office.run("test", schedule=1)
    room.server.refuses = "554 no"
    said = await room.office.run("test", schedule=1)
    assert "I could not mail it: the mail server refuses the mail \\(code 554\\)." in said
    room.server.refuses = ""
    await room.later(minutes=5)
    first, second = (mail for _, mail in room.server.taken)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Subject"] == second["Subject"]


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_over_tls_the_certificate_is_checked_and_the_password_sent(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certified(tmp_path / "server.pem")
    taken = PostOffice()
    tls = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    with running(taken, auth_require_tls=scheme == "smtp", **tls):
        url = f"{scheme}://brief:{PASSWORD}@127.0.0.1:{taken.port}"
        with pytest.raises(MailError, match=r"(?i)certificate.verify.failed"):
            Mailer(read_server(url), "a@bot.example").check()
        assert taken.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        Mailer(read_server(url), "a@bot.example").send(Mail(ANN, "Subject: x\r\n\r\nx"))
    assert taken.logins == [PASSWORD.encode()]
    assert [to for to, _ in taken.taken] == [ANN]


def certified(file: Path) -> ssl.SSLContext:
    """A context of a server on 127.0.0.1, whose certificate and key are in the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = built.add_extension(here, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_the_doctor_logs_in_to_the_mail_server_and_says_what_lacks(
    server: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.settings.items():
        monkeypatch.setenv(f"BRIEFING_{name.upper()}", value)
    (found,) = _mail(load_bot_settings())
    assert (found.well, found.mend) == (True, None)
    assert "may go to @ministry.example, press@other.example" in found.state
    monkeypatch.setenv("BRIEFING_SMTP_URL", f"smtp://brief:wr0ng@127.0.0.1:{server.port}")
    (found,) = _mail(load_bot_settings())
    assert not found.well
    assert "refuses the user or the password" in found.state
    assert "wr0ng" not in f"{found}"
    monkeypatch.delenv("BRIEFING_MAIL_FROM")
    (found,) = _mail(load_bot_settings())
    assert found.state == "digests cannot be mailed: BRIEFING_MAIL_FROM is not set"


def test_a_wrong_password_is_shown_to_nobody(server: PostOffice, caplog: pytest.LogCaptureFixture) -> None:
    wrong = MailServer(host="127.0.0.1", port=server.port, wrapped=False, user="brief", password="wr0ng-pass")  # noqa: S106
    with caplog.at_level(logging.DEBUG), pytest.raises(MailError) as raised:
        Mailer(wrong, "a@bot.example").send(Mail(ANN, "Subject: x\r\n\r\nx"))
    assert set(server.logins) == {b"wr0ng-pass"}
    assert "refuses the user or the password" in str(raised.value)
    assert not raised.value.refused
    assert "wr0ng" not in f"{wrong!r} {raised.value} {caplog.text}"


def test_a_password_is_not_sent_without_tls_to_another_machine(server: PostOffice) -> None:
    # The same machine by a name that does not tell so.
    far = read_server(f"smtp://brief:{PASSWORD}@127.1:{server.port}")
    with pytest.raises(MailError, match="offers no TLS, and a password is not sent without"):
        Mailer(far, "a@bot.example").send(Mail(ANN, "Subject: x\r\n\r\nx"))
    assert server.logins == []


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    gone = read_server(f"smtps://brief:{PASSWORD}@127.0.0.1:1")
    with pytest.raises(MailError, match="does not answer") as raised:
        Mailer(gone, "a@bot.example").check()
    assert PASSWORD not in str(raised.value)


@pytest.mark.parametrize("url", ["http://h", f"smtp://u:{PASSWORD}@", f"smtp://u:{PASSWORD}@h:99999", PASSWORD])
def test_a_wrong_address_of_the_server_is_not_repeated(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_SMTP_URL", url)
    with pytest.raises(SettingsError, match="BRIEFING_SMTP_URL must be like smtp://") as raised:
        load_bot_settings()
    assert PASSWORD not in str(raised.value)


def test_the_port_goes_by_what_the_address_says() -> None:
    ports = [read_server(url).port for url in ("smtp://h", "smtp://u:p@h", "smtps://u:p@h", "smtp://h:26")]
    assert ports == [25, 587, 465, 26]
    assert read_server("smtp://a%40b:p%2Fw@h").user == "a@b"
    assert read_server("smtp://a%40b:p%2Fw@h").password == "p/w"  # noqa: S105
