"""The word for where an indicator stands against its target, by a stated rule.

(Words that follow from a stated rule: OECD, Measuring distance to the SDG targets, annex A. 0.66 and 0.33 divide
'likely', 'about as likely as not' and 'unlikely' in Mastrandrea et al. 2010, IPCC guidance note on uncertainties)
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indicators.rates import Figures, broadcast, refuse

AT_THE_TARGET, ON_TRACK, POSSIBLE, ENOUGH_POINTS = 0.9, 0.66, 0.33, 3
# Said of a row at once, and no evidence of what its level does: they neither confirm nor replace a word.
_SILENT = ("no data", "no data (hidden)", "uncertain")
_WARNINGS = ("worsening", "worse, improving", "at risk")
_TOO_EARLY = "too early"


class Standing(NamedTuple):
    """What a word follows from; numbers or arrays of them.

    value, baseline, target: in the indicator's unit. sign: 1 where higher is better, -1 where lower is, missing where
    neither. points: figures since the baseline. probability: of the level being past the target in its period. now:
    of its being past it in the figure's own. before: whether the figure before was past it too. adverse: whether it
    has changed for the worse since the baseline, by an interval at 95 %; improving: whether the last five figures
    change for the better, likewise. ended: whether the target's year has come; late: whether it is over and the target
    was missed in it. weak: whether the figure rests on few events or a wide interval. hidden: whether one that has a
    target is suppressed.
    """

    value: Figures
    baseline: Figures
    target: Figures
    sign: Figures
    points: Figures
    probability: Figures
    now: Figures = np.nan
    before: Figures = False
    adverse: Figures = False
    improving: Figures = False
    ended: Figures = False
    late: Figures = False
    weak: Figures = False
    hidden: Figures = False


def word(standing: Standing) -> Figures:
    """Return the word, the first of these that holds; None where there is no target or no good direction.

    `no data (hidden)`, `no data`; `uncertain`: a weak figure. In or after the target's year: `not reached`, or `reached
    late`. Met at the baseline already: `kept` as long as it does not change for the worse; `at risk` where it does, or
    where the target was passed with a margin and the probability of holding it is under 0.66. Past the target: `at the
    target` where that is 0.9 likely or the figure before was past it too, else `touched`. `too early`: under three
    figures. `worsening`, or `worse, improving`. `uncertain`: no probability can be given. `on track` from a probability
    of 0.66, `possible` from 0.33, else `off track`.
    Raises ValueError for a sign other than 1 and -1, negative points or a probability outside [0, 1].

    A share of 0.12 is to fall from 0.13 to 0.10: by the probability of getting there, and with it reached.

    >>> [str(word(Standing(value, 0.13, 0.10, -1, 4, p))) for value, p in [(0.12, 0.7), (0.12, 0.2), (0.10, 0.5)]]
    ['on track', 'off track', 'touched']
    """
    it = Standing(*broadcast(**{name: np.asarray(part, float) for name, part in standing._asdict().items()}))
    refuse(~np.isin(it.sign, [1, -1]) & ~np.isnan(it.sign), "1 (higher is better) or -1 (lower is)", sign=it.sign)
    refuse(it.points < 0, "a number of points of 0 or more", points=it.points)
    for chance in (it.probability, it.now):
        refuse((chance < 0) | (chance > 1), "a probability from 0 to 1", probability=chance)
    past = it.sign * (it.value - it.target) >= 0
    met = it.sign * (it.baseline - it.target) >= 0
    has_margin = it.sign * (it.baseline - it.target) > 0
    known = it.probability >= 0
    rules = (
        ("no data (hidden)", it.hidden == 1),
        ("no target", np.isnan(it.target) | np.isnan(it.sign)),
        ("no data", np.isnan(it.value)),
        ("uncertain", it.weak == 1),
        ("not reached", (it.ended == 1) & ~past),
        ("reached late", (it.late == 1) & past),
        ("at risk", met & past & ((it.adverse == 1) | (has_margin & (it.probability < ON_TRACK)))),
        ("kept", met & ~(it.adverse == 1)),
        ("at the target", past & ((it.now >= AT_THE_TARGET) | (it.before == 1))),
        ("touched", past),
        ("too early", ~(it.points >= ENOUGH_POINTS)),
        ("worse, improving", (it.adverse == 1) & (it.improving == 1)),
        ("worsening", it.adverse == 1),
        ("uncertain", ~known),
        ("on track", it.probability >= ON_TRACK),
        ("possible", it.probability >= POSSIBLE),
    )
    found = np.select([holds for _word, holds in rules], [name for name, _holds in rules], "off track").astype(object)
    found[found == "no target"] = None
    return found[()]


def held(words: Sequence[str | None], ended: Sequence[bool]) -> list[str | None]:
    """Return the words to be told of a series, given what each of its figures alone says (`word`), in order of time.

    A word changes when two figures running say the same: of figures about a level that stays, one in five or so touches
    a target, and words would come and go by chance (docs/assessment.md). Until two have agreed it is too early for any.
    A warning is told at once, and takes two figures to go. So is it told at once that a target which was met at the
    baseline is kept, as long as nothing else was told. What says that there is no figure, or none to judge by, is told
    at once and skipped over; so is everything in the target's year and after it (`ended`).
    (A hysteresis; so do runs rules of control charts ask for more than one point: Nelson 1984, J Quality Technology
    16:237)

    >>> held(["too early", "possible", "off track", "off track", "touched", "off track"], [False] * 6)
    ['too early', 'too early', 'too early', 'off track', 'off track', 'off track']
    >>> held(["off track", "worsening", "uncertain", "touched", "touched", "not reached"], [False] * 5 + [True])
    ['too early', 'worsening', 'uncertain', 'worsening', 'touched', 'not reached']
    """
    told: list[str | None] = []
    now = before = _TOO_EARLY
    for said, is_over in zip(words, ended, strict=True):
        if said is None or said in _SILENT or is_over:
            told.append(said)
            continue
        if said == before or said in _WARNINGS or (said == "kept" and now == _TOO_EARLY):
            now = said
        before = said
        told.append(now)
    return told
