"""Why a host cannot be reached, in words that say what to look at (docs/network.md).

What belongs: telling apart a host to which no connection comes about from an answer that went wrong; proxies and
certificates as far as words need them. What does not: trying again (`transport`), and choosing a proxy or checking a
certificate, which requests does.
"""

import errno
import os
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from requests.exceptions import ConnectTimeout, InvalidURL, ProxyError, SSLError
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import NameResolutionError

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
_ONLINE, _FIREWALL = "is this machine online?", "is the address right, or is there a firewall?"
_CA_HINT = (
    "where a firewall reads along, REQUESTS_CA_BUNDLE must name the file with its certificate authority "
    "(docs/network.md)"
)


def host_of(url: str) -> str:
    """Return host and port, without user name and password. Raises ValueError where the address is none."""
    return urlsplit(url).netloc.rpartition("@")[2]


def why_unreachable(error: Exception, url: str) -> str | None:
    """Return why no connection comes about, in a sentence; None where one did, so that the fault may pass."""
    proxy = select_proxy(url, get_environ_proxies(url))
    if proxy and host_of(url) and isinstance(error, InvalidURL):
        found: tuple[str, str] | None = ("the proxy: not an address", "http://HOST:PORT is expected;")
    else:
        found = _cause(error)
    if found is None:
        return None
    why, hint = found
    return f"{host_of(url)} cannot be reached: {why}; {hint} proxy: {_shown(proxy, url)}"


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it: requests and urllib3 wrap what the system says several times."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        nested = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [each for each in nested if isinstance(each, BaseException)]


def _cause(error: Exception) -> tuple[str, str] | None:
    """Return what stands in the way, and what to look at."""
    chain = list(causes(error))
    at_proxy = "the proxy: " if any(isinstance(cause, ProxyError) for cause in chain) else ""
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})", f"{_CA_HINT};"
        if isinstance(cause, socket.gaierror | NameResolutionError):
            return f"{at_proxy}no such name", _ONLINE
        if isinstance(cause, ConnectionRefusedError):
            return f"{at_proxy}the connection is refused", _FIREWALL
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return f"{at_proxy}no route to it", _ONLINE
    refused = next(
        (found for cause in chain if (found := re.search(r"Tunnel connection failed: (.*)", str(cause)))), None
    )
    if at_proxy:
        said = refused[1].rstrip("')") if refused else "it does not answer as a proxy does"
        return f"{at_proxy}{said}", "does it want a user name and a password, is its address right?"
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if isinstance(error, OSError) and "CA certificate bundle" in str(error):
        return f"there is no file {bundle} with certificate authorities", "REQUESTS_CA_BUNDLE must name one;"
    if isinstance(error, SSLError):
        return "no encrypted connection comes about", _FIREWALL
    if isinstance(error, ConnectTimeout):
        return "nobody answers", _FIREWALL
    return None


def _shown(proxy: str | None, url: str) -> str:
    name = f"{urlsplit(url).scheme.upper()}_PROXY"
    shown = proxy.rpartition("//")[2].rpartition("@")[2].strip("/") if proxy else "none set"
    return f"{shown} ({name})"
