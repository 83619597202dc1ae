"""Text for files that people open in a spreadsheet program, which takes a cell that begins with = for a formula.

Everything that writes CSV or XLSX passes its text through here. Parquet, JSON and DuckDB keep the text as it is.
"""

import re
from typing import Any

from pipelines.formats.untrusted import visible

# As OWASP lists them ('CSV Injection'). A sign alone, such as SSB's '-' for zero, is text to every program.
_FORMULA = re.compile(r"[=+\-@\t\r\n].", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
NEVER_ACTING = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
"""Options of xlsxwriter by which no text of a workbook becomes a formula, a link or a number."""


def inert(value: Any) -> Any:
    """Return text that would begin a formula with an apostrophe before it; numbers, and text of one, as they are.

    CSV is looked at in terminals too: characters that act there are written out.
    """
    if not isinstance(value, str):
        return value
    begins_formula = _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return visible(f"'{value}" if begins_formula else value)


def inert_table(table: Any) -> Any:
    """Return an Arrow table with every text, and every column's name, as `inert` gives it, in plain columns of text.

    CSV knows no dictionaries. Each different text is looked at once, not each cell.
    """
    import pyarrow as pa

    columns = [_inert_column(column) for column in table.columns]
    return pa.table(columns, names=[inert(name) for name in table.column_names])


def _inert_column(column: Any) -> Any:
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)):
        return column
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    texts = pa.array([inert(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return texts.take(encoded.indices)
