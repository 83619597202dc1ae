"""Places in Norway and the official codes that make them up, through every change of boundaries.

`tree` holds official areas with their validity, `changes` which areas replaced which. `graph` follows the changes over
the years and restates figures of one year's boundaries on another's. `membership` says which codes make up an area of
the catalogue in which year. Figures of different boundary years are compared through these modules only. Nothing is
read or fetched.
"""

from indicators.geography.changes import CHANGES, ChangeError, changes_from_klass, changes_from_lists, with_kinds
from indicators.geography.graph import ChangeGraph, Restated
from indicators.geography.membership import (
    AreaNames,
    codes_in,
    derived,
    membership,
    names,
    units_by_year,
    unknown_codes,
)
from indicators.geography.tree import OFFICIAL_AREAS, TreeError, from_yearly_lists, valid_in

__all__ = [
    "CHANGES",
    "OFFICIAL_AREAS",
    "AreaNames",
    "ChangeError",
    "ChangeGraph",
    "Restated",
    "TreeError",
    "changes_from_klass",
    "changes_from_lists",
    "codes_in",
    "derived",
    "from_yearly_lists",
    "membership",
    "names",
    "units_by_year",
    "unknown_codes",
    "valid_in",
    "with_kinds",
]
