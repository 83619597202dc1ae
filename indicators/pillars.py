"""How a pillar stands as a whole, without a magic index: how many indicators per word, and the mean standardised gap.

Arrow tables in and out, arrays between them. The figure that represents an indicator is the one of the scorecard
(`newest`). Words and gaps themselves are `assessment`'s and `series`' work.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators.dictionary import WORD_COLUMNS, WORDS
from indicators.rates import Floats, mean_interval

# Weights drawn at random, evenly over all sets of weights that sum to 1; the same draws in every run.
DRAWS, SEED = 1_000, 20300101
FEWEST_GAPS = 5  # an interval of the mean of fewer says nothing
PILLAR_VIEW = pa.schema(
    [
        ("area_id", pa.string()),
        ("pillar_id", pa.string()),
        ("indicators", pa.int64()),
        ("headline", pa.string()),
        ("listed", pa.string()),
        *((column, pa.int64()) for column in WORD_COLUMNS),
        ("gaps", pa.int64()),
        ("mean_gap", pa.float64()),
        ("mean_gap_lower", pa.float64()),
        ("mean_gap_upper", pa.float64()),
        ("weighted_lower", pa.float64()),
        ("weighted_upper", pa.float64()),
        ("same_sign", pa.float64()),
    ]
)


def newest(series: pa.Table) -> pd.DataFrame:
    """Return one row per indicator and area, the scorecard's: the newest with a complete figure, else the newest."""
    rows = series.to_pandas()
    # A row without a complete figure is used only where there is no other.
    rows["late"] = rows["status"].isin(["incomplete", "missing", "not_applicable"])
    rows = rows.sort_values(["late", "period_end", "period"], ascending=[True, False, False], na_position="last")
    return rows.drop_duplicates(["indicator_id", "area_id"])


def pillar_view(series: pa.Table, pillar_of: dict[str, str]) -> pa.Table:
    """Return one row per programme area and pillar (columns of PILLAR_VIEW).

    pillar_of: indicator -> pillar. A standardised gap is the gap to the required value as a share of the whole change
    from baseline to target: -0.3 means that three tenths of it are missing today, +0.1 that one tenth is ahead. It has
    no unit, so indicators can stand side by side. mean_gap weighs them equally; its interval is Student's over the
    indicators, which says how much they disagree. weighted_lower and weighted_upper hold 95 % of the means under
    random weights; same_sign is the share of them that lie on the same side of 0 as the equal weights' mean.
    (OECD, Measuring distance to the SDG targets, annex A; OECD & JRC 2008, Handbook on constructing composite
    indicators, on weights)
    """
    rows = newest(series)
    rows = rows[rows["assessment"].notna()].assign(pillar_id=lambda found: found["indicator_id"].map(pillar_of))
    if rows.empty:
        return PILLAR_VIEW.empty_table()
    change = (rows["target_value"] - rows["adopted_baseline"].fillna(rows["baseline_value"])).abs()
    rows["gap"] = (rows["gap_to_required"] / change.where(change > 0)).astype(float)
    groups = rows.groupby(["area_id", "pillar_id"])
    words = pd.crosstab([rows["area_id"], rows["pillar_id"]], rows["assessment"]).reindex(columns=WORDS, fill_value=0)
    mean, spread, count = groups["gap"].mean(), groups["gap"].std(), groups["gap"].count()
    lower, upper = mean_interval(mean.to_numpy(), spread.to_numpy(), count.to_numpy())
    lower, upper = (np.where(count >= FEWEST_GAPS, limit, np.nan) for limit in (lower, upper))
    ordinal = groups.cumcount()
    gaps = rows.assign(column=ordinal).pivot(index=["area_id", "pillar_id"], columns="column", values="gap")
    low, high, same = _weighted(gaps.reindex(words.index).to_numpy(float))
    view = pd.DataFrame(
        {
            "indicators": groups.size(),
            "headline": groups["assessment"].agg(_headline),
            "listed": groups[["assessment", "indicator_id"]].apply(_listed),
            **{column: words[word] for column, word in zip(WORD_COLUMNS, WORDS, strict=True)},
            "gaps": count,
            "mean_gap": mean,
            "mean_gap_lower": lower,
            "mean_gap_upper": upper,
            "weighted_lower": low,
            "weighted_upper": high,
            "same_sign": same,
        },
        index=words.index,
    ).reset_index()
    return pa.Table.from_pandas(view, schema=PILLAR_VIEW, preserve_index=False)


def _headline(words: pd.Series) -> str:
    """Count words in their order.

    >>> _headline(pd.Series(["off track", "on track", "off track"]))
    '1 on track, 2 off track'
    """
    counts = words.value_counts()
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if word in counts)


def _listed(rows: pd.DataFrame) -> str:
    """Name the indicators of each word, in the same order."""
    own = rows.sort_values("indicator_id").groupby("assessment")["indicator_id"].agg(", ".join)
    return "; ".join(f"{word}: {own[word]}" for word in WORDS if word in own)


def _weighted(gaps: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, for each line of gaps, quantiles (2.5 and 97.5 %) of its mean under random weights, and `same_sign`.

    NaN where a line has fewer than two gaps: then there is nothing to weigh.
    """
    known = ~np.isnan(gaps)
    weights = np.random.default_rng(SEED).dirichlet(np.ones(gaps.shape[1]), DRAWS)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (weights @ np.where(known, gaps, 0.0).T) / (weights @ known.T.astype(float))
        equal = np.where(known, gaps, 0.0).sum(axis=1) / known.sum(axis=1)
    several = known.sum(axis=1) >= 2
    means = np.where(several, means, 0.0)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    same = (np.sign(means) == np.sign(equal)).mean(axis=0)
    low, high, same = (np.where(several, figure, np.nan) for figure in (low, high, same))
    return low, high, same
