"""A sweep of two cells over artificial prompts, with its journals."""

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.sweep import CellPlan, sample_sweep
from ssdmath.sampling.transformers_engine import TransformersEngine

DECODINGS = ("t1", "t0.7-p0.9")
CAP = 60


def requests(text, *, draws=4):
    prompts = {f"p{number}": tuple(range(4 + number, 20 + 2 * number)) for number in range(25)}
    return cell_requests(
        model="m", prompts=prompts, decoding=Decoding.parse(text), seed=0, draws=draws
    )


def plans(folder, *, draws=4, digest="d" * 20, decodings=DECODINGS):
    return {
        text: CellPlan(
            requests(text, draws=draws), Journal(folder / text / "0.jsonl", digest=digest)
        )
        for text in decodings
    }


def sweep(model, cells):
    def engine():
        return TransformersEngine(str(model), batch=32, threads=1)

    return dict(sample_sweep(engine, cells, max_tokens=CAP))
