"""The statuses of a draw: every verdict has exactly one of them (docs/method.md, section 4)."""

CORRECT = "correct"
WRONG = "wrong"
NO_BOX = "no_box"
UNCLOSED_THINK = "unclosed_think"
LENGTH_STOP = "length_stop"
PARSE_FAIL = "parse_fail"
TIMEOUT = "timeout"

MEANINGS = {
    CORRECT: "stopped by itself; its answer equals the known answer",
    WRONG: "stopped by itself; its answer differs from the known answer",
    NO_BOX: "stopped by itself, but gave no boxed answer",
    UNCLOSED_THINK: "stopped by itself before it closed its thinking",
    LENGTH_STOP: "was cut off at the length limit, whatever it holds",
    PARSE_FAIL: "gave an answer that cannot be read or compared",
    TIMEOUT: "gave an answer whose comparison reached its time limit",
}
STATUSES = tuple(MEANINGS)  # the order of columns, tables and figures

JUDGED = (CORRECT, WRONG)  # the answer decided
UNJUDGED = (PARSE_FAIL, TIMEOUT)  # unknown whether correct: null in VERDICTS
VOTELESS = (NO_BOX, UNCLOSED_THINK, LENGTH_STOP)  # no vote in a majority vote, all not correct
