"""Writes tests/ResNetMl.Engine.Tests/Contract/sgd-steps.json: the losses of SGD steps of ResNet-20 in PyTorch, fp32 and fp64.

Weights, images and labels come from the formula of contract.py, which the test repeats. SGD with learning rate 0.1, momentum 0.9, weight
decay 1e-4 on every parameter; batches of 128 images of 3×32×32. Run: /usr/bin/python3 tests/References/sgd_steps.py
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from contract import numbers, tensor

TARGET = pathlib.Path(__file__).parent.parent / "ResNetMl.Engine.Tests" / "Contract" / "sgd-steps.json"
STEPS = 5
BATCH = 128


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.stride, self.pad = stride, (cout - cin) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[Block(16, 16, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(*[Block(16 if i == 0 else 32, 32, 2 if i == 0 else 1) for i in range(3)])
        self.layer3 = nn.Sequential(*[Block(32 if i == 0 else 64, 64, 2 if i == 0 else 1) for i in range(3)])
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def losses(dtype, layout=torch.contiguous_format):
    model = ResNet20()
    with torch.no_grad():
        for seed, (name, parameter) in enumerate(model.named_parameters(), 1):
            shape = list(parameter.shape)
            if len(shape) == 4:  # uniform with He's variance, 2 / fan-out
                parameter.copy_(torch.tensor(tensor(seed, shape, math.sqrt(6 / (shape[0] * shape[2] * shape[3])))))
            elif len(shape) == 2:
                parameter.copy_(torch.tensor(tensor(seed, shape, math.sqrt(1 / shape[1]))))
            else:
                parameter.fill_(1.0 if "bn" in name and name.endswith("weight") else 0.0)
    model = model.to(dtype).to(memory_format=layout)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    result = []
    for step in range(STEPS):
        images = torch.tensor(tensor(1000 + step, [BATCH, 3, 32, 32])).to(dtype).contiguous(memory_format=layout)
        labels = torch.tensor(np.floor((numbers(2000 + step, BATCH).astype(np.float64) + 1) * 5).astype(np.int64))
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        result.append(float(loss))
    return result


def float32_runs():
    """PyTorch's own fp32 runs: each layout, number of threads and convolution library sums in another order."""
    for threads in [1, 2]:
        for mkldnn in [True, False]:
            for layout in [torch.contiguous_format, torch.channels_last]:
                torch.set_num_threads(threads)
                with torch.backends.mkldnn.flags(enabled=mkldnn):
                    yield losses(torch.float32, layout)


if __name__ == "__main__":
    exact = losses(torch.float64)
    runs = list(float32_runs())
    golden = {
        "witness": f"PyTorch {torch.__version__}",
        "batch": BATCH,
        "float64": exact,
        "float32": runs,
        "gap": [max(abs(run[step] - exact[step]) for run in runs) for step in range(STEPS)],
    }
    TARGET.write_text(json.dumps(golden, indent=1) + "\n")
    for run in runs:
        print(["%.2e" % abs(a - b) for a, b in zip(run, exact)])
    print(["%.2e" % gap for gap in golden["gap"]])
