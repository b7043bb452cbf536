"""Writes tests/ResNetMl.Benchmarks/Fuzzing/seeds: small PyTorch files, legacy and zip, for the fuzz command to damage.

Run: /usr/bin/python3 tests/References/fuzz_seeds.py   (Debian python3-torch)
"""

import collections
import pathlib

import torch

TARGET = pathlib.Path(__file__).parent.parent / "ResNetMl.Benchmarks" / "Fuzzing" / "seeds"


def state(depth):
    """A CIFAR ResNet of narrow layers, under the published files' names."""
    tensors = collections.OrderedDict()
    generator = torch.Generator().manual_seed(depth)

    def add(name, *shape):
        tensors[name] = torch.rand(shape, generator=generator)

    add("conv1.weight", 4, 3, 3, 3)
    for name in ["bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"]:
        add(name, 4)
    for block in range(depth):
        add(f"layer1.{block}.conv1.weight", 4, 4, 3, 3)
    add("linear.weight", 10, 4)
    add("linear.bias", 10)
    return tensors


def other_types():
    """Views that share a storage, other element types, counters, nested values."""
    base = torch.arange(12, dtype=torch.float32)
    return {
        "state_dict": collections.OrderedDict(
            [
                ("whole", base),
                ("rows", base.view(3, 4)[1:]),
                ("columns", base.view(3, 4).t()),
                ("half", base.half()),
                ("bfloat16", base.bfloat16()),
                ("double", base.double()),
                ("bn1.num_batches_tracked", torch.tensor(7)),
                ("parameter", torch.nn.Parameter(torch.ones(2, 2))),
            ]
        ),
        "best_prec1": 91.73,
        "epoch": 3,
        "args": {"lr": 0.1, "names": ("a", "b"), "flag": True, "none": None, "list": [1, 2.5, "x"]},
    }


TARGET.mkdir(exist_ok=True)
for is_zip, extension in [(False, "th"), (True, "pth")]:
    for name, content in [("small", state(1)), ("deeper", state(3)), ("types", other_types())]:
        torch.save(content, TARGET / f"{name}.{extension}", _use_new_zipfile_serialization=is_zip)
modules = {"state_dict": collections.OrderedDict(("module." + k, v) for k, v in state(1).items()), "best_prec1": 91.73}
torch.save(modules, TARGET / "modules.th", _use_new_zipfile_serialization=False)
