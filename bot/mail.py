"""E-mail over SMTP: the server and the addresses of the settings, a mail's two forms, and its sending."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError, QuestionError

# Seconds for the connection and for every answer of the server.
_SECONDS = 30
# Ports by how the server is reached: with a password mail is handed in, without one it is passed on.
_PORTS = {("smtps", True): 465, ("smtps", False): 465, ("smtp", True): 587, ("smtp", False): 25}
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?")
_APART = re.compile(r"[,;\s]+")
_SHAPE = "must be like smtp://user:password@mail.example.org:587, or smtps://"
_UNKNOWN = Phrase("the mail server {where} refuses the user or the password of BRIEFING_SMTP_URL")
_ADDRESS_REFUSED = Phrase("the mail server refuses the address (code {code})")
_MAIL_REFUSED = Phrase("the mail server refuses the mail (code {code})")
_SILENT = Phrase("the mail server {where} does not answer: {reason}")
# The most addresses of one schedule.
MOST = 10


class MailError(BriefingError):
    """A mail was not sent; `refused` if trying again is of no use."""

    def __init__(self, reason: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server; TLS is spoken from the first byte where it is `wrapped`, else where the server offers it."""

    host: str
    port: int
    wrapped: bool
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address, as it is sent."""

    address: str
    content: str


def read_server(url: str) -> MailServer:
    """The server of an address such as smtp://user:password@host:port; smtps where TLS is spoken from the first byte.

    Raises:
        ValueError: it is no such address; the message does not repeat it, for the password.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(_SHAPE) from None
    known = bool(parts.username)
    if (parts.scheme, known) not in _PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(_SHAPE)
    return MailServer(
        host=host,
        port=port or _PORTS[parts.scheme, known],
        wrapped=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def is_sender(text: str) -> bool:
    """Tell if a text is one address, with or without a name before it."""
    return text.isprintable() and bool(_ADDRESS.fullmatch(parseaddr(text)[1]))


def read_addresses(text: str) -> tuple[str, ...]:
    """The addresses in a text, parted by commas or spaces, without duplicates.

    Raises:
        QuestionError: a part is not an address, or there are more than `MOST`.
    """
    found = {each.lower(): each for each in _APART.split(text.strip()) if each}
    for each in found.values():
        if not _ADDRESS.fullmatch(each):
            raise QuestionError(Phrase('"{text}" is not an e-mail address.', text=each[:60]))
    if len(found) > MOST:
        raise QuestionError(
            Phrase("That is {count} addresses: a digest goes to {most} at most.", count=len(found), most=MOST)
        )
    return tuple(found.values())


def is_allowed(address: str, allowed: Collection[str]) -> bool:
    """True if mail may go to this address; `allowed` has addresses, and domains as "@example.org"."""
    known, small = {each.lower() for each in allowed}, address.lower()
    return small in known or f"@{small.rpartition('@')[2]}" in known


def check_allowed(addresses: Sequence[str], allowed: Collection[str]) -> None:
    """Check that mail may go to these addresses.

    Raises:
        QuestionError: it may not go to one of them.
    """
    for each in addresses:
        if not is_allowed(each, allowed):
            raise QuestionError(
                Phrase(
                    "I may not send mail to {address}: whoever runs me allows it with BRIEFING_MAIL_TO.", address=each
                )
            )


def write_mail(*, sender: str, address: str, subject: str, text: str, page: str, id_: str, moment: datetime) -> Mail:
    """A mail with the same content as plain text and as a web page."""
    mail = EmailMessage(policy=SMTP.clone(utf8=False))
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = f"<{id_}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # Not answered by those who are away.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    return Mail(address, mail.as_bytes().decode("ascii"))


class Mailer:
    """Sends mail through a server, from one address."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = parseaddr(sender)[1]

    def send(self, mail: Mail) -> None:
        """Send a mail.

        Raises:
            MailError: the server did not accept it. The message shows no password.
        """
        with self._explained(), self._connect() as connection:
            connection.sendmail(self._sender, [mail.address], mail.content.encode("ascii"))

    def check(self) -> None:
        """Log in, and send nothing.

        Raises:
            MailError: the server cannot be reached, or refuses the login.
        """
        with self._explained(), self._connect() as connection:
            connection.noop()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise what goes wrong as errors with one clear line."""
        where = f"{self._server.host}:{self._server.port}"
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(_UNKNOWN.filled(where=where)) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (0, b""))[0]
            raise MailError(_ADDRESS_REFUSED.filled(code=str(code)), 500 <= code < 600) from error
        except smtplib.SMTPResponseException as error:
            raise MailError(_MAIL_REFUSED.filled(code=str(error.smtp_code)), 500 <= error.smtp_code < 600) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(_SILENT.filled(where=where, reason=_reason(error))) from error

    def _connect(self) -> smtplib.SMTP:
        """A connection that is logged in; without TLS, a password goes to this machine alone."""
        server, context = self._server, ssl.create_default_context()
        if server.wrapped:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        try:
            connection.ehlo()
            safe = server.wrapped
            if not safe and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
                safe = True
            if server.user:
                if not safe and not _is_here(server.host):
                    raise smtplib.SMTPException("it offers no TLS, and a password is not sent without")
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return Phrase("nothing came in {seconds} s", seconds=_SECONDS)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
