"""The guard before Dagster's webserver, which by itself obeys any page that is open in the analyst's browser.

Dagster carries out GraphQL mutations sent by GET, from every origin and under every host name. So each request is
looked at before Dagster sees it: asked under the server's own name (against DNS rebinding), by nobody but its own
pages, changing something by POST or websocket only, and by somebody who has come in: through the address printed at the
start, or through a proxy that asks for a name and a password. What that holds and what not: `docs/security.md`.
"""

import secrets
from collections.abc import Callable, Collection
from http.cookies import CookieError, SimpleCookie
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTRANCE = "/enter"
PROXY_HEADER = "x-levekar-proxy"
_GRAPHQL = "/graphql"
_ONLY_READ = ("GET", "HEAD")


class Entrance(Protocol):
    """How somebody comes in. closed: why a request of somebody who has not is refused."""

    closed: str

    def has_entered(self, scope: Scope) -> bool:
        """Whether who asks has come in."""

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for `ENTRANCE`."""


class Guard:
    """An ASGI application that lets the requests of the server's own pages through to `app` and refuses all others.

    origins: the server's own, as its browsers name them, such as `http://127.0.0.1:3000`.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], entrance: Entrance) -> None:
        self._app, self._entrance = app, entrance
        self._origins = {urlsplit(origin).netloc: origin for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or answer it with the reason why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif (refusal := self._refusal(scope)) is not None:
            status, reason = refusal
            await _refuse(scope, receive, send, status, reason)
        elif scope["type"] == "http" and scope["path"] == ENTRANCE:
            await self._entrance.enter(scope, receive, send)
        elif not self._entrance.has_entered(scope):
            await _refuse(scope, receive, send, 403, self._entrance.closed)
        else:
            await self._app(scope, receive, _unframed(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason where a request is not one that the server's own pages make."""
        headers = Headers(scope=scope)
        named, origins = headers.getlist("host"), headers.getlist("origin")
        own = self._origins.get(named[0]) if len(named) == 1 else None
        if own is None:
            return 403, f"asked under a name that is not this server's; expected {' or '.join(sorted(self._origins))}"
        if any(origin != own for origin in origins):
            return 403, "asked by a page of another origin"
        # Browsers say of requests without an Origin, too, whose page made them; none: the address was typed.
        if any(site not in ("same-origin", "none") for site in headers.getlist("sec-fetch-site")):
            return 403, "asked by a page of another site"
        only_reads = scope["type"] == "http" and scope["method"] in _ONLY_READ
        if not only_reads and not origins:
            return 403, "a request that may change something says from which page it comes (Origin)"
        if only_reads and scope["path"] == _GRAPHQL:
            return 405, "GraphQL is asked by POST"
        return None


class Ticket:
    """A browser comes in by an address that is printed, and good for one; it gets the session's cookie.

    announce: is given the path at which one browser may come in, at the start and again whenever one did.
    """

    closed = "this browser has not come in yet: open the address that `make ui` printed last"

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._session = secrets.token_urlsafe(32)
        # Cookies know no ports: two servers of one machine would take each other's away.
        self._cookie = f"levekar-{secrets.token_hex(4)}"
        self._ticket = self._new_ticket()

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the browser that shows the ticket the session's cookie."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        if not secrets.compare_digest(given.encode(), self._ticket.encode()):
            await _refuse(scope, receive, send, 403, "this address was used already: open the one printed last")
            return
        self._ticket = self._new_ticket()
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        await answer(scope, receive, send)

    def has_entered(self, scope: Scope) -> bool:
        """Whether the request has the session's cookie."""
        shown = SimpleCookie()
        try:
            shown.load("; ".join(Headers(scope=scope).getlist("cookie")))
        except CookieError:
            return False
        return self._cookie in shown and secrets.compare_digest(
            shown[self._cookie].value.encode(), self._session.encode()
        )

    def _new_ticket(self) -> str:
        ticket = secrets.token_urlsafe(32)
        self._announce(f"{ENTRANCE}?ticket={ticket}")
        return ticket


class Proxy:
    """A proxy before the server asks who it is, and shows a secret with each request that it passes on.

    So nobody comes in past the proxy, by the port of this machine. secret: at least 32 characters, known to both.
    """

    closed = "this request does not come through the proxy that asks for a name and a password"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send whoever asks to the first page: there are no tickets."""
        await RedirectResponse("/", 303)(scope, receive, send)

    def has_entered(self, scope: Scope) -> bool:
        """Whether the proxy's secret is shown."""
        shown = Headers(scope=scope).getlist(PROXY_HEADER)
        return len(shown) == 1 and secrets.compare_digest(shown[0].encode(), self._secret.encode())


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    await PlainTextResponse(f"refused: {reason}\n", status)(scope, receive, send)


def _unframed(send: Send) -> Send:
    """Let no other page show this one in a frame, for clicks that its user does not mean."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["X-Frame-Options"] = "SAMEORIGIN"
        await send(message)

    return sending
