"""The statuses of a draw: every verdict has exactly one of them."""

CORRECT = "correct"
WRONG = "wrong"
NO_BOX = "no_box"  # it stopped by itself and holds no \\boxed{}
UNCLOSED_THINK = "unclosed_think"  # it stopped before </think>
LENGTH_STOP = "length_stop"  # it reached the cap; it never counts as correct
PARSE_FAIL = "parse_fail"  # the boxed answer cannot be read
TIMEOUT = "timeout"  # the comparison reached its time limit

STATUSES = (CORRECT, WRONG, NO_BOX, UNCLOSED_THINK, LENGTH_STOP, PARSE_FAIL, TIMEOUT)
