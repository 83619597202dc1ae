"""How fast a provider may be asked: one pace that all threads of a transport share.

What belongs: the limit, what configuration and headers say of it, waiting. What does not: sending and trying
again (`transport`). A module of its own, because it is the one part of the transport that holds state.
"""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_A_MOMENT = 1e-6  # seconds; less is rounding, and waiting for it might never end
_LONGEST_RESET = 300.0


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


class Pace:
    """At most so many calls in any window of so many seconds. Thread-safe.

    Until a limit is stated, `calls_per_minute` holds. Configuration and headers may both state one: then the
    stricter holds, as being too slow does no harm.
    """

    def __init__(
        self,
        calls_per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._default = (calls_per_minute, 60.0)
        self._stated: dict[str, tuple[int, float]] = {}
        self._calls: deque[float] = deque()
        self._paused_until = 0.0
        self._lock = threading.Lock()
        self._clock, self._sleep = clock, sleep

    def state(self, by: str, calls: int, seconds: float) -> None:
        """Take note of a limit; 0 calls or seconds states none."""
        with self._lock:
            if calls > 0 and seconds > 0:
                self._stated[by] = (calls, seconds)

    def pause(self, seconds: float) -> None:
        """Let no thread call for so long."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def wait(self) -> None:
        """Return when a call may be made, having counted it."""
        while (seconds := self._take_turn()) > 0:
            self._sleep(seconds)

    def _take_turn(self) -> float:
        """Count a call if one may be made now and return 0; else return how long to wait first."""
        with self._lock:
            now = self._clock()
            calls, window = min(self._stated.values(), key=lambda limit: limit[0] / limit[1], default=self._default)
            while self._calls and self._calls[0] <= now - window:
                self._calls.popleft()
            free_at = self._calls[-calls] + window if len(self._calls) >= calls else now
            wait = max(free_at, self._paused_until) - now
            if wait > _A_MOMENT:
                return wait
            self._calls.append(now)
            return 0.0


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
