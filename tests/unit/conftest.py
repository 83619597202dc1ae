"""For `make mutate` (docs/mutation.md): which tests a function concerns.

mutmut runs for a changed function only the tests during which it was called. Of what is computed once for several tests
that would be the first alone; so, in the one run in which mutmut looks on, nothing is shared or kept.
"""

import os
import sys

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if nextitem is None or os.environ.get("MUTANT_UNDER_TEST") != "stats":
        return None
    for name, module in list(sys.modules.items()):
        if name.startswith(("indicators", "pipelines")):
            for cached in [one for one in vars(module).values() if hasattr(one, "cache_clear")]:
                cached.cache_clear()
    # After a last test, everything shared is torn down.
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return True
