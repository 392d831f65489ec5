"""The distribution of a decoding, token by token in float64 (docs/method.md, section 2)."""

import numpy as np


def exact(logits, seen, decoding):
    """Presence penalty, temperature, top-k, top-p inside the survivors, min-p.

    Of a composed decoding: its target's distribution, then the decoding's own temperature and
    truncation on that, as a student would decode that has learnt the target exactly.
    """
    if decoding.target is not None:
        student = exact(logits, np.zeros(len(logits)), decoding.target)
        with np.errstate(divide="ignore"):
            return exact(np.log(student), seen, decoding.model_copy(update={"target": None}))
    penalised = decoding.presence_penalty > 0
    z = logits - np.float32(decoding.presence_penalty) * seen if penalised else logits
    z = np.asarray(z, dtype=np.float64)
    order = sorted(range(len(z)), key=lambda id_: (-z[id_], id_))
    if decoding.greedy:
        order = order[:1]
    probability = stats_softmax(z / max(decoding.temperature, 1e-5))
    if decoding.top_k:
        order = order[: decoding.top_k]
    if decoding.top_p < 1:
        total, mass, nucleus = sum(probability[order]), 0.0, []
        for id_ in order:
            nucleus.append(id_)
            mass += probability[id_] / total
            if mass >= decoding.top_p:
                break
        order = nucleus
    if decoding.min_p:
        order = [id_ for id_ in order if probability[id_] >= decoding.min_p * probability[order[0]]]
    final = np.zeros(len(z))
    final[order] = probability[order] / sum(probability[order])
    return final


def stats_softmax(z):
    weight = np.exp(z - z.max())
    return weight / weight.sum()
