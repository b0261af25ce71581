#!/usr/bin/env python3
"""Golden values for tonearm.eval, computed by scikit-learn and numpy.

    python3 golden/generate_eval.py core/src/test/resources/golden/eval/metrics.json

Needs golden/requirements.txt. The file is the same on every run: it changes only with this
script or its pinned versions, and a change of its numbers is to be explained where it is committed.
"""

import hashlib
import json
import platform
import struct
import sys

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

MASK = (1 << 64) - 1


class BootstrapDraws:
    """java.util.Random's nextInt(bound) over SplitMix64, seeded as tonearm.provenance.Seeds does."""

    def __init__(self, seed):
        text = b"tonearm.seeds.v1" + struct.pack(">qq", seed, 0) + b"bootstrap"
        self.state = struct.unpack(">Q", hashlib.sha256(text).digest()[:8])[0]

    def next31(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) >> 33

    def below(self, bound):
        if bound & (bound - 1) == 0:
            return (bound * self.next31()) >> 31
        while True:
            u = self.next31()
            r = u % bound
            if u - r + bound - 1 < 1 << 31:
                return r


def scores(true, predicted, n):
    labels = list(range(n))
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=labels, zero_division=0
    )
    return {
        "accuracy": float(accuracy_score(true, predicted)),
        "macro_f1": float(f1_score(true, predicted, average="macro", zero_division=0)),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": confusion_matrix(true, predicted, labels=labels).tolist(),
        "row_normalised": confusion_matrix(
            true, predicted, labels=labels, normalize="true"
        ).tolist(),
    }


def intervals(true_of, verdicts_of, resamples, seed):
    draws = BootstrapDraws(seed)
    accuracy, macro_f1 = [], []
    for _ in range(resamples):
        drawn = [draws.below(len(true_of)) for _ in true_of]
        true = np.concatenate([np.full(len(verdicts_of[i]), true_of[i]) for i in drawn])
        predicted = np.concatenate([verdicts_of[i] for i in drawn])
        accuracy.append(accuracy_score(true, predicted))
        macro_f1.append(f1_score(true, predicted, average="macro", zero_division=0))
    return {
        "accuracy_interval": np.percentile(accuracy, [2.5, 97.5]).tolist(),
        "macro_f1_interval": np.percentile(macro_f1, [2.5, 97.5]).tolist(),
    }


def case(name, seed, genres, tracks, clips_per_track, true_genres, bias, resamples):
    """`bias` is how much likelier the true genre is made; `true_genres` those that may be true."""
    rng = np.random.default_rng(seed)
    n = len(genres)
    true_of = rng.choice(true_genres, size=tracks)
    probabilities = []
    for t in true_of:
        alpha = np.full(n, 0.6)
        alpha[t] += bias
        alpha[n - 1] = 0.01  # the last genre is hardly ever predicted
        p = rng.dirichlet(alpha, size=clips_per_track)
        # Multiples of 2^-20 add up without error in any order and are floats exactly.
        p = np.floor(p * 2**20) / 2**20
        p[:, 0] += 1 - p.sum(axis=1)
        probabilities.append(p)
    probabilities = np.array(probabilities)

    flat = probabilities.reshape(-1, n)
    flat_true = np.repeat(true_of, clips_per_track)
    labels = list(range(n))

    def with_probabilities(true, p):
        return {
            **scores(true, p.argmax(axis=1), n),
            "negative_log_likelihood": float(log_loss(true, p, labels=labels)),
            "top2_accuracy": float(top_k_accuracy_score(true, p, k=2, labels=labels)),
            "top3_accuracy": float(top_k_accuracy_score(true, p, k=3, labels=labels)),
        }

    clip_verdicts = probabilities.argmax(axis=2)
    mean = probabilities.mean(axis=1)
    majority = []
    for votes, m in zip(clip_verdicts, mean):
        counts = np.bincount(votes, minlength=n)
        tied = np.flatnonzero(counts == counts.max())
        majority.append(int(tied[m[tied].argmax()]))
    mean_verdicts = mean.argmax(axis=1)
    return {
        "name": name,
        "genres": genres,
        "true": true_of.tolist(),
        "probabilities": probabilities.tolist(),
        "bootstrap": {"resamples": resamples, "seed": seed},
        "clips": {
            **with_probabilities(flat_true, flat),
            **intervals(true_of, clip_verdicts, resamples, seed),
        },
        "tracks": {
            **with_probabilities(true_of, mean),
            **intervals(true_of, mean_verdicts[:, None], resamples, seed),
        },
        "tracks_majority_vote": {
            **scores(true_of, majority, n),
            **intervals(true_of, np.array(majority)[:, None], resamples, seed),
        },
        "majority": majority,
    }


def main(path):
    golden = {
        "generator": "golden/generate_eval.py",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "cases": [
            case("ordinary", 1, ["blues", "jazz", "metal", "pop", "rock"], 24, 5, [0, 1, 2, 3, 4], 1.5, 200),
            case("a genre that is never true", 2, ["a", "b", "c", "d"], 16, 3, [0, 2], 0.5, 100),
            case("one clip a track", 3, ["x", "y", "z", "w"], 15, 1, [0, 1, 2, 3], 1.0, 100),
        ],
    }
    with open(path, "w", encoding="utf-8") as out:
        json.dump(golden, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
