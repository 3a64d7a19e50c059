"""Figures as documents print them, with their thousands parted; characters of one meaning made alike."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

#: Traditional, financial and variant forms, each as the simple one.
_VARIANTS = str.maketrans(
    "零○萬億兩俩倆點負餘壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "〇〇万亿两两两点负余一二二三三四五六六七八九十百千"
)
_FIGURE = re.compile(
    r"(?:[0-9]{1,24}|[1-9][0-9]{0,2}(?P<mark>[ ,'’])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,6})(?:\.[0-9]{1,24})?"
)


def fold(written: str) -> str:
    """The text in lower case and simple characters; only full-width forms and spaces are made alike.

    Full compatibility folding would read 10² as 102 and 1½ as 11/2.
    """
    folded = []
    for char in written:
        if "\uff01" <= char <= "\uff5e":
            folded.append(chr(ord(char) - 0xFEE0))
        elif unicodedata.category(char) == "Zs":
            folded.append(" ")
        elif unicodedata.decomposition(char).startswith("<fraction>"):
            folded.append(f" {unicodedata.normalize('NFKC', char)}")
        else:
            folded.append(char)
    return "".join(folded).translate(_VARIANTS).strip().lower()


def parse(text: str) -> Decimal | None:
    """The number of a figure such as 65.8 or 10,000; None for 1,5 and 12,34, which are no thousands."""
    return Decimal(re.sub("[ ,'’]", "", text)) if _FIGURE.fullmatch(text) else None


def times(number: Decimal | None, scale: int) -> Decimal | None:
    """A number by its scale, None where either is missing."""
    return None if number is None or not scale else number * scale
