"""Random answers of the kinds that competition problems have."""

import random
from collections.abc import Callable
from fractions import Fraction

from expression_trees import Node, call, name, negative, number, root

PI, E, IMAGINARY = name("pi"), name("e"), name("i")
LARGE_DENOMINATORS = (7, 9, 11, 12, 13, 15, 18, 21, 24, 33, 37, 45)
WORDS = ("odd", "even", "yes", "no", "true", "false", "increasing", "decreasing", "monday",
         "friday",
         "alice", "bob", "red", "blue", "ellipse", "hyperbola", "none", "isosceles")  # fmt: skip


def rational(rng: random.Random) -> Node:
    """A fraction in lowest terms that is no integer."""
    bottom = rng.choice([2, 3, 4, 5, 6, 8, 10, 16, 20, 25, *LARGE_DENOMINATORS])
    top = rng.randint(1, 6 * bottom)
    while (value := Fraction(top, bottom)).denominator == 1:
        top += 1
    return number(value)


def small(rng: random.Random) -> Node:
    """A positive integer below twenty."""
    return number(rng.randint(2, 19))


def integer(rng: random.Random) -> Node:
    """An integer of up to four digits, sometimes negative."""
    value = rng.choice([rng.randint(1, 30), rng.randint(10, 999), rng.randint(1000, 9999)])
    return number(-value if rng.random() < 0.15 else value)


def large_integer(rng: random.Random) -> Node:
    """An integer of five to thirty digits, or a round one."""
    if rng.random() < 0.3:
        return number(rng.randint(11, 999) * 10 ** rng.randint(5, 9))
    return number(rng.randrange(10**4, 10 ** rng.choice([5, 6, 7, 9, 12, 20, 30])))


def surd(rng: random.Random) -> Node:
    """A root, alone, with a factor, in a sum or in a fraction."""
    radicand = number(rng.choice([2, 3, 5, 6, 7, 10, 11, 13, 15, 12, 18, 20, 45, 50, 72]))
    base = root(radicand, rng.choice([2, 2, 2, 3]))
    if rng.random() < 0.6:
        base = small(rng) * base
    if rng.random() < 0.4:
        base = small(rng) + base if rng.random() < 0.5 else small(rng) - base
    return base / small(rng) if rng.random() < 0.3 else base


def constant(rng: random.Random) -> Node:
    """A rational combination of pi or e."""
    makers: list[Callable[[], Node]] = [
        lambda: small(rng) * PI,
        lambda: small(rng) * PI / small(rng),
        lambda: PI ** rng.randint(2, 4) / small(rng),
        lambda: number(1) - number(1) / E,
        lambda: E ** rng.randint(2, 5) - small(rng),
        lambda: small(rng) + small(rng) * PI,
        lambda: E ** negative(small(rng)) + small(rng),
        lambda: root(number(3)) * PI / small(rng) - small(rng),
    ]
    return rng.choice(makers)()


def logarithm(rng: random.Random) -> Node:
    """Natural and other logarithms of integers."""
    ln = call("ln", small(rng))
    log = call("log", small(rng), number(rng.choice([2, 3, 5, 6])))
    makers: list[Callable[[], Node]] = [
        lambda: ln, lambda: small(rng) * ln, lambda: ln / small(rng), lambda: small(rng) - ln,
        lambda: log, lambda: log + small(rng), lambda: ln / call("ln", small(rng) + small(rng)),
        lambda: ln**2 + small(rng),
    ]  # fmt: skip
    return rng.choice(makers)()


def trigonometry(rng: random.Random) -> Node:
    """Trigonometric functions at fractions of pi, and inverse ones at rationals."""
    angle = rng.choice([PI / small(rng), small(rng) * PI / number(rng.choice([7, 9, 11, 13]))])
    function = rng.choice(["sin", "cos", "tan"])
    value = call(function, angle)
    inverse = call("arctan", rng.choice([small(rng), number(Fraction(1, rng.randint(2, 9)))]))
    return rng.choice([value, small(rng) * value, value**2, inverse, PI / small(rng) + inverse])


def power(rng: random.Random) -> Node:
    """A large integer as a power, with a factor or a small correction."""
    base = number(rng.choice([2, 3, 5, 6, 7, 10])) ** rng.choice(
        [rng.randint(5, 40), rng.randint(100, 2024)]
    )
    one = number(1)
    return rng.choice([base, base - one, base + one, small(rng) * base, (base - one) / small(rng)])


def factorial(rng: random.Random) -> Node:
    """Factorials, their products and quotients."""
    first, second = (call("factorial", number(rng.randint(4, 40))) for _ in range(2))
    both = first / (second * number(2) ** rng.randint(2, 9))
    return rng.choice([first, first + number(1), small(rng) * first, both, first * second])


def binomial(rng: random.Random) -> Node:
    """Binomial coefficients of integers."""
    top = rng.randint(5, 40)
    base = call("binomial", number(top), number(rng.randint(2, top - 2)))
    power_of_two = number(2) ** rng.randint(5, 20)
    return rng.choice([base, small(rng) * base, base / power_of_two, base - number(1), base * base])


def complex_number(rng: random.Random) -> Node:
    """A complex number with rational or irrational parts."""
    parts = [small(rng), rational(rng), root(number(rng.choice([2, 3, 5])))]
    imaginary = rng.choice([small(rng), root(number(3))]) * IMAGINARY
    return rng.choice(parts) + rng.choice([imaginary, negative(imaginary)])


def polynomial(rng: random.Random) -> Node:
    """A polynomial in one or two variables."""
    x = name(rng.choice("xnab"))
    y = name("y") if rng.random() < 0.3 and x.value in "x" else x
    terms = [small(rng) * x ** rng.randint(3, 5), small(rng) * x**2, small(rng) * y, small(rng)]
    chosen = rng.sample(terms, rng.randint(2, 3))
    node = chosen[0]
    for term in chosen[1:]:
        node = node - term if rng.random() < 0.4 else node + term
    if rng.random() < 0.3:
        return small(rng) * x * (y + small(rng)) + small(rng)
    return (node) / (small(rng) * x) if rng.random() < 0.2 else node


def closed_formula(rng: random.Random) -> Node:
    """A formula of enumerative combinatorics in n and k."""
    n, k, one, two = name("n"), name("k"), number(1), number(2)
    base = number(rng.choice([2, 3, 4]))
    over_n = [number(2), number(3), k, one]
    makers: list[Callable[[], Node]] = [
        lambda: n * (n + one) * base ** (n - two),
        lambda: n * base ** (n - one),
        lambda: (n - one) * base**n + one,
        lambda: call("binomial", n, two) * base ** (n - two),
        lambda: call("factorial", n) * base**n,
        lambda: call("binomial", two * n, n) / (n + one),
        lambda: call("factorial", two * n) / (call("factorial", n) * base**n),
        lambda: n * (n + one) * (two * n + one) / number(6),
        lambda: (base ** (n + one) - one) / (base - one if base.value != 2 else number(3)),
        lambda: base**n + negative(one) ** n,
        lambda: call("binomial", n + small(rng), rng.choice(over_n)),
        lambda: call("binomial", n, k) * call("factorial", k),
        lambda: n ** (n - two),
        lambda: (n**2 + small(rng) * n + small(rng)) / two,
    ]
    return rng.choice(makers)()


def variable_roots(rng: random.Random) -> Node:
    """Roots, powers and exponentials of real variables."""
    x, a, b = name("x"), name("a"), name("b")
    makers: list[Callable[[], Node]] = [
        lambda: number(1) / (small(rng) * root(x, 3) ** 2),
        lambda: root(a * b) * small(rng),
        lambda: x ** number(Fraction(2, 3)) + small(rng),
        lambda: root(x**2 + number(1)) - x,
        lambda: x * (x + number(1)) * number(3) ** x,
        lambda: (a + b) / (two := number(2)) - root(a * b) / two,
        lambda: small(rng) * x * call("ln", x) - x,
        lambda: E ** (small(rng) * x) * x + small(rng),
        lambda: call("sin", small(rng) * x) + small(rng) * call("cos", x),
    ]
    return rng.choice(makers)()


def stepwise(rng: random.Random) -> Node:
    """Formulas that differ from simpler ones only at some points: floors, |x|, max, gcd."""
    n, x, y, k = name("n"), name("x"), name("y"), name("k")
    makers: list[Callable[[], Node]] = [
        lambda: call("floor", n / small(rng)) + small(rng),
        lambda: call("floor", n / number(5)) + call("floor", n / number(25)),
        lambda: call("ceil", (n + small(rng)) / small(rng)),
        lambda: call("floor", n**2 / number(4)),
        lambda: call("abs", x - small(rng)) + small(rng),
        lambda: call("abs", x * y),
        lambda: call("max", x, small(rng)),
        lambda: call("gcd", n, number(rng.choice([12, 17, 30]))) * small(rng),
        lambda: call("min", n, k) + small(rng),
    ]
    return rng.choice(makers)()


SCALARS: dict[str, Callable[[random.Random], Node]] = {
    "integer": integer, "large integer": large_integer, "fraction": rational, "root": surd,
    "constant": constant, "logarithm": logarithm, "trigonometry": trigonometry, "power": power,
    "factorial": factorial, "binomial": binomial, "complex number": complex_number,
    "polynomial": polynomial, "closed formula": closed_formula,
    "roots of variables": variable_roots,
    "stepwise formula": stepwise,
}  # fmt: skip
