"""The section on the test split: how often it was looked at, and what was chosen when."""

from ssdmath.report.blocks import Prose, Section, Table, without
from ssdmath.report.columns import count, words
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


def looks(results: Results) -> Section:
    """Every look at the test split, and what is wrong with its ledger."""
    ledger = results.ledger
    if not ledger.get("looks"):
        return without("test-looks", TITLE, "The test split has not been looked at.")
    text = str(ledger["sentence"])
    sentences = [f"{text[:1].upper()}{text[1:]}.", *(f"{p}." for p in ledger["problems"])]
    table = Table("table-looks", "Every look", COLUMNS, ledger["history"], NOTE, "ledger.json")
    return Section("test-looks", TITLE, [Prose(sentences), table])
