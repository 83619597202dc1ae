"""How fast a provider may be asked: one pace that all threads of a transport share, and all processes of a machine.

What belongs: the limit, what configuration and headers say of it, waiting. What does not: sending and trying
again (`transport`). A module of its own, because it is the one part of the transport that holds state.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from pipelines.storage import files

_A_MOMENT = 1e-6  # seconds; less is rounding, and waiting for it might never end
_LONGEST_RESET = 300.0
_LONGEST_PAUSE = 400.0  # seconds; see the transport's longest wait
_LONGEST_WINDOW = 3600.0
_REMEMBERED = 600.0  # seconds for which calls are remembered, at least
_LOCKED = 10.0  # seconds to wait for another process that reads or writes the file


@dataclass(frozen=True)
class Limits:
    """What headers say: `calls` in `seconds` (0: nothing), and for how long no call is left (0: some are)."""

    calls: int = 0
    seconds: float = 60.0
    none_left_for: float = 0.0

    @property
    def window(self) -> float:
        """How long a refused call has to wait at most; 0 where no limit is stated."""
        return self.seconds if self.calls else 0.0


@dataclass
class _Lately:
    """When calls were made, oldest first, and until when there must be none."""

    calls: list[float] = field(default_factory=list)
    paused_until: float = 0.0


class Pace:
    """At most so many calls in any window of so many seconds. Thread-safe.

    file: where the calls of all processes on this machine are counted, under a lock beside it. Where it cannot be
    read or written, those of this process are. clock must be the machine's (time.monotonic is).

    Until a limit is stated, `calls_per_minute` holds. Configuration and headers may both state one: then the
    stricter holds, as being too slow does no harm.
    """

    def __init__(
        self,
        calls_per_minute: int,
        *,
        file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._default = (calls_per_minute, 60.0)
        self._stated: dict[str, tuple[int, float]] = {}
        self._own, self._file = _Lately(), file
        self._lock = threading.Lock()
        self._clock, self._sleep = clock, sleep

    def state(self, by: str, calls: int, seconds: float) -> None:
        """Take note of a limit; 0 calls or seconds states none, and a window above an hour is a mistake."""
        with self._lock:
            if calls > 0 and 0 < seconds <= _LONGEST_WINDOW:
                self._stated[by] = (calls, seconds)

    def pause(self, seconds: float) -> None:
        """Let no thread call for so long."""
        with self._lately() as lately:
            lately.paused_until = max(lately.paused_until, self._clock() + seconds)

    def wait(self) -> None:
        """Return when a call may be made, having counted it."""
        while (seconds := self._take_turn()) > 0:
            self._sleep(seconds)

    def _take_turn(self) -> float:
        """Count a call if one may be made now and return 0; else return how long to wait first."""
        with self._lately() as lately:
            now = self._clock()
            calls, window = min(self._stated.values(), key=lambda limit: limit[0] / limit[1], default=self._default)
            # What lies in the future was written before the machine started anew.
            lately.calls = [at for at in lately.calls if now - max(window, _REMEMBERED) < at <= now + _A_MOMENT]
            free_at = lately.calls[-calls] + window if len(lately.calls) >= calls else now
            wait = max(free_at, lately.paused_until) - now
            if wait > _A_MOMENT:
                return wait
            lately.calls.append(now)
            return 0.0

    @contextmanager
    def _lately(self) -> Iterator[_Lately]:
        """Hold what happened lately, alone: no other thread, and where there is a file no other process, has it."""
        with self._lock:
            if self._file is None:
                yield self._own
                return
            lock = FileLock(f"{self._file}.lock", mode=files.PRIVATE)
            try:
                files.make_folder(self._file.parent)
                lock.acquire(timeout=_LOCKED)
            except (OSError, Timeout):
                yield self._own
                return
            try:
                self._own = self._read(self._file)
                yield self._own
                with suppress(OSError):  # a full disk
                    self._file.touch(files.PRIVATE)
                    self._file.write_bytes(orjson.dumps([self._own.paused_until, self._own.calls]))
            finally:
                lock.release()

    def _read(self, file: Path) -> _Lately:
        """Read what all processes did lately; where nothing can be read, what this one did."""
        try:
            paused_until, calls = orjson.loads(file.read_bytes())
            lately = _Lately(sorted(float(at) for at in calls), float(paused_until))
        except (OSError, ValueError, TypeError):
            return self._own
        if lately.paused_until > self._clock() + _LONGEST_PAUSE:  # written before the machine started anew
            lately.paused_until = 0.0
        return lately


def stated_limits(headers: Mapping[str, str]) -> Limits:
    """Read the rate-limit headers, with or without the `x-` in front.

    ratelimit-policy: `40;w=60s`, `40;w=60` or `"name";q=40;w=60`. ratelimit-remaining and -reset (seconds).
    """
    given = {name.lower().removeprefix("x-"): text for name, text in headers.items()}
    policy = given.get("ratelimit-policy", "")
    calls, window = re.search(r"(?:^|q=)\s*(\d{1,9})", policy), re.search(r"w=(\d{1,9}(?:\.\d+)?)", policy)
    remaining, reset = given.get("ratelimit-remaining", ""), given.get("ratelimit-reset", "")
    # A longer reset is a clock time, or a mistake: a 429 will say how long it really is.
    seconds = float(reset) if re.fullmatch(r"\d+(\.\d+)?", reset) and float(reset) <= _LONGEST_RESET else 0.0
    return Limits(
        calls=int(calls[1]) if calls and window else 0,
        seconds=float(window[1]) if window else 60.0,
        none_left_for=seconds if remaining.strip() == "0" else 0.0,
    )
