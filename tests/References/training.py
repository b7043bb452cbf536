"""Writes training.json: losses, optimiser trajectories and learning-rate schedules as PyTorch computes them, in float64.

Run: /usr/bin/python3 tests/References/training.py
"""
import json
import pathlib

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def cross_entropy():
    logits = torch.randn(5, 7) * 3
    labels = torch.tensor([0, 6, 3, 3, 1])
    targets = torch.softmax(torch.randn(5, 7), dim=1)
    cases = []
    for smoothing in (0.0, 0.1):
        leaf = logits.clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy(leaf, labels, label_smoothing=smoothing)
        loss.backward()
        cases.append({"smoothing": smoothing, "loss": loss.item(), "gradient": leaf.grad.flatten().tolist()})
    leaf = logits.clone().requires_grad_()
    soft = torch.nn.functional.cross_entropy(leaf, targets)
    soft.backward()
    return {
        "logits": logits.flatten().tolist(),
        "labels": labels.tolist(),
        "targets": targets.flatten().tolist(),
        "correct": int((logits.argmax(1) == labels).sum()),
        "cases": cases,
        "soft": {"loss": soft.item(), "gradient": leaf.grad.flatten().tolist()},
    }


SHAPES = {"weight": (5, 9), "bias": (5,)}
STEPS = 12
RATES = [0.1 / (1 + step) for step in range(STEPS)]
START = {name: torch.randn(shape) for name, shape in SHAPES.items()}
GRADIENTS = [{name: torch.randn(shape) for name, shape in SHAPES.items()} for _ in range(STEPS)]


def trajectory(make, l1=0.0, clip=None):
    parameters = {name: START[name].clone().requires_grad_() for name in SHAPES}
    optimiser = make(parameters)
    norms = []
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATES[step]
        for name, parameter in parameters.items():
            parameter.grad = GRADIENTS[step][name] + l1 * torch.sign(parameter.detach())
        if clip is not None:
            norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), clip).item())
        optimiser.step()
    return {"values": {name: parameter.detach().flatten().tolist() for name, parameter in parameters.items()}, "norms": norms}


def groups(parameters, decay):
    return [{"params": [parameters["weight"]], "weight_decay": decay}, {"params": [parameters["bias"]], "weight_decay": 0.0}]


def optimisers():
    sgd, adamw = torch.optim.SGD, torch.optim.AdamW
    return {
        "start": {name: value.flatten().tolist() for name, value in START.items()},
        "gradients": [{name: value.flatten().tolist() for name, value in step.items()} for step in GRADIENTS],
        "rates": RATES,
        "sgd": trajectory(lambda p: sgd(p.values(), lr=1)),
        "sgd-momentum": trajectory(lambda p: sgd(p.values(), lr=1, momentum=0.9, weight_decay=0.05)),
        "sgd-nesterov": trajectory(lambda p: sgd(p.values(), lr=1, momentum=0.8, nesterov=True, weight_decay=0.05)),
        "sgd-weights-only": trajectory(lambda p: sgd(groups(p, 0.05), lr=1, momentum=0.9)),
        "sgd-l1": trajectory(lambda p: sgd(p.values(), lr=1, momentum=0.9), l1=0.03),
        "sgd-clipped": trajectory(lambda p: sgd(p.values(), lr=1, momentum=0.9), clip=6.5),
        "adamw": trajectory(lambda p: adamw(p.values(), lr=1, betas=(0.9, 0.99), weight_decay=0.2)),
        "adamw-weights-only": trajectory(lambda p: adamw(groups(p, 0.2), lr=1)),
    }


def rates(make, steps):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=0.2)
    scheduler = make(optimiser)
    values = []
    for _ in range(steps):
        values.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return values


def schedules():
    """Six epochs of seven steps; schedules in epochs are stepped once an epoch."""
    lr = torch.optim.lr_scheduler
    epochs, steps_per_epoch, warm_up = 6, 7, 10
    total = epochs * steps_per_epoch
    return {
        "epochs": epochs,
        "stepsPerEpoch": steps_per_epoch,
        "warmUpSteps": warm_up,
        "cosine": rates(lambda o: lr.CosineAnnealingLR(o, T_max=total, eta_min=0.003), total),
        "cosine-warm-up": rates(
            lambda o: lr.SequentialLR(
                o,
                [lr.LinearLR(o, start_factor=0.1, total_iters=warm_up), lr.CosineAnnealingLR(o, T_max=total - warm_up)],
                milestones=[warm_up],
            ),
            total,
        ),
        "one-cycle": rates(lambda o: lr.OneCycleLR(o, max_lr=0.2, total_steps=total, cycle_momentum=False), total),
        "one-cycle-other": rates(
            lambda o: lr.OneCycleLR(
                o, max_lr=0.2, total_steps=total, pct_start=0.15, div_factor=10, final_div_factor=50, cycle_momentum=False
            ),
            total,
        ),
        "step-by-epoch": rates(lambda o: lr.StepLR(o, step_size=2, gamma=0.3), epochs),
        "multi-step-by-epoch": rates(lambda o: lr.MultiStepLR(o, milestones=[1, 4], gamma=0.1), epochs),
        "constant-warm-up": rates(lambda o: lr.LinearLR(o, start_factor=0.25, total_iters=warm_up), total),
    }


def main():
    reference = {"crossEntropy": cross_entropy(), "optimisers": optimisers(), "schedules": schedules()}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(reference, indent=1) + "\n")


main()
