"""The noise of a draw: a pure function of (key, step, token), without the state of a generator.

`torch.Generator` would not do: on a CPU it uses the low 32 bits of its seed only, so that among
45,000 draws two would share all their noise with a probability of one in five. A counter-based
generator also lets a truncated decoding compute noise for its survivors only, and a resumed job
needs no replay.
"""

import torch
from torch import Tensor

_GOLDEN = -0x61C8864680B583EB  # 2^64 / golden ratio as a signed 64-bit integer
_MIX1 = -0x40A7B892E31B1A47
_MIX2 = -0x6B2FB644ECCEEE15


def signed(key: int) -> int:
    """Return the signed 64-bit integer that has the bits of an unsigned one, for torch."""
    return key - (1 << 64) if key >= 1 << 63 else key


def splitmix64(state: Tensor, index: Tensor) -> Tensor:
    """Output number `index` (0-based) of SplitMix64 seeded with `state`, int64, broadcast.

    Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", figure 16.
    """
    z = (index + 1).mul_(_GOLDEN) + state
    z = (z ^ _shifted(z, 30)).mul_(_MIX1)
    z = z.bitwise_xor_(_shifted(z, 27)).mul_(_MIX2)
    return z.bitwise_xor_(_shifted(z, 31))


def _shifted(z: Tensor, by: int) -> Tensor:
    """Logical right shift; torch's own keeps the sign."""
    return (z >> by).bitwise_and_((1 << (64 - by)) - 1)


def uniform(keys: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
    """Uniform noise [rows, n] in float64 for `tokens` ([n] or [rows, n]) of each row.

    The values are (k + 1/2) / 2^52: never 0 or 1.
    """
    streams = splitmix64(keys, steps)
    bits = splitmix64(streams[:, None], tokens)
    return _shifted(bits, 12).to(torch.float64).add_(0.5).mul_(2.0**-52)


def gumbel(keys: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
    """Standard Gumbel noise [rows, n] in float64 for `tokens` ([n] or [rows, n]) of each row.

    As no uniform is 0 or 1, every value is finite, and log1p keeps the winning tail exact: a token
    of probability 1e-12 wins once in 1e12 draws.
    """
    return uniform(keys, steps, tokens).neg_().log1p_().neg_().log_().neg_()
