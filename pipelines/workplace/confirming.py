"""The job by which an analyst confirms a held delivery in the Dagster UI; what then follows is the inbox sensor's run.

Which files are held, and why, is kept by `deliveries.held`.
"""

import dagster as dg

from pipelines.deliveries.held import confirmation_of
from pipelines.steps.asking import Asking


class Confirming(dg.Config):
    """Which held file is right, who says so and why.

    delivery: how its name begins, as the failed check `plausible` gives it. by: the user's name in the municipality.
    """

    delivery: str
    by: str
    reason: str


@dg.op(description="Keeps that a held file is right; the inbox sensor, or the next night, publishes it.")
def confirm(context: dg.OpExecutionContext, config: Confirming, asking: dg.ResourceParam[Asking]) -> None:
    """Confirm one held file. Raises HeldError for a name or reason that is none, and then nothing is kept."""
    held = asking.inbox.held.confirm(config.delivery, confirmation_of(config.reason, config.by))
    context.log.info(f"confirmed: {held.public[:8]} of contract {held.contract}, {held.figures} figure(s) stood out")


@dg.job(
    description="Confirm a held delivery: its figures stand out, and are right. Give its name, who says so, and why."
)
def confirm_delivery() -> None:
    """Confirm one held file."""
    confirm()
