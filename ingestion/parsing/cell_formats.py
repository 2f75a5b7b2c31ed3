"""Numbers in the cells of Excel files as their formats show them, in French (ISO/IEC 29500-1, 18.8.30 and .31)."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from decimal import Decimal

# The formats that every file may use without defining them; those that are not here show plain numbers.
BUILT_IN: Mapping[int, str] = {
    2: "0.00",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DECIMALS = re.compile(r"[0#?]\.([0#?]+)")
_MAX_DAYS = 2_958_465  # 31 December 9999

_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 – cells know no time zone; Excel counts a 29 February 1900
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001


def shown(value: str, form: str, is_1904: bool) -> str:
    """The number `value` in the format `form`; as it is written where it is no number."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    bare = _LITERAL.sub("", form.split(";")[0])
    if _ELAPSED.search(bare):
        return _elapsed(number)
    if re.search(r"[dyhs]|m", bare, re.IGNORECASE) and "general" not in bare.lower() and 0 <= number <= _MAX_DAYS:
        return _moment(number, bare.lower(), is_1904)
    text = _decimal(number * 100 if "%" in bare else number, bare)
    unit = " €" if "€" in form.split(";")[0] else ""
    return f"{text} %" if "%" in bare else text + unit


def _decimal(number: float, form: str) -> str:
    """Fifteen digits at most, as Excel itself keeps; a fixed count after the comma where the format has one."""
    places = _DECIMALS.search(form)
    if places is not None:
        return f"{number:.{min(places[1].count('0'), 15)}f}".replace(".", ",")
    if re.fullmatch(r"[#,0%]*0[#,0%]*", form.strip()):
        return f"{number:.0f}"
    text = f"{Decimal(f'{number:.15g}'):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",")


def _moment(number: float, form: str, is_1904: bool) -> str:
    """A day, a time of day, or both."""
    moment = (_EPOCH_1904 if is_1904 else _EPOCH_1900) + dt.timedelta(seconds=round(number * 86_400))
    has_day, has_time = "d" in form or "y" in form or ("h" not in form and "s" not in form), "h" in form or "s" in form
    day = f"{moment:%m/%Y}" if has_day and "d" not in form else f"{moment:%d/%m/%Y}"
    time = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return " ".join([*([day] if has_day else []), *([time] if has_time else [])])


def _elapsed(number: float) -> str:
    """Hours that may be more than a day's."""
    minutes, seconds = divmod(round(number * 86_400), 60)
    return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
