"""The section on the test split: how often it was looked at, and what was chosen when."""

from collections.abc import Iterator

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Prose, Section, Table, without
from ssdmath.report.columns import count, decimal, interval, number, percent, points, words
from ssdmath.report.results import Results

TITLE = "Looks at the test split"
NOTE = (
    "The ledger gets a line when other test cells are judged, or the same cells chosen by other "
    "validation draws or another config. Each line holds the digest of the one before it, so that "
    "an edit shows."
)
COLUMNS = (
    words("when", help_="UTC"),
    count("cells"),
    words("new cells", lambda look: ", ".join(look["new"]), "not in an earlier look", 300),
    words(
        "chosen after a look",
        lambda look: "yes" if look["later_choice"] else "no",
        "validation or config differ from those of the look before, which could be seen by then",
    ),
    words("validation", help_="digest of the validation draws that the choice saw"),
    words("config", help_="digest of the settings"),
)
DECLARED_NOTE = (
    "A look decides where p is below its level and the interval excludes 0. The levels spend 5 % "
    "of error over all looks (O'Brien and Fleming's shape), and the intervals hold at all looks "
    "together, whatever made the study stop. No look stops a study for lack of an effect."
)
DECLARED = (
    number("look", "look", str),
    count("problems"),
    points("difference, points", "delta"),
    interval(),
    number("p", "p", fmt.probability),
    number("level of p", "level", fmt.probability, "below which the look decides"),
    decimal("boundary", help_="the level as a normal deviate"),
    percent("error spent", "spent", "by this look and those before it", digits=3),
    words("decided", lambda row: "yes" if row["decided"] else "no"),
)


def looks(results: Results) -> Section:
    """Every look at the test split, and what is wrong with its ledger."""
    ledger = results.ledger
    if not ledger.get("looks"):
        return without("test-looks", TITLE, "The test split has not been looked at.")
    text = str(ledger["sentence"])
    sentences = [f"{text[:1].upper()}{text[1:]}.", *(f"{p}." for p in ledger["problems"])]
    table = Table("table-looks", "Every look", COLUMNS, ledger["history"], NOTE, "ledger.json")
    return Section("test-looks", TITLE, [Prose(sentences), table, *_declared(results)])


def _declared(results: Results) -> Iterator[Block]:
    """The looks that the study declares, with what the primary contrast said at each."""
    found = results.looks
    if not found:
        return
    yield Prose([f"{found['contrast']}: {found['sentence']}."])
    source = results.source(*results.inputs.looks)
    title = "The primary contrast at each declared look"
    yield Table("table-declared-looks", title, DECLARED, found["looks"], DECLARED_NOTE, source)
