"""Writes fine-tuning.json: training with frozen layers, learning rates by layer, class weights and mixup as PyTorch computes them, in float64.

Weights, images and labels come from the formula of contract.py, which the tests repeat.
Run: /usr/bin/python3 tests/References/fine_tuning.py
"""
import base64
import json
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from contract import numbers, tensor

torch.set_default_dtype(torch.float64)
STEPS = 4
BATCH = 6
CLASSES = 4


def double(seed, shape, scale=1.0, offset=0.0):
    return torch.tensor(tensor(seed, shape, scale, offset).astype(np.float64))


class Network(nn.Module):
    """A stem, a residual block with its sum before the activation, mean and linear layer."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, 1, 1, bias=True)
        self.bn2 = nn.BatchNorm2d(8)
        self.conv3 = nn.Conv2d(8, 8, 3, 1, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(x)))
        y = self.bn3(self.conv3(y))
        return self.fc(F.relu(y + x).mean((2, 3)))


def network():
    model = Network()
    with torch.no_grad():
        for seed, (name, value) in enumerate(model.state_dict().items(), 1):
            if "num_batches" in name:
                continue
            is_matrix = value.dim() > 1
            offset = 1.0 if name.startswith("bn") and name.endswith(("weight", "var")) else 0.0
            value.copy_(double(seed, list(value.shape), 0.4 if is_matrix else 0.3, offset))
    return model


def train(frozen, batch_norm_frozen, factors, make):
    """Frozen modules by name; a frozen batch norm is in eval mode and its parameters need no gradient."""
    model = network()
    is_frozen = {name: name in frozen or (batch_norm_frozen and name.startswith("bn")) for name, _ in model.named_children()}
    for name, module in model.named_children():
        module.train(not is_frozen[name])
        for parameter in module.parameters():
            parameter.requires_grad_(not is_frozen[name])
    groups = [
        {"params": list(module.parameters()), "factor": factors.get(name, 1.0)}
        for name, module in model.named_children()
        if not is_frozen[name]
    ]
    optimiser = make(groups)
    losses = []
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 0.1 / (1 + step) * group["factor"]
        images = double(100 + step, [BATCH, 3, 10, 10])
        labels = torch.tensor(np.floor((numbers(200 + step, BATCH).astype(np.float64) + 1) * CLASSES / 2).astype(np.int64))
        loss = F.cross_entropy(model(images), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    state = {
        name: base64.b64encode(value.numpy().astype("<f4").tobytes()).decode()
        for name, value in model.state_dict().items()
        if "num_batches" not in name
    }
    return {"losses": losses, "state": state}


def trainings():
    sgd = lambda groups: torch.optim.SGD(groups, lr=1, momentum=0.9, weight_decay=0.01)
    adamw = lambda groups: torch.optim.AdamW(groups, lr=1, weight_decay=0.05)
    return {
        "stem frozen": train({"conv1", "bn1"}, False, {}, sgd),
        "batch norm frozen": train(set(), True, {"conv1": 0.1, "conv2": 0.25, "conv3": 0.25}, sgd),
        "a layer in the middle frozen": train({"conv1", "bn1", "conv3", "bn2"}, False, {"fc": 3.0, "conv2": 0.25}, sgd),
        "adamw": train({"conv1"}, True, {"conv2": 0.01, "conv3": 0.01, "fc": 0.1}, adamw),
        "head alone": train({"conv1", "bn1", "conv2", "bn2", "conv3", "bn3"}, False, {}, sgd),
    }


def losses():
    """Zhang et al.'s own code for mixup: share * criterion(output, a) + (1 - share) * criterion(output, b)."""
    logits = double(1, [5, 7], 3.0)
    a, b = torch.tensor([0, 6, 3, 3, 1]), torch.tensor([3, 3, 1, 0, 6])
    other = torch.tensor([2, 5, 5, 0, 1])
    weights = [0.5, 2.0, 1.25, 0.75, 3.0, 0.1, 1.0]
    cases = []
    for smoothing in (0.0, 0.1):
        for weight in (None, weights):
            for share, second in ((1.0, a), (0.3, b), (0.75, other)):
                leaf = logits.clone().requires_grad_()
                criterion = nn.CrossEntropyLoss(weight=None if weight is None else torch.tensor(weight), label_smoothing=smoothing)
                loss = share * criterion(leaf, a) + (1 - share) * criterion(leaf, second)
                loss.backward()
                cases.append({
                    "smoothing": smoothing, "weights": weight, "share": share, "second": second.tolist(),
                    "loss": loss.item(), "gradient": leaf.grad.flatten().tolist(),
                    "correct": int((logits.argmax(1) == (a if share >= 0.5 else second)).sum()),
                })
    return {"labels": a.tolist(), "cases": cases}


if __name__ == "__main__":
    target = pathlib.Path(__file__).with_name("fine-tuning.json")
    target.write_text(json.dumps({"trainings": trainings(), "losses": losses()}, indent=1) + "\n")
