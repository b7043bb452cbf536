"""Output sizes of convolutions and pools, asked of PyTorch.

Run: /usr/bin/python3 tests/References/window_sizes.py
Writes window-sizes.json beside this file: [kind, input, kernel, stride, padding, dilation, ceilMode, output], each size [height, width].
"""
import json
import pathlib
import random

import torch

random.seed(1)
cases = []
while len(cases) < 120:
    kind = random.choice(("conv", "max", "average"))
    size, kernel, stride, dilation = ([random.randint(low, high) for _ in range(2)] for low, high in ((1, 17), (1, 5), (1, 4), (1, 3)))
    padding = [random.randint(0, k // 2) for k in kernel]
    ceil_mode = kind != "conv" and random.random() < 0.6
    image = torch.zeros(1, 1, *size)
    if kind != "conv":
        dilation = [1, 1]
    if any(length + 2 * p < d * (k - 1) + 1 for length, p, d, k in zip(size, padding, dilation, kernel)):
        continue
    layer = {
        "conv": lambda: torch.nn.Conv2d(1, 1, kernel, stride, padding, dilation),
        "max": lambda: torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil_mode),
        "average": lambda: torch.nn.AvgPool2d(kernel, stride, padding, ceil_mode=ceil_mode),
    }[kind]()
    with torch.no_grad():
        output = list(layer(image).shape[2:])
    cases.append([kind, size, kernel, stride, padding, dilation, ceil_mode, output])

path = pathlib.Path(__file__).with_name("window-sizes.json")
path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
