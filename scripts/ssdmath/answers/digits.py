"""Canonical texts of rational numbers of any size."""

import hashlib
from fractions import Fraction

LONGEST_KEY = 300  # digits; a longer integer is named by its length and digest


def key(value: Fraction) -> str:
    """The canonical text of a rational: `-3/4`, `12`."""
    top, bottom = integer_key(value.numerator), integer_key(value.denominator)
    return top if bottom == "1" else f"{top}/{bottom}"


def integer_key(n: int) -> str:
    """The canonical text of an integer."""
    return ("-" if n < 0 else "") + digits_key(_decimal(abs(n)))


def digits_key(digits: str) -> str:
    """The canonical text of a run of decimal digits without leading zeros."""
    if len(digits) <= LONGEST_KEY:
        return digits
    digest = hashlib.sha256(digits.encode()).hexdigest()[:16]
    return f"{digits[:20]}...{len(digits)} digits#{digest}"


def _decimal(n: int) -> str:
    """`str(n)` for any size: Python refuses more than 4,300 digits at once."""
    parts = []
    while n.bit_length() > 13_000:
        n, low = divmod(n, 10**3900)
        parts.append(str(low).zfill(3900))
    return str(n) + "".join(reversed(parts))
