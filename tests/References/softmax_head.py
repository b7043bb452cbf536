"""Trains a linear softmax head by plain gradient descent in float64 with PyTorch's autograd: expected values for the head of the image trainer.

The rows and first weights are formulas, so that both sides make them alone. Run: python3 softmax_head.py > softmax-head.json
"""
import json

import torch

ROWS, HELD, FEATURES, CLASSES, BATCH, EPOCHS = 37, 11, 24, 3, 10, 7


def rows(count, offset):
    r = torch.arange(count, dtype=torch.float64)[:, None] + offset
    f = torch.arange(FEATURES, dtype=torch.float64)[None]
    return 0.02 * torch.sin(1.7 * r + 0.9 * f * (r % CLASSES + 1)) + 0.01 * f


def train(smoothing, class_weights):
    x, held = rows(ROWS, 0), rows(HELD, 100)
    y, held_y = torch.arange(ROWS) % CLASSES, torch.arange(100, 100 + HELD) % CLASSES
    mean, sd = x.mean(0), x.std(0, unbiased=False)
    x, held = (x - mean) / sd, (held - mean) / sd
    w = (0.001 * torch.cos(torch.arange(CLASSES * FEATURES, dtype=torch.float64))).reshape(CLASSES, FEATURES).requires_grad_()
    b = torch.zeros(CLASSES, dtype=torch.float64, requires_grad=True)
    weight = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float64)
    loss_of = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)
    batches = -(-ROWS // BATCH)
    history, step = [], 0
    for epoch in range(EPOCHS):
        correct, entropy = 0, 0.0
        for first in range(0, ROWS, BATCH):
            bx, by = x[first:first + BATCH], y[first:first + BATCH]
            rate = 0.01 * 0.94 ** (step // (batches * 2))
            logits = bx @ w.T + b
            correct += int((logits.argmax(1) == by).sum())
            entropy += float(torch.nn.functional.cross_entropy(logits, by, reduction="sum"))
            gradients = torch.autograd.grad(loss_of(logits, by), (w, b))
            with torch.no_grad():
                for parameter, gradient in zip((w, b), gradients):
                    parameter -= rate * gradient
            step += 1
        logits = held @ w.T + b
        history.append({
            "accuracy": correct / ROWS, "crossEntropy": entropy / ROWS, "learningRate": rate,
            "heldAccuracy": float((logits.argmax(1) == held_y).double().mean()),
            "heldCrossEntropy": float(torch.nn.functional.cross_entropy(logits, held_y))})
    return {"smoothing": smoothing, "classWeights": class_weights, "weight": w.flatten().tolist(), "bias": b.tolist(), "history": history}


print(json.dumps([train(0.0, None), train(0.1, [1.0, 2.0, 0.5])], indent=1))
