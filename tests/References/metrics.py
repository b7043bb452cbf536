"""Writes metrics.json: labels and scores, and what scikit-learn says of them.

Scores are multiples of 1/32, so that they are exact in float32, sum to one, and tie often.
Ties rank the lower index first: scikit-learn's top-k ranks the higher first, so it is given
scores lowered by 1e-9 times the index.

    /usr/bin/python3 tests/References/metrics.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

CLAMP = float(np.float32(1e-15))


def parts_of_32(random, rows, classes, label, skill):
    weights = random.gamma(1.0, size=(rows, classes)) + 1e-9
    weights[np.arange(rows), label] *= skill
    weights /= weights.sum(axis=1, keepdims=True)
    parts = np.floor(weights * 32).astype(int)
    for row in parts:
        for index in random.permutation(classes)[:32 - row.sum()]:
            row[index] += 1
    return parts


def case(name, seed, rows, class_shares, skill, top_k):
    random = np.random.default_rng(seed)
    classes = len(class_shares)
    label = random.choice(classes, size=rows, p=class_shares)
    parts = parts_of_32(random, rows, classes, label, skill)
    score = parts / 32
    predicted = score.argmax(axis=1)
    every = np.arange(classes)
    present = np.unique(label)
    prior = np.bincount(label, minlength=classes) / rows
    log_loss = metrics.log_loss(label, score, labels=every, eps=CLAMP)
    prior_loss = metrics.log_loss(label, np.tile(prior, (rows, 1)), labels=every, eps=CLAMP)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        label, predicted, labels=every, zero_division=0)

    def loss_of(index):
        own = label == index
        return metrics.log_loss(label[own], score[own], labels=every, eps=CLAMP) if own.any() else 0.0

    ranked = score - 1e-9 * every
    return {
        "name": name,
        "classCount": classes,
        "labels": label.tolist(),
        "scoresTimes32": parts.tolist(),
        "topK": top_k,
        "expected": {
            "microAccuracy": metrics.accuracy_score(label, predicted),
            "macroAccuracy": metrics.recall_score(label, predicted, labels=present, average="macro"),
            "logLoss": log_loss,
            "logLossReduction": (prior_loss - log_loss) / prior_loss,
            "perClassLogLoss": [loss_of(index) for index in every],
            "topKAccuracyForAllK": [
                metrics.top_k_accuracy_score(label, ranked[:, 1] if classes == 2 else ranked, k=k, labels=every)
                if k < classes else 1.0 for k in range(1, top_k + 1)],
            "counts": metrics.confusion_matrix(label, predicted, labels=every).tolist(),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": support.tolist(),
            "macroF1": metrics.f1_score(label, predicted, labels=present, average="macro"),
            "weightedF1": metrics.f1_score(label, predicted, labels=present, average="weighted"),
        },
    }


cases = [
    case("ten classes of unequal size", 1, 120, np.arange(1, 11) / 55, skill=4.0, top_k=5),
    case("three classes, one without rows", 2, 40, np.array([0.6, 0.0, 0.4]), skill=1.5, top_k=2),
    case("worse than the class shares", 3, 60, np.full(4, 0.25), skill=0.6, top_k=6),
]

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"scikitLearn": sklearn.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
