"""Columns as pandas DataFrames. Needs the extra ``notebook``.

Columns have the types that their values have: Int64, Float64, boolean, datetime64, string; what is missing is
``pd.NA`` (or ``NaT``). Integers beyond 64 bits stay Python integers.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from kg.errors import missing_extra

try:
    import pandas as pd
except ImportError:
    raise missing_extra("notebook", "a DataFrame") from None

_TYPES = {bool: "boolean", int: "Int64", float: "Float64", date: "datetime64[s]", str: "string"}


def typed_frame(columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Return columns as a DataFrame, each of the one type that its values share; unlike ones become texts.

    >>> typed_frame({"due": [2030, None], "note": ["about", 7]}).dtypes.astype(str).tolist()
    ['Int64', 'string']
    """
    return pd.DataFrame({name: _typed_series(values) for name, values in columns.items()})


def _typed_series(values: Sequence[object]) -> pd.Series:
    kinds = {type(value) for value in values if value is not None}
    kind = float if kinds == {int, float} else kinds.pop() if len(kinds) == 1 else str
    if kind is tuple or any(isinstance(one, int) and not -(2**63) <= one < 2**63 for one in values):
        return pd.Series(list(values), dtype="object")
    if kind is str:
        values = [None if value is None else str(value) for value in values]
    return pd.Series(values, dtype=_TYPES[kind])
