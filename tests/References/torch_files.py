"""Writes files of torch.save for the tests of room 5, and expected.json with what PyTorch itself reads from them.

Run: /usr/bin/python3 tests/References/torch_files.py FOLDER   (Debian python3-torch)
For each file: the names in order, their shapes, and SHA-256 of all elements in single precision, one tensor after another.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import sys
import zipfile

import numpy as np
import torch
from torch import nn

FOLDER = pathlib.Path(sys.argv[1])
EXPECTED = {}
torch.manual_seed(20)


def described(tensors):
    digest = hashlib.sha256()
    lines = []
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            array = tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4")
            digest.update(array.tobytes())
            lines.append(f"{name.removeprefix('module.')} {','.join(map(str, array.shape))}")
    return {"tensors": lines, "sha256": digest.hexdigest()}


def save(name, value, tensors, **options):
    torch.save(value, FOLDER / name, **options)
    EXPECTED[name] = described(tensors)


def both(name, value, tensors):
    save(f"{name}-zip.pth", value, tensors)
    save(f"{name}-legacy.pth", value, tensors, _use_new_zipfile_serialization=False)


def views():
    base = torch.randn(6, 5)
    state = collections.OrderedDict()
    state["whole"] = base
    state["transposed"] = base.t()
    state["column"] = base[:, 3]
    state["every second"] = base[1::2, ::2]
    state["offset"] = base[2]
    state["expanded"] = torch.randn(1, 4, 1).expand(3, 4, 2)
    state["channels last"] = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 3)
    state["half"] = torch.randn(7).half()
    state["half view"] = torch.randn(4, 4).half()[:, 1:3]
    state["bfloat16"] = torch.randn(7).bfloat16()
    state["double"] = torch.randn(7).double()
    state["parameter"] = nn.Parameter(torch.randn(3))
    state["counter"] = torch.tensor(12)
    state["mask"] = torch.tensor([True, False])
    state["bytes"] = torch.arange(4, dtype=torch.uint8)
    state["größe"] = torch.randn(2)
    state["special"] = torch.tensor([float("inf"), float("-inf"), float("nan"), -0.0, 1e-45])
    return state


class OptionA(nn.Module):
    def __init__(self, added):
        super().__init__()
        self.added = added

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added // 2, self.added // 2))


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.shortcut = nn.Sequential() if stride == 1 else OptionA(cout - cin)

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


class Cifar(nn.Module):
    """He et al. 2015, section 4.2, under the names of https://github.com/akamaster/pytorch_resnet_cifar10."""

    def __init__(self, depth, classes=10, channels=3):
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 32, 64]
        for stage in (1, 2, 3):
            cin, cout = widths[stage - 1], widths[stage]
            first = Block(cin, cout, 1 if stage == 1 else 2)
            setattr(self, f"layer{stage}", nn.Sequential(first, *[Block(cout, cout, 1) for _ in range(blocks - 1)]))
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def randomize(model):
    """Weights whose outputs neither vanish nor explode, and running statistics that are not those of a new network."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.0)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
        elif isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
    return model.eval()


def image(channels, height, width):
    """One image of numbers in [−1, 1], the same formula as in the tests."""
    count = channels * height * width
    return torch.from_numpy((((np.arange(count, dtype=np.int64) * 7919) % 2001 - 1000) / 1000).astype(np.float32)).reshape(1, channels, height, width)


def networks():
    for depth, classes, channels in ((32, 10, 3), (44, 100, 3), (110, 10, 1), (1202, 10, 3)):
        model = randomize(Cifar(depth, classes, channels))
        state = collections.OrderedDict(("module." + name, tensor) for name, tensor in model.state_dict().items())
        both(f"resnet{depth}", {"state_dict": state, "best_prec1": 92.5, "epoch": 199}, state)
        with torch.no_grad():
            logits = model(image(channels, 32, 32))[0].tolist() if depth < 1202 else None
        EXPECTED[f"resnet{depth}-zip.pth"]["logits"] = logits


def torchvision_networks():
    import torchvision

    for name, size in (("resnet18", 64), ("resnet50", 64), ("resnext50_32x4d", 64)):
        model = randomize(getattr(torchvision.models, name)(num_classes=7))
        save(f"{name}-zip.pth", model.state_dict(), model.state_dict())
        with torch.no_grad():
            EXPECTED[f"{name}-zip.pth"]["logits"] = model(image(3, size, size))[0].tolist()
            EXPECTED[f"{name}-zip.pth"]["size"] = size


class Command:
    def __reduce__(self):
        return os.system, (f"touch '{FOLDER / 'was-run'}'",)


def refused():
    tensors = collections.OrderedDict(weight=torch.ones(2))
    torch.save({"state_dict": tensors, "x": Command()}, FOLDER / "command-zip.pth")
    torch.save({"state_dict": tensors, "x": Command()}, FOLDER / "command-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": tensors, "args": argparse.Namespace(lr=0.1)}, FOLDER / "namespace.pth", pickle_protocol=4)
    torch.save(nn.Linear(2, 2), FOLDER / "module.pth")
    torch.save(torch.ones(3), FOLDER / "tensor.pth")
    torch.save({"epoch": 3, "lr": 0.1}, FOLDER / "no-tensors.pth")
    torch.jit.script(nn.Linear(2, 2)).save(str(FOLDER / "script.pth"))
    torch.save(tensors, FOLDER / "plain.pth")
    with zipfile.ZipFile(FOLDER / "plain.pth") as source:
        # As files of more than 4 GiB have them: sizes, count and places of 64 bits behind fields that are all ones.
        zipfile.ZIP64_LIMIT = 10
        with zipfile.ZipFile(FOLDER / "zip64.pth", "w") as target:
            for entry in source.namelist():
                target.writestr(entry, source.read(entry))
        zipfile.ZIP64_LIMIT = (1 << 31) - 1
        raw = bytearray((FOLDER / "zip64.pth").read_bytes())
        end = raw.rindex(b"PK\x05\x06")
        raw[end + 8:end + 20] = b"\xff" * 12
        (FOLDER / "zip64.pth").write_bytes(raw)
        EXPECTED["zip64.pth"] = described(tensors)
        with zipfile.ZipFile(FOLDER / "compressed.pth", "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.namelist():
                target.writestr(entry, source.read(entry))
        with zipfile.ZipFile(FOLDER / "big-endian.pth", "w") as target:
            for entry in source.namelist():
                target.writestr(entry, source.read(entry))
            target.writestr("plain/byteorder", "big")
        with zipfile.ZipFile(FOLDER / "no-storage.pth", "w") as target:
            for entry in source.namelist():
                if "/data/" not in entry:
                    target.writestr(entry, source.read(entry))
        with zipfile.ZipFile(FOLDER / "short-storage.pth", "w") as target:
            for entry in source.namelist():
                target.writestr(entry, source.read(entry)[:6] if "/data/" in entry else source.read(entry))


FOLDER.mkdir(parents=True, exist_ok=True)
state = views()
both("views", state, state)
nested = {"model": {"state_dict": state}, "optimizer": torch.optim.SGD([nn.Parameter(torch.ones(2))], 0.1, momentum=0.9).state_dict(),
          "list": [1, (2, 3), None, True, "é", 10**20, -1.5, torch.Size([2, 3]), torch.device("cpu")]}
both("nested", nested, state)
for protocol in (3, 4):
    save(f"protocol{protocol}.pth", {"state_dict": state, "bytes": b"bytes", "many": list(range(70000, 71000))}, state, pickle_protocol=protocol)
refused()
if len(sys.argv) > 2:
    networks()
    torchvision_networks()
(FOLDER / "expected.json").write_text(json.dumps(EXPECTED, ensure_ascii=False, separators=(",", ":")))
