"""The guard before Dagster's webserver, which by itself obeys any page that is open in the analyst's browser.

Dagster carries out GraphQL mutations sent by GET, from every origin and under every host name. So each request is
looked at before Dagster sees it: asked under the server's own name (against DNS rebinding), by nobody but its own
pages, changing something by POST or websocket only, and by a browser that came in through the address printed at the
start. What that holds and what not: `docs/security.md`.
"""

import secrets
from collections.abc import Callable, Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTRANCE = "/enter"
_GRAPHQL = "/graphql"
_ONLY_READ = ("GET", "HEAD")


class Guard:
    """An ASGI application that lets the requests of the server's own pages through to `app` and refuses all others.

    hosts: the server's own names with port, such as `127.0.0.1:3000`. announce: is given the path at which one browser
    may come in, at the start and again whenever one did.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], announce: Callable[[str], None]) -> None:
        self._app, self._hosts, self._announce = app, hosts, announce
        self._session = secrets.token_urlsafe(32)
        # Cookies know no ports: two servers of one machine would take each other's away.
        self._cookie = f"levekar-{secrets.token_hex(4)}"
        self._ticket = self._new_ticket()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or answer it with the reason why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif (refusal := self._refusal(scope)) is not None:
            status, reason = refusal
            await _refuse(scope, receive, send, status, reason)
        elif scope["type"] == "http" and scope["path"] == ENTRANCE:
            await self._enter(scope, receive, send)
        elif not self._has_entered(scope):
            reason = "this browser has not come in yet: open the address that `make ui` printed last"
            await _refuse(scope, receive, send, 403, reason)
        else:
            await self._app(scope, receive, _unframed(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason where a request is not one that the server's own pages make."""
        headers = Headers(scope=scope)
        named, origins = headers.getlist("host"), headers.getlist("origin")
        if len(named) != 1 or named[0] not in self._hosts:
            return 403, f"asked under a name that is not this server's; expected {' or '.join(sorted(self._hosts))}"
        if any(origin != f"http://{named[0]}" for origin in origins):
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

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the browser that shows the ticket the session's cookie; a ticket is good for one."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        if not secrets.compare_digest(given.encode(), self._ticket.encode()):
            await _refuse(scope, receive, send, 403, "this address was used already: open the one printed last")
            return
        self._ticket = self._new_ticket()
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        await answer(scope, receive, send)

    def _has_entered(self, scope: Scope) -> bool:
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
