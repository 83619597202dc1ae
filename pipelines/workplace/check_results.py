"""What the run found out about itself, as rows for the warehouse and as an exit code for the command line.

The checks themselves stand with the assets they check; collecting their results is what belongs here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg


def rows(instance: dg.DagsterInstance, run_id: str) -> Iterator[dict[str, Any]]:
    """Yield one row of `check_result` per check evaluated in a run so far."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    for record in records:
        event = record.event_log_entry.get_dagster_event()
        check = event.asset_check_evaluation_data
        reason = check.metadata.get("reason")
        yield {
            "check_name": check.check_name,
            "subject": "/".join(check.asset_key.path),
            "passed": check.passed,
            "severity": check.severity.value,
            "message": str(reason.value) if reason else None,
            "checked_at": datetime.fromtimestamp(record.event_log_entry.timestamp, UTC),
            "run_id": run_id,
            "state": str(state.value) if (state := check.metadata.get("state")) else None,
        }
