"""Names and shapes of the tensors in published state dictionaries.

Run: /usr/bin/python3 tests/References/state_names.py FOLDER
FOLDER holds resnet20-12fca82f.th and resnet56-4bfd9763.th of https://github.com/akamaster/pytorch_resnet_cifar10.
Writes state-names.json beside this file: for each network its tensors in order, each as "name shape". num_batches_tracked, which counts
training steps and no layer reads, is left out, and so is the prefix module. that PyTorch's DataParallel puts before the CIFAR names.
"""
import json
import pathlib
import sys

import torch
import torchvision


def described(state):
    return [
        name.removeprefix("module.") + " " + ",".join(map(str, tensor.shape))
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    ]


TORCHVISION = {
    "resnet18": "resnet18", "resnet34": "resnet34", "resnet50": "resnet50", "resnet101": "resnet101", "resnet152": "resnet152",
    "resnext50-32x4d": "resnext50_32x4d", "resnext101-32x8d": "resnext101_32x8d",
    "wide-resnet50-2": "wide_resnet50_2", "wide-resnet101-2": "wide_resnet101_2",
}
golden = {name: described(getattr(torchvision.models, function)().state_dict()) for name, function in TORCHVISION.items()}
for name, file in (("resnet20", "resnet20-12fca82f.th"), ("resnet56", "resnet56-4bfd9763.th")):
    golden[name] = described(torch.load(pathlib.Path(sys.argv[1]) / file, map_location="cpu")["state_dict"])

path = pathlib.Path(__file__).with_name("state-names.json")
path.write_text("{\n" + ",\n".join(f"{json.dumps(name)}:{json.dumps(lines, separators=(',', ':'))}" for name, lines in golden.items()) + "\n}\n")
