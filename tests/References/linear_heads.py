"""Writes linear-heads.json: linear classifiers as scikit-learn's LogisticRegression (multinomial) and scipy's L-BFGS-B train them, in float64.

Features are rounded to float32 first, so that both sides see the same numbers. sum loss + l2/2 |W|^2 + l1 |W| is scikit-learn's objective divided by its C.

Run: /usr/bin/python3 tests/References/linear_heads.py
"""
import json
import pathlib
import warnings

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

ROWS, FEATURES, CLASSES = 90, 11, 4
random = np.random.RandomState(11)
centres = random.randn(CLASSES, FEATURES)
labels = random.randint(0, CLASSES, ROWS)
features = (centres[labels] + 1.5 * random.randn(ROWS, FEATURES)).astype(np.float32).astype(np.float64)
weights = np.round(random.uniform(0.25, 3, ROWS), 2).astype(np.float32).astype(np.float64)


def softmax(scores):
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return scores / scores.sum(1, keepdims=True)


def case(name, l1, l2, sample_weight=None, intercept=True):
    rows = features if intercept else np.hstack([features, np.ones((ROWS, 1))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the line search at the limit of rounding; the gradient below is what counts
        if l1 == 0:
            model = LogisticRegression(C=1 / l2, multi_class="multinomial", solver="newton-cg", tol=1e-9, max_iter=10000, fit_intercept=intercept)
        else:
            model = LogisticRegression(
                C=1 / (l1 + l2), penalty="elasticnet", l1_ratio=l1 / (l1 + l2), multi_class="multinomial", solver="saga", tol=1e-11, max_iter=1000000,
                fit_intercept=intercept, random_state=1)
        model.fit(rows, labels, sample_weight)
    scale = np.ones(ROWS) if sample_weight is None else sample_weight
    slope = ((softmax(rows @ model.coef_.T + (model.intercept_ if intercept else 0)) - np.eye(CLASSES)[labels]) * scale[:, None]).T @ rows + l2 * model.coef_
    left = np.where(model.coef_ == 0, np.maximum(np.abs(slope) - l1, 0), slope + l1 * np.sign(model.coef_))
    print(name, "largest derivative at the minimum", np.abs(left).max())
    assert np.abs(left).max() < 1e-6
    coefficients = model.coef_ if intercept else model.coef_[:, :-1]
    biases = model.intercept_ if intercept else model.coef_[:, -1]
    return {
        "name": name, "l1": l1, "l2": l2, "weighted": sample_weight is not None, "weights": coefficients.flatten().tolist(), "biases": (biases - biases.mean()).tolist(),
        "probabilities": softmax(features @ coefficients.T + biases).flatten().tolist(),
    }


def non_negative(l1, l2):
    """min over W >= 0 by a quasi-Newton method for bounds; |W| = W there, so the L1 term is smooth."""
    hot = np.eye(CLASSES)[labels]

    def objective(packed):
        b, w = packed[:CLASSES], packed[CLASSES:].reshape(CLASSES, FEATURES)
        p = softmax(features @ w.T + b)
        loss = -np.log(p[np.arange(ROWS), labels]).sum() + l2 / 2 * (w ** 2).sum() + l1 * w.sum()
        return loss, np.concatenate([(p - hot).sum(0), ((p - hot).T @ features + l2 * w + l1).flatten()])

    bounds = [(None, None)] * CLASSES + [(0, None)] * (CLASSES * FEATURES)
    found = minimize(objective, np.zeros(CLASSES * (FEATURES + 1)), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 100000})
    b, w = found.x[:CLASSES], found.x[CLASSES:].reshape(CLASSES, FEATURES)
    return {
        "name": "non-negative", "l1": l1, "l2": l2, "weighted": False, "weights": w.flatten().tolist(), "biases": (b - b.mean()).tolist(),
        "probabilities": softmax(features @ w.T + b).flatten().tolist(),
    }


document = {
    "rows": ROWS, "featureCount": FEATURES, "classes": CLASSES,
    "features": features.flatten().tolist(), "labels": labels.tolist(), "exampleWeights": weights.tolist(),
    "lbfgs": [
        case("l2", 0, 1), case("little l2", 0, 0.01), case("weighted", 0, 1, weights), case("l1 and l2", 1, 1), case("l1", 2, 1e-9), non_negative(0.5, 1),
    ],
    # The dual method's loss is a mean and its bias a regularised weight; l2 and l1 are those of the sum.
    "sdca": [case("l2", 0, 0.9, intercept=False), case("weighted", 0, 1.8, weights, intercept=False)],
}
path = pathlib.Path(__file__).with_name("linear-heads.json")
path.write_text(json.dumps(document, indent=1).replace("\n   ", "").replace("\n  ]", "]") + "\n")
print(path, path.stat().st_size)
