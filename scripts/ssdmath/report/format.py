"""Numbers in words: one place for how rates, differences and p-values are written."""

MINUS = "\u2212"
NBSP = "\u00a0"


def percent(share: float | None, digits: int = 1) -> str:
    """A share in [0, 1] as `41.2 %`; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{digits}f}{NBSP}%"


def interval(lo: float | None, hi: float | None) -> str:
    """An interval of shares in percent, `[38.0, 44.5]`; nothing where there is none."""
    return "" if lo is None or hi is None else f"[{signed(lo)}, {signed(hi)}]"


def points(difference: float | None) -> str:
    """A difference of shares as signed points, `+1.9 points`."""
    if difference is None:
        return "–"
    return f"{signed(difference, plus=True)}{NBSP}points"


def signed(share: float, *, plus: bool = False) -> str:
    """A share or difference in points with a real minus sign, `−0.4`."""
    return decimal(share, 1, 100, plus=plus)


def decimal(value: float | None, digits: int, scale: float = 1.0, *, plus: bool = False) -> str:
    """A number with a real minus sign, and a plus where asked; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{abs(scale * value):.{digits}f}"
    sign = MINUS if value < 0 else "+" if plus and value > 0 else ""
    return sign + text if float(text) > 0 else text


def pvalue(p: float | None) -> str:
    """`p = 0.034`, `p < 0.001`, or nothing where there is no p."""
    if p is None:
        return ""
    text = probability(p)
    return f"p{NBSP}{text}" if text.startswith("<") else f"p{NBSP}={NBSP}{text}"


def probability(p: float | None) -> str:
    """`0.034`, `< 0.001`, or nothing: a p is never shown as zero."""
    if p is None:
        return ""
    return f"<{NBSP}0.001" if p < 0.001 else f"{p:.3f}"


def count(number: int | float | None, noun: str = "") -> str:
    """A count with thousands separated, and its noun: `1,200 problems`, `1 problem`."""
    if number is None:
        return "–"
    plural = noun if not noun or number == 1 else noun + "s"
    return f"{number:,.0f} {plural}".strip()


def duration(seconds: float) -> str:
    """Seconds as `41 s`, `3.5 min` or `2.1 h`."""
    if seconds < 100:
        return f"{seconds:.0f}{NBSP}s"
    return f"{seconds / 60:.1f}{NBSP}min" if seconds < 6000 else f"{seconds / 3600:.1f}{NBSP}h"
