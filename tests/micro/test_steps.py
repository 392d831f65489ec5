"""Work given as a list of steps writes each step once and returns the parts that it names."""

from random import Random

from ssdmath.micro.steps import steps
from ssdmath.micro.writer import Writer


def test_steps_are_written_in_order_with_commas_between_them():
    work = steps("first difference terms", "gaps = terms - 1", "rise = gaps * difference")
    writer = Writer(Random(0), slip=0.0)
    assert work(writer, (5, 3, 7)) == (18,)
    assert writer.text == "7-1=6, 6*3=18"


def test_a_name_defined_again_takes_the_new_value():
    writer = Writer(Random(0), slip=0.0)
    assert steps("a b", *("a = a + b", "b = b + a") * 2)(writer, (1, 1)) == (8,)
    assert writer.text == "1+1=2, 1+2=3, 2+3=5, 3+5=8"


def test_the_result_may_have_parts_that_no_step_wrote():
    work = steps("red blue", "all = red + blue", result="red all")
    assert work(Writer(Random(0), slip=0.0), (2, 3)) == (2, 5)


def test_a_remainder_is_written_as_a_word():
    writer = Writer(Random(0), slip=0.0)
    assert steps("a n", "rest = a mod n")(writer, (17, 5)) == (2,)
    assert writer.text == "17 mod 5=2"


def test_a_slip_in_a_step_is_carried_into_the_next_one():
    writer = Writer(Random(0), slip=1.0)
    (result,) = steps("a", "b = a + 1", "c = b + 1")(writer, (1,))
    first, second = writer.text.split(", ")
    assert first != "1+1=2"
    assert second.endswith(f"={result}")
