"""Deliveries: files that people hand over, read through their contracts.

`receive` takes a file's bytes from disk. `text_file`, `workbook` and `cube_file` make grids of text of them, `opened`
finds the contract whose header a grid has, `reading` makes areas, periods and figures of its columns, and `plausible`
says whether they can be right. `checking` does all that for one file, and has it searched for personal data first.
`draft` writes a first contract for an unknown file; `area_file` and `boundary_file` read lists of areas, and polygons.
"""

from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData
from pipelines.deliveries.opened import Match, Opened, match, open_file
from pipelines.deliveries.reading import Reading, boundary_year, read

__all__ = [
    "DeliveryError",
    "Match",
    "NoContract",
    "Opened",
    "PersonalData",
    "Reading",
    "boundary_year",
    "match",
    "open_file",
    "read",
]
