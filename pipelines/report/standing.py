"""Where indicators stand, as the first page and an indicator's page say it: word, sign, chance and trust."""

from dataclasses import dataclass

from indicators.dictionary import FORESEEN
from pipelines.language import Language
from pipelines.report.figure_set import Row
from pipelines.report.published import Published

MARKS = {
    "at the target": ("✓", "good"),
    "touched": ("✓", "good"),
    "kept": ("✓", "good"),
    "reached late": ("✓", "good"),
    "on track": ("●", "good"),
    "possible": ("◐", "mid"),
    "at risk": ("!", "mid"),
    "worse, improving": ("▽", "mid"),
    "off track": ("○", "bad"),
    "worsening": ("▼", "bad"),
    "not reached": ("✗", "bad"),
    "too early": ("…", "none"),
    "uncertain": ("?", "none"),
    "no data": ("–", "none"),
    "no data (hidden)": ("×", "none"),
}
"""Each word's sign, and its tone for the style sheet."""
_COMPARED = {"better": "▲", "higher": "▲", "similar": "≈", "worse": "▼", "lower": "▼"}


@dataclass(frozen=True)
class Verdict:
    """A word of assessment: its sign, its tone, the chance of reaching the target and how far to trust that."""

    word: str
    sign: str
    tone: str
    chance: str
    trust: str


def verdict(row: Row, say: Language) -> Verdict | None:
    """Return the verdict on a row of the scorecard; None where it is not assessed."""
    word = row["assessment"]
    if word is None:
        return None
    sign, tone = MARKS[word]
    foreseen = word in FORESEEN and row["probability"] is not None
    return Verdict(
        say.term("assessment", word),
        sign,
        tone,
        say("chance", probability=say.probability(row["probability"])) if foreseen else "",
        say.term("calibration", row["calibration"]) if foreseen else "",
    )


def remark(row: Row, say: Language) -> str:
    """Say what to know about a figure: its status, and whether it is of several years."""
    parts = [say.term("status", row["status"])] if row["status"] else []
    if row["pooled"]:
        parts.append(say("window_note"))
    return ", ".join(parts)


def against(row: Row, published: Published, say: Language) -> str:
    """Say how a figure compares with that of its comparator; '' where it has none."""
    if row["comparator_value"] is None:
        return ""
    name, value = published.name(row["comparator_id"]), say.figure(row, row["comparator_value"])
    if row["comparator_period"] != row["period"]:
        name = f"{name} ({row['comparator_period']})"
    word = row["comparison"]
    if word is None:
        return f"{name}: {value}"
    if word == "similar":
        return say("card_similar", name=name, value=value)
    return say("card_against", word=say.term("comparison", word), name=name, value=value)


def compared_sign(word: str | None) -> str:
    """Return the sign of better, similar or worse; '' where the difference was not tested."""
    return _COMPARED[word] if word else ""
