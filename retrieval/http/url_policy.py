"""The rules for web addresses that may be fetched: their form, and the machines they may lead to.

Parsing is strict, without repairs: an address that two programs could read in two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin

import idna

from retrieval.domain.phrase import Phrase
from retrieval.http.page import refused

IPAddress = IPv4Address | IPv6Address

NOT_PUBLIC = Phrase("its host is not on the public internet")

_MOST_CHARACTERS = 4000
_PORTS = {"http": 80, "https": 443}
# Publishers use no such ports: they are reserved for other services, databases and desktops.
_RESERVED_BELOW = 1024
_OTHER_SERVICES = frozenset(
    {1433, 1521, 2049, 2375, 2379, 3306, 3389, 5432, 5672, 5900, 6000, 6379, 6667, 9042, 9092, 9200, 11211, 27017}
)
# Control characters, surrogates, and the backslash, which some programs take for a slash.
_AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_SHAPE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?:#.*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:@%\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
# With such a last label, system libraries read the name as an IPv4 address, also in octal or hex.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT = "!$%&'()*+,/:;=?@[]~"

# Only 2000::/3 is assigned to the public; the rest of IPv6 is local, multicast, or wraps something else.
_PUBLIC_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Networks for which some Python versions have `is_global`: protocol assignments, relays of 6to4, Azure's metadata,
# documentation.
_SPECIAL = tuple(IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))
_SPECIAL_V6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20"))


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A web address in its parts, ready for a request.

    `host` is in ASCII and lower case, without brackets or a last dot; `target` is the path with its query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != _PORTS[self.scheme] else "")

    @property
    def url(self) -> str:
        return self.origin + self.target

    def joined(self, location: str) -> WebAddress:
        """The target of a redirect from this address. Raises FetchError."""
        location = location.strip()
        # Before joining, because urljoin drops ambiguous characters silently.
        if _AMBIGUOUS.search(location):
            raise refused(Phrase("unclear characters"))
        try:
            return read_address(urljoin(self.url, location))
        except ValueError as error:
            raise refused(Phrase("badly written")) from error


def read_address(url: str) -> WebAddress:
    """The address in its parts. The IP address of its host is not checked here, but before connecting.

    Raises:
        FetchError: it may not be fetched.
    """
    url = url.strip()
    if len(url) > _MOST_CHARACTERS:
        raise refused(Phrase("too long"))
    if _AMBIGUOUS.search(url):
        raise refused(Phrase("unclear characters"))
    shape = _SHAPE.fullmatch(url)
    scheme = shape["scheme"].lower() if shape else ""
    if shape is None or scheme not in _PORTS:
        raise refused(Phrase("neither http nor https"))
    if "@" in shape["authority"]:
        raise refused(Phrase("a user name in it"))
    authority = _AUTHORITY.fullmatch(shape["authority"])
    if authority is None:
        raise refused(Phrase("badly written"))
    return WebAddress(
        scheme, _host(authority["host"]), _port(authority["port"] or _PORTS[scheme]), _target(shape["target"])
    )


def _host(written: str) -> str:
    if written.startswith("["):
        return str(_number(written[1:-1], IPv6Address))
    try:
        name = written if written.isascii() else idna.encode(written, uts46=True).decode("ascii")
    except UnicodeError as error:
        raise refused(Phrase("badly written")) from error
    name = name.lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise refused(Phrase("badly written"))
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return str(_number(name, IPv4Address))
    return name


def _number(written: str, kind: type[IPv4Address] | type[IPv6Address]) -> IPAddress:
    try:
        return kind(written)
    except ValueError as error:
        raise refused(Phrase("badly written")) from error


def _port(written: str | int) -> int:
    port = int(written)
    if port not in _PORTS.values() and (port < _RESERVED_BELOW or port in _OTHER_SERVICES or port > 65535):
        raise refused(Phrase("port {port}", port=str(port)))
    return port


def _target(written: str) -> str:
    path = written if written.startswith("/") else f"/{written}"
    return quote(path, safe=_KEPT)


def literal(host: str) -> IPAddress | None:
    """The IP address, if the host is one; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_reachable(address: IPAddress, allow_loopback: bool = False) -> bool:
    """Tell if connections to the address are allowed: it is public, and so is any IPv4 address inside it."""
    inner = _unwrapped(address)
    if allow_loopback and inner.is_loopback:
        return True
    if isinstance(inner, IPv4Address):
        return inner.is_global and not inner.is_multicast and not any(inner in net for net in _SPECIAL)
    return inner in _PUBLIC_V6 and inner.is_global and not any(inner in net for net in _SPECIAL_V6)


def _unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one. Teredo and the older wrappings are not public at all."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
