"""Parameters of a reconciliation request, read and checked; what cannot be read is refused in words."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from kg.server.sink import Refused

_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LENGTH = 1_000  # characters
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)


def json_object(text: str, what: str) -> dict[str, Any]:
    """A JSON object from its text."""
    try:
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # an escape may stand for half a character
    except UnicodeEncodeError:
        raise Refused(400, f"{what} has half a character in it: a surrogate that stands alone") from None
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise Refused(400, f"{what} is not JSON{where}") from None
    if not isinstance(found, dict):
        raise Refused(400, f"{what} is not a JSON object")
    return found


def whole(given: Mapping[str, Any], name: str, *, most: int) -> int:
    """A whole number from 0; 0 where none is given."""
    text = str(given.get(name) or 0)
    if not _WHOLE.fullmatch(text) or int(text) > most:
        raise Refused(400, f"{name} is a whole number from 0 to {most:,}")
    return int(text)


def words(text: str) -> str:
    """Words as they are compared: not too many, and letters of full width as others."""
    return unicodedata.normalize("NFKC", text[:_LENGTH]).strip()


def callback(name: str) -> str:
    """The name of a JSONP function: identifiers with dots between, so that nothing else can run."""
    if len(name) > 200 or not _CALLBACK.fullmatch(name):
        raise Refused(400, "callback is the name of a function: letters, digits, _, $ and dots")
    return name


def shown(value: object) -> str:
    """A given text as a message quotes it: short, and on one line."""
    return repr(value[:80]) if isinstance(value, str) else f"a JSON {_kind(value)}"


def _kind(value: object) -> str:
    names = {dict: "object", list: "array", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")
