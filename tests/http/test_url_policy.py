"""Only addresses of the public web are fetched, however others are written, and nothing leaves for the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.http.client import Fetcher
from retrieval.http.page import FetchError
from retrieval.http.url_policy import is_reachable, read_address

SSRF = Path(__file__).parents[3] / "shared/eval/security_dev/ssrf_urls_patt.jsonl"
# What names that lead home say.
TRAPS = {"localhost", "localtest.me", "nip.io", "rebind.example"}

REFUSED = """
http://127.0.0.1/ http://127.0.0.1:8080/ http://127.1/ http://127.0.1/ http://0/ http://0.0.0.0/ http://2130706433/
http://0177.0.0.1/ http://0o177.0.0.1/ http://0x7f.0.0.1/ http://0x7f000001/ http://127.0.0.1./ http://127.0.0.01/
http://１２７.0.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/ http://１６９。254。169。254/ http://8.8.8.8.8/ http://08.8.8.8/
http://134744072/ http://10.1.2.3/ http://172.16.0.1/ http://192.168.1.1/ http://100.64.0.1/ http://100.100.100.200/
http://169.254.169.254/latest/meta-data/ http://192.0.0.192/ http://192.0.2.1/ http://198.18.0.1/ http://224.0.0.1/
http://240.0.0.1/ http://255.255.255.255/ http://168.63.129.16/ http://192.88.99.1/
http://[::]/ http://[::1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::127.0.0.1]/ http://[fe80::1]/
http://[fe80::1%25eth0]/ http://[fec0::1]/ http://[fc00::1]/ http://[fd00:ec2::254]/ http://[ff02::1]/
http://[64:ff9b::7f00:1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/
http://[2002:a9fe:a9fe::1]/ http://[2001:0:808:808::1]/ http://[2001:db8::1]/ http://[3fff::1]/ http://[100::1]/
http://[1.2.3.4]/ http://[::1/ http://::1/ http://0000::1:80/ http://[v1.a]/
http://localhost/ http://LOCALHOST./ http://ℓocalhost/ http://a.nip.io/ http://localtest.me/ http://rebind.example/
http://user@example.org/ http://user:word@example.org/ http://@example.org/ http://example.org:80@127.0.0.1/
http://example.org\\@127.0.0.1/ http://127.1.1.1:80\\@127.2.2.2:80/ http://127.1.1.1:80#\\@127.2.2.2/
http://example.org%00/ http://example.org%2f/ http://ex%61mple.org/ http://example..org/ http://.example.org/
http://-example.org/ http://exa_mple-.org/ http://a／b.org/ http:// http:/// http:///x http:example.org
http:/example.org //example.org/ example.org example.org/a localhost:80 jar:http://example.org!/ 0://example.org:80;http://example.org:80/
http://example.org:0/ http://example.org:22/ http://example.org:25/ http://example.org:6379/ http://example.org:11211/
http://example.org:65536/ http://example.org:999999/ http://example.org:+80/ http://example.org:８０/ http://example.org:80:80/
file:///etc/passwd ftp://example.org/ gopher://example.org:70/ dict://example.org:2628/ ldap://example.org/
data:text/html,x javascript:alert(1) view-source:http://example.org/ ws://example.org/ httpx://example.org/ blob:http://a.org/
""".split()
REFUSED += [
    "",
    " ",
    "http://exam ple.org/",
    "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
    "http://example.org/\r\nHost: a",
    "http://e\tx.org/",
]


class _Guarded:
    """A network in which names lead home, and whoever connects fails the test."""

    def resolve(self, name: str) -> Sequence[str]:
        if any(name == trap or name.endswith(f".{trap}") for trap in TRAPS) or "rebind" in name:
            return ["93.184.215.14", "127.0.0.1"]
        raise OSError("no such name")

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        raise AssertionError(f"connected to {address}:{port}, with {seconds} s")


def _refusal(url: str) -> FetchError:
    guarded = _Guarded()
    with pytest.raises(FetchError) as caught:
        Fetcher(resolve=guarded.resolve, connect=guarded.connect).get(url)
    return caught.value


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_public_web_address_is_refused_before_anything_leaves(url: str) -> None:
    error = _refusal(url)
    assert str(error).startswith("not a web address that may be fetched (")
    assert error.permanent
    assert error.status is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "neither http nor https"),
        ("http://user:word@example.org/", "a user name in it"),
        ("http://example.org:22/", "port 22"),
        ("http://2130706433/", "badly written"),
        ("http://example.org\\a", "unclear characters"),
        ("http://example.org/" + "a" * 4000, "too long"),
        ("http://10.0.0.1/", "its host is not on the public internet"),
    ],
)
def test_a_refusal_says_why(url: str, why: str) -> None:
    assert str(_refusal(url)) == f"not a web address that may be fetched ({why})"


@pytest.mark.eval
def test_every_address_of_the_collection_is_refused_before_anything_leaves() -> None:
    if not SSRF.exists():
        pytest.skip(f"{SSRF} is not here")
    urls = [json.loads(line)["url"] for line in SSRF.read_text(encoding="utf-8").splitlines()]
    reasons = {url: str(_refusal(url)) for url in urls}
    assert len(reasons) == len(urls) == 51
    assert all(reason.startswith("not a web address that may be fetched (") for reason in reasons.values()), reasons


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_setting_for_tests_lets_them_to_this_machine(address: str) -> None:
    assert is_reachable(ip_address(address), allow_loopback=True)
    assert not is_reachable(ip_address(address))


@pytest.mark.parametrize("address", ["10.0.0.1", "0.0.0.1", "169.254.169.254", "::", "fe80::1", "::ffff:10.0.0.1"])
def test_that_setting_opens_nothing_else(address: str) -> None:
    assert not is_reachable(ip_address(address), allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"],
)
def test_addresses_routable_for_everyone_are_reachable(address: str) -> None:
    assert is_reachable(ip_address(address))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://example.org", "http://example.org/"),
        (" HTTPS://Example.ORG.:443/a#part ", "https://example.org/a"),
        ("http://example.org:8080?q=1", "http://example.org:8080/?q=1"),
        ("https://straße.example/über?q=ö ä", "https://xn--strae-oqa.example/%C3%BCber?q=%C3%B6%20%C3%A4"),
        ("http://a_b.example/%C3%BC%/[x]'", "http://a_b.example/%C3%BC%/[x]'"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
        ("http://[2606:4700:4700:0::1111]:8080/", "http://[2606:4700:4700::1111]:8080/"),
        ("http://8.8.8.8/@user", "http://8.8.8.8/@user"),
        ("http://3com.example/", "http://3com.example/"),
        ("http://example.org:/", "http://example.org/"),
    ],
)
def test_an_address_is_read_into_its_one_form(written: str, read: str) -> None:
    assert read_address(written).url == read


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "https://paper.example/b"),
        ("b?c#d", "https://paper.example/x/b?c"),
        ("//other.example/", "https://other.example/"),
        ("http://other.example/ü ö", "http://other.example/%C3%BC%20%C3%B6"),
        ("?page=2", "https://paper.example/x/a?page=2"),
    ],
)
def test_a_redirect_leads_from_where_it_stands(location: str, leads_to: str) -> None:
    assert read_address("https://paper.example/x/a").joined(location).url == leads_to


@pytest.mark.parametrize("location", ["/a\tb", "http:\\\\other.example", "//[", "//127.1/", "javascript:1"])
def test_a_redirect_that_is_unclear_leads_nowhere(location: str) -> None:
    with pytest.raises(FetchError, match="not a web address that may be fetched"):
        read_address("https://paper.example/x/a").joined(location)


@given(st.text(alphabet=st.sampled_from("ahtps:/?#@[]%.0x127\\ \tü①。-_\udc80é"), max_size=40).map("http://".__add__))
def test_an_address_is_refused_or_means_the_same_to_everyone(url: str) -> None:
    try:
        address = read_address(url)
    except FetchError:
        return
    parts = urlsplit(address.url)
    assert (parts.scheme, parts.hostname, parts.port or 80) == (address.scheme, address.host, address.port)
    assert address.url.isascii()
    assert parts.username is None
    assert read_address(address.url) == address
