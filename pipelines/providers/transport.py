"""How a request reaches a provider and an answer comes back, whatever the provider.

What belongs: requests and responses as values, the live transport with its patience (rate limit, retries) and
its guards (timeouts, size, redirects). What does not: what a request asks for or an
answer means (`pxweb`, `jsonstat`), and answers kept from earlier (`replay`).
"""

import hashlib
import re
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson
import requests
import tenacity
from requests.exceptions import ContentDecodingError, InvalidSchema, InvalidURL, MissingSchema
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from pipelines.errors import AnswerError, SourceError, Unreachable
from pipelines.providers.deadline import BoundedAdapter, Overdue, at_most
from pipelines.providers.pace import Pace, stated_limits
from pipelines.providers.reach import causes, host_of, why_unreachable

Check = Callable[[bytes], object]
"""Looks at a body and raises ValueError where it is broken: such an answer is asked for again. Returns anything."""

USER_AGENT = f"levekar/{version('levekar')} (python-requests/{requests.__version__})"

CALLS_PER_MINUTE = 30
"""Held until a provider states its own limit."""
_ATTEMPTS = 5
_LONGEST_WAIT = 300.0  # seconds; a provider that asks for more is asked again tomorrow
_REDIRECTS = 3
_QUICK = 2.0  # seconds; a name that nobody knows, or a firewall that says nothing, may take far longer


@dataclass(frozen=True)
class Request:
    """A request to a provider, relative to its root: the same on another host, and in a replay."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Canonical text of what is asked; two requests with one key get the same answer."""
        digest = hashlib.sha256(self.body).hexdigest() if self.body else ""
        return f"{self.method} {self.path}?{urlencode(sorted(self.params))} {digest}".strip()

    @property
    def target(self) -> str:
        """Path and parameters, encoded as they are sent."""
        query = urlencode(self.params, safe="*,():", quote_via=quote)
        return quote(self.path) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Response:
    """An answer as received, its transfer compression undone."""

    request: Request
    url: str
    content: bytes
    headers: Mapping[str, str]
    fetched_at: datetime


class Transport(Protocol):
    """Gets the answer to a request: from the network, or from what was kept."""

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the answer. Raises SourceError."""
        ...


def json_object(content: bytes) -> dict[str, Any]:
    """Return a body that must be a JSON object. Raises ValueError."""
    try:
        body = orjson.loads(content.removeprefix(BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON, or not all of it ({error})") from error
    if not isinstance(body, dict):
        raise ValueError(f"a JSON {type(body).__name__} where an object was expected")
    return body


class _Passing(Exception):
    """A fault that may pass; `wait` is how long the provider asks to be left alone."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class _Unconnected(_Passing):
    """No connection came about."""


def _now() -> datetime:
    return datetime.now(UTC)


class LiveTransport:
    """Asks a provider over HTTP. One per provider: its threads share connections and the rate limit.

    base_url: the provider's root; only its host is ever asked.
    timeout: seconds to wait for a connection, and for more of an answer. longest_answer: seconds from the request to
    the answer's last byte. max_bytes: an answer that grows beyond is cut off and refused.
    calls_per_minute: held until the provider states its own limit, in its configuration or its headers.
    pace_file: counts the calls of all processes on this machine, so that they keep to the limit together.
    unreachable: why hosts cannot be reached. What is asked of such a host fails at once, by all transports that share
    this; it lives as long as one refresh.
    clock, sleep: seconds that pass and waiting for them; now: the time that an answer is said to have come at; tests
    give their own.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        user_agent: str = USER_AGENT,
        timeout: tuple[float, float] = (10, 120),
        longest_answer: float = 900,
        max_bytes: int = 256 * 1024 * 1024,
        calls_per_minute: int = CALLS_PER_MINUTE,
        pace_file: Path | None = None,
        unreachable: dict[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.name, self.base_url = name, base_url.rstrip("/")
        self._timeout, self._longest_answer, self._max_bytes = timeout, longest_answer, max_bytes
        self._sleep, self._now = sleep, now
        self._unreachable, self._reached = {} if unreachable is None else unreachable, False
        self._pace = Pace(calls_per_minute, file=pace_file, clock=clock, sleep=sleep)
        self._session = _session(user_agent)

    def pace(self, calls: int, seconds: float) -> None:
        """Keep to a limit that the provider's configuration states; 0 calls means that it states none."""
        self._pace.state("configuration", calls, seconds)

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the answer; what may pass is tried up to five times. Thread-safe. Raises SourceError."""
        host = self._host()
        if host in self._unreachable:
            raise Unreachable(self._unreachable[host], host)
        retrying = tenacity.Retrying(
            stop=self._enough,
            wait=_wait,
            retry=tenacity.retry_if_exception_type(_Passing),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, request, check)
        except _Unconnected as fault:
            raise Unreachable(self._unreachable.setdefault(host, str(fault)), host) from fault
        except _Passing as fault:
            tries = retrying.statistics["attempt_number"]
            raise Unreachable(
                f"{self.name}: {self._url(request)}: {fault} (tried {tries} time{'s' if tries > 1 else ''}). "
                "Try again later; the address is set by the source's URL setting."
            ) from fault

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        """Whether to give up. A host that was never reached is tried twice, and once where that took its time."""
        unconnected = state.outcome is not None and isinstance(state.outcome.exception(), _Unconnected)
        if unconnected and not self._reached:
            return state.attempt_number > 1 or (state.seconds_since_start or 0) > _QUICK
        return state.attempt_number >= _ATTEMPTS

    def _host(self) -> str:
        try:
            return host_of(self.base_url)
        except ValueError as error:
            raise SourceError(f"{self.name}: {self.base_url}: not an address ({error})") from error

    def _url(self, request: Request) -> str:
        return self.base_url + request.target

    def _attempt(self, request: Request, check: Check | None) -> Response:
        url = self._url(request)
        self._pace.wait()
        try:
            with at_most(self._longest_answer):
                answer, content = self._exchange(request, url)
        except OSError as error:  # requests' own errors are such, too
            raise self._fault(error, url, why_unreachable(error, url)) from error
        except (ValueError, TypeError, AttributeError, LookupError, HTTPException, HTTPError) as error:
            said = f"{type(error).__name__}: {_short(str(error))}"
            raise SourceError(f"{self.name}: {url}: an answer that HTTP does not allow ({said})") from error
        self._reached = True
        self._heed(answer, content, url)
        if check is not None:
            try:
                check(content)
            except ValueError as error:
                raise _Passing(f"{error}; {_what_came(answer.headers, content)}") from error
            except Exception as error:  # a reader's own fault must cost no more than this source
                said = f"{type(error).__name__}: {error}; {_what_came(answer.headers, content)}"
                raise SourceError(f"{self.name}: {url}: the answer could not be read ({said})") from error
        return Response(request, url, content, dict(answer.headers), self._now())

    def _fault(self, error: OSError, url: str, why: str | None = None) -> Exception:
        """Return what an error of the connection means: a host out of reach, a wrong address, or what may pass.

        why: why no connection came about, where none did.
        """
        if any(isinstance(cause, Overdue) for cause in causes(error)):
            said = f"the answer had not ended after {self._longest_answer:g} seconds; try again later"
            return SourceError(f"{self.name}: {url}: {said}")
        if why:
            return _Unconnected(why)
        if isinstance(error, InvalidURL | InvalidSchema | MissingSchema):
            return SourceError(f"{self.name}: {url}: not an address ({error})")
        return _Passing(f"no complete answer: {_went_wrong(error)}")

    def _exchange(self, request: Request, url: str) -> tuple[requests.Response, bytes]:
        """Send, follow redirects on the same host, and read no more than is allowed."""
        target = url
        for _ in range(_REDIRECTS):
            with self._session.request(
                request.method,
                target,
                data=request.body,
                headers=dict(request.headers),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if not answer.is_redirect:
                    return answer, self._read(answer, url)
                location = answer.headers["Location"]
            try:
                target = urljoin(target, location)
                stays = _same_host(url, target)
            except ValueError as error:
                raise SourceError(f"{self.name}: {url} redirects to {_short(location)!r}, no address") from error
            if not stays:
                raise SourceError(
                    f"{self.name}: {url} redirects to another host ({urlsplit(target).netloc}), which is "
                    "refused. If the provider has moved, change the source's URL."
                )
        raise SourceError(f"{self.name}: {url}: more than {_REDIRECTS} redirects")

    def _read(self, answer: requests.Response, url: str) -> bytes:
        content = bytearray()
        try:
            for chunk in answer.iter_content(256 * 1024):
                content += chunk
                if len(content) > self._max_bytes:
                    raise SourceError(
                        f"{self.name}: {url}: the answer is larger than {self._max_bytes:,} bytes and was cut "
                        "off; expected a statistical table. Ask for less, or raise the limit."
                    )
        except OSError as error:  # the host was reached, whatever breaks off now
            raise self._fault(error, url) from error
        return bytes(content)

    def _heed(self, answer: requests.Response, content: bytes, url: str) -> None:
        """Take what status and headers say: the call limit, a wish to be left alone, a refusal."""
        limits = stated_limits(answer.headers)
        if limits.calls:
            self._pace.state("headers", limits.calls, limits.seconds)
        if limits.none_left_for:
            self._pace.pause(limits.none_left_for)
        if answer.status_code < 400:
            return
        title = _title(content) or answer.reason or ""
        said = f"HTTP {answer.status_code} {title}".strip()
        if answer.status_code not in (408, 429) and answer.status_code < 500:
            raise AnswerError(f"{self.name}: {url}: {said}", answer.status_code, title)
        wait = _retry_after(answer.headers.get("Retry-After"))
        if answer.status_code == 429:
            # SSB refuses with its policy alone: no Retry-After, no time of reset.
            wait = wait or limits.none_left_for or limits.window
        if wait > _LONGEST_WAIT:
            raise SourceError(f"{self.name}: {url}: {said}; asks to be left alone for {wait:.0f} seconds. Try later.")
        if answer.status_code == 429:
            self._pace.pause(wait)
        raise _Passing(said if content else f"{said}, no body", wait)


class _Session(requests.Session):
    """Leaves redirects to us: requests would read their bodies whole, and fail where they lead to no address."""

    def get_redirect_target(self, *_response: requests.Response) -> None:
        return None


def _session(user_agent: str) -> requests.Session:
    """One session for all threads: the adapter's pool is thread-safe, and no cookie is ever kept."""
    session = _Session()
    session.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = True
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter(pool_maxsize=8))
    return session


def _went_wrong(error: Exception) -> str:
    """Say in plain words how an answer ended before its end."""
    if any(isinstance(cause, TimeoutError) for cause in causes(error)):
        return "nothing came for too long"
    if isinstance(error, ContentDecodingError):
        return "its compression is broken"
    return "the connection broke off"


_backoff = tenacity.wait_random_exponential(multiplier=1, max=60)


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds until the next try: what the provider asks for, and a random, growing bit to spread threads."""
    fault = state.outcome.exception() if state.outcome else None
    return _backoff(state) + (fault.wait if isinstance(fault, _Passing) else 0.0)


def _retry_after(text: str | None) -> float:
    """Seconds of a Retry-After header in either form (RFC 9110, 10.2.3); 0 where none can be read."""
    if not text:
        return 0.0
    if re.fullmatch(r"\s*[0-9]+\s*", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else 0.0


def _same_host(url: str, target: str) -> bool:
    """Whether a redirect stays: same scheme, host and port, or a step up to https on its usual port."""
    here, there = urlsplit(url), urlsplit(target)
    if here.hostname != there.hostname:
        return False
    return (here.scheme, here.port) == (there.scheme, there.port) or (
        here.scheme == "http" and there.scheme == "https" and there.port is None
    )


def _title(content: bytes) -> str:
    """The provider's own words in an error's body: `title` in PxWebApi v2, `error` in v0."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    return str(body.get("title") or body.get("error") or "") if isinstance(body, dict) else ""


def _what_came(headers: CaseInsensitiveDict[str], content: bytes) -> str:
    start = _short(content[:80].decode("utf-8", "replace"))
    return f"got {len(content):,} bytes of {headers.get('Content-Type', 'unnamed type')} beginning {start!r}"


def _short(text: str) -> str:
    return " ".join(text.split())[:200]
