"""The distribution a decoding draws from, token by token in float64 (docs/method.md)."""

import numpy as np


def exact(logits, seen, decoding):
    """Temper, then top-k, top-p inside it, min-p; the presence penalty comes first."""
    z = (logits - np.float32(decoding.presence_penalty) * seen).astype(np.float64)
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
