"""Answers kept from earlier, given as if the provider were asked: for the demo, and for machines without a network."""

import hashlib
from functools import cached_property

from pipelines.errors import NotKept, SourceError
from pipelines.providers.transport import Check, Request, Response
from pipelines.storage.snapshots import SnapshotStore, StoredResponse

_SHOWN = 8  # stored requests that an error lists


def request_of(stored: StoredResponse) -> Request:
    """Return the request that a kept answer was given to."""
    return Request(stored.method, stored.path, stored.params, stored.body.encode() if stored.body else None)


def record_of(role: str, response: Response) -> StoredResponse:
    """Return an answer as the store's records name it."""
    request = response.request
    return StoredResponse(
        role=role,
        sha256=hashlib.sha256(response.content).hexdigest(),
        method=request.method,
        path=request.path,
        params=request.params,
        body=request.body.decode() if request.body else None,
        url=response.url,
        size=len(response.content),
        fetched_at=response.fetched_at,
    )


class ReplayTransport:
    """Answers a provider's requests from a store: the newest accepted answer to the same request."""

    def __init__(self, store: SnapshotStore, provider: str) -> None:
        self.store, self.provider = store, provider

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the kept answer with the time at which it was fetched. Raises SourceError."""
        stored = self._answers.get(request.key)
        if stored is None:
            raise NotKept(self._not_kept(request))
        content = self.store.get(stored.sha256)
        if check is not None:
            try:
                check(content)
            except Exception as error:  # also a reader's own fault costs no more than this source
                raise SourceError(
                    f"{self.provider}: the stored answer {stored.sha256} to {request.key} is broken: "
                    f"{error}. Replay another folder, or fetch anew with `levekar refresh --sources live`."
                ) from error
        return Response(request, stored.url, content, {}, stored.fetched_at)

    @cached_property
    def _answers(self) -> dict[str, StoredResponse]:
        """The newest answer by the request's key: fetches come in the store's order, so that a later one wins."""
        kept = (fetch for fetch in self.store.fetches(self.provider) if fetch.accepted)
        answers = [answer for fetch in kept for answer in fetch.responses if answer.method != "FILE"]
        return {request_of(answer).key: answer for answer in answers}

    def _not_kept(self, request: Request) -> str:
        tables = sorted({fetch.table_id for fetch in self.store.fetches(self.provider) if fetch.accepted})
        same_path = [key for key, answer in self._answers.items() if answer.path == request.path]
        shown = sorted(same_path or self._answers)
        more = f"\n  and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        kept = "".join(f"\n  {key}" for key in shown[:_SHOWN]) + more
        return (
            f"{self.provider}: no stored answer to {request.key} in {self.store.root}. "
            f"It has the tables {', '.join(tables) or '(none)'}; "
            f"its answers{' to this path' if same_path else ''} are to:{kept or ' nothing'}\n"
            "Fetch with `levekar refresh --sources live` where there is network access, and replay that."
        )
