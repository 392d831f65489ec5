"""The GPUs of a smoke run or a check, claimed as a job would."""

from ssdmath.jobs import driver, gpus


def claim(cards: int, *, tiny: bool) -> None:
    """Claim GPUs; ValueError says in one line that there are too few, or no driver for them."""
    visible = gpus.claim(cards)
    if cards > len(visible):
        found = f"--gpus is {cards}, this machine shows {len(visible)}"
        raise ValueError(f"{found}; allowed: at most as many, or --tiny on a CPU")
    if not tiny and not cards:
        raise ValueError("--gpus is 0; allowed: at least 1, or --tiny on a CPU")
    if cards and (missing := driver.missing(visible)):
        raise ValueError(missing)
