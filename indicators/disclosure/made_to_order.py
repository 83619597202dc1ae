"""Which areas' figures a delivery may hold that nobody has published: every area smaller than a municipality.

A contract can say that its layout is a publisher's own; it cannot say what somebody ordered in that layout. So a
district's, a zone's or an unknown area's figures are confidential whatever the contract says. What follows from that
for measures is said in `tables`, for delivered cells by the pipelines.
"""

import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import SMALL, Catalogue

# Official codes: the country is 0 or 00, a county has two digits, a municipality four. Longer ones are parts of one.
_LARGE_CODE = r"^(0|\d{2}|\d{4})$"


def large_areas(catalogue: Catalogue) -> frozenset[str]:
    """Return the ids of the catalogue's areas that are a municipality or larger.

    The rest of a municipality is none: it tells what the district that it leaves out has.
    """
    return frozenset(area.id for area in catalogue.areas.values() if area.kind not in SMALL and area.rest_of is None)


def is_large(catalogue: Catalogue, codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell of each official code, or id of an area, whether it is a municipality or larger; never of an unknown one.

    codes: text, null where the name in a file is that of no known area ("Drammen LKS 08" is a zone).
    """
    large = large_areas(catalogue)
    lists = {code for name in large for part in catalogue.areas[name].parts for code in part.codes if part.codelist}
    named = pc.is_in(codes, pa.array(sorted(large | lists), pa.string()))
    return pc.fill_null(pc.or_(named, pc.match_substring_regex(codes, _LARGE_CODE)), fill_value=False)
