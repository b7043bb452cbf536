"""Writes residual-variants.json beside this file: logits and gradients of small residual networks, by PyTorch in float64.

The networks are written here after the papers, without a look at the library's: He et al. 2015 (option A, B, C), He et al. 2016 (tables 1
and 2, figures 2 and 4, section 4 for the first and the last unit), Xie et al. 2017, Zagoruyko and Komodakis 2016, Hu et al. 2018, He et
al. 2019 (stems and projections C and D), Zhang et al. 2023 (the textbook's block). ResNeXt-50 is torchvision's own.
Weights and images come from a formula that the tests repeat. Run: /usr/bin/python3 tests/References/residual_variants.py
"""
import json
import math
import pathlib
import zlib

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

from contract import numbers

TARGET = pathlib.Path(__file__).with_name("residual-variants.json")
CLASSES = 5


def conv(cin, cout, size, stride=1, groups=1, bias=False):
    return nn.Conv2d(cin, cout, size, stride, size // 2, groups=groups, bias=bias)


class Gate(nn.Module):
    """Squeeze and excitation: Hu et al. 2018, figure 3."""

    def __init__(self, channels, act):
        super().__init__()
        self.fc1 = conv(channels, max(1, channels // 16), 1, bias=True)
        self.fc2 = conv(max(1, channels // 16), channels, 1, bias=True)
        self.act = act

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True)))))


class Unit(nn.Module):
    def __init__(self, convs, stride, *, order="original", path=None, option="b", first=False, act=F.relu, se=False, dropout=0.0, name="shortcut", pooled=False):
        super().__init__()
        self.order, self.path, self.act, self.first, self.dropout = order, path, act, first, dropout
        self.count = len(convs)
        cin, cout = convs[0].in_channels, convs[-1].out_channels
        for number, layer in enumerate(convs, 1):
            self.add_module(f"conv{number}", layer)
            if order == "v2" and not (first and number == 1):
                self.add_module(f"bn{number}", nn.BatchNorm2d(layer.in_channels))
            if order != "v2":
                self.add_module(f"bn{number}", nn.BatchNorm2d(layer.out_channels))
        if se:
            self.se = Gate(cout, act)
        if path in ("exclusive", "shortcut"):
            self.gate = conv(cin, cout, 1, stride, bias=True)
        changes = stride != 1 or cin != cout
        self.pad, self.projection = None, None
        if option == "a" and changes:
            before = (cout - cin) // 2
            self.pad = (stride, before, cout - cin - before)
        elif option == "c" or (option == "b" and changes):
            parts = [nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False) if stride > 1 else nn.Identity()] if pooled else []
            parts.append(conv(cin, cout, 1, 1 if pooled else stride))
            if order not in ("v2", "bn-after"):
                parts.append(nn.BatchNorm2d(cout))
            self.projection = name
            self.add_module(name, nn.Sequential(*parts))

    def part(self, kind, number):
        return getattr(self, f"{kind}{number}")

    def shortcut_of(self, x):
        if self.projection:
            return getattr(self, self.projection)(x)
        if self.pad:
            stride, before, after = self.pad
            return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, before, after))
        return x

    def forward(self, x):
        n, act = self.count, self.act
        moves = self.projection is not None or self.pad is not None
        fork = x
        if self.order in ("v2", "relu-pre") and not self.first:
            ready = act(self.bn1(x)) if self.order == "v2" else act(x)
            fork = ready if moves else x
        else:
            ready = x

        if self.order == "v2":
            y = self.conv1(ready)
            for i in range(2, n + 1):
                y = act(self.part("bn", i)(y))
                y = F.dropout(y, self.dropout, self.training) if i == 2 and self.dropout else y
                y = self.part("conv", i)(y)
        elif self.order == "relu-pre":
            y = self.bn1(self.conv1(ready))
            for i in range(2, n + 1):
                y = self.part("bn", i)(self.part("conv", i)(act(y)))
        else:
            y = x
            for i in range(1, n):
                y = act(self.part("bn", i)(self.part("conv", i)(y)))
            y = self.part("conv", n)(y)
            if self.order != "bn-after":
                y = self.part("bn", n)(y)
            if self.order == "relu-before":
                y = act(y)

        if hasattr(self, "se"):
            y = self.se(y)
        s = self.shortcut_of(fork)
        if self.path in ("exclusive", "shortcut"):
            g = torch.sigmoid(self.gate(fork))
            y, s = (g * y if self.path == "exclusive" else y), (1 - g) * s
        elif self.path == "constant":
            s = 0.5 * s
        elif self.path == "constant-both":
            y, s = 0.5 * y, 0.5 * s
        elif self.path == "dropout":
            s = F.dropout(s, 0.5, self.training)
        z = y + s
        if self.order == "bn-after":
            z = self.part("bn", n)(z)
        return act(z) if self.order in ("original", "bn-after") else z


class Network(nn.Module):
    def __init__(self, stem, stages, channels, *, order, act, classifier):
        super().__init__()
        for name, module in stem.items():
            if name != "pool":
                self.add_module(name, module)
        self.pool = nn.MaxPool2d(3, 2, 1) if "pool" in stem else nn.Identity()
        for number, units in enumerate(stages, 1):
            self.add_module(f"layer{number}", nn.Sequential(*units))
        self.depth, self.order, self.act, self.classifier = len(stages), order, act, classifier
        if order == "v2":
            self.bn = nn.BatchNorm2d(channels)
        self.add_module(classifier, nn.Linear(channels, CLASSES))

    def forward(self, x):
        x = self.pool(self.act(self.bn1(self.conv1(x))))
        for number in range(1, self.depth + 1):
            x = getattr(self, f"layer{number}")(x)
        if self.order == "v2":
            x = self.bn(x)
        if self.order in ("v2", "relu-pre"):
            x = self.act(x)
        return getattr(self, self.classifier)(x.mean((2, 3)))


def cifar(blocks=1, bottleneck=False, order="original", option=None, act=F.relu, widths=(16, 32, 64), stem=16, resnext=None, **options):
    option = option or ("b" if bottleneck else "a")
    cin, stages = stem, []
    for stage, width in enumerate(widths):
        units = []
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            if resnext:
                groups, per_group = resnext
                inner, cout = groups * per_group * 2 ** stage, 256 * 2 ** stage
                convs = [conv(cin, inner, 1), conv(inner, inner, 3, stride, groups), conv(inner, cout, 1)]
            elif bottleneck:
                cout = 4 * width
                convs = [conv(cin, width, 1, stride), conv(width, width, 3), conv(width, cout, 1)]
            else:
                cout = width
                convs = [conv(cin, width, 3, stride), conv(width, width, 3)]
            first = stage == 0 and block == 0
            units.append(Unit(convs, stride, order=order, option=option, act=act, first=first, **options))
            cin = cout
        stages.append(units)
    return Network({"conv1": conv(3, stem, 3), "bn1": nn.BatchNorm2d(stem)}, stages, cin, order=order, act=act, classifier="linear")


def resnet18(order="original", deep=None, pooled=False):
    stem_channels = 2 * deep if deep else 64
    first = conv(3, 64, 7, 2) if deep is None else nn.Sequential(
        conv(3, deep, 3, 2), nn.BatchNorm2d(deep), nn.ReLU(), conv(deep, deep, 3), nn.BatchNorm2d(deep), nn.ReLU(), conv(deep, 2 * deep, 3))
    cin, stages = stem_channels, []
    for stage, width in enumerate((64, 128, 256, 512)):
        units = []
        for block in range(2):
            stride = 2 if stage > 0 and block == 0 else 1
            units.append(Unit([conv(cin, width, 3, stride), conv(width, width, 3)], stride, order=order, name="downsample", pooled=pooled,
                              first=stage == 0 and block == 0))
            cin = width
        stages.append(units)
    return Network({"conv1": first, "bn1": nn.BatchNorm2d(stem_channels), "pool": None}, stages, 512, order=order, act=F.relu, classifier="fc")


class TextbookBlock(nn.Module):
    """Dive into Deep Learning, section 8.6.2."""

    def __init__(self, cin, cout, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(cout, cout, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(cin, cout, kernel_size=1, stride=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(cout)
        self.bn2 = nn.BatchNorm2d(cout)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.conv3 is None else self.conv3(x)))


def textbook():
    cin, stages = 64, []
    for stage, width in enumerate((64, 128, 256, 512)):
        stages.append([TextbookBlock(cin, width, use_1x1conv=stage > 0, strides=2 if stage > 0 else 1), TextbookBlock(width, width)])
        cin = width
    return Network({"conv1": nn.Conv2d(3, 64, 7, 2, 3), "bn1": nn.BatchNorm2d(64), "pool": None}, stages, 512, order="original", act=F.relu, classifier="fc")


# Name, network, side of the images, whether training draws random numbers.
CASES = [
    ("resnet14-constant-scaling", lambda: cifar(2, path="constant"), 16, False),
    ("resnet14-constant-scaling-both", lambda: cifar(2, path="constant-both"), 16, False),
    ("resnet14-exclusive-gating", lambda: cifar(2, path="exclusive"), 16, False),
    ("resnet14-shortcut-gating", lambda: cifar(2, path="shortcut"), 16, False),
    ("resnet14-shortcut-gating-option-b", lambda: cifar(2, path="shortcut", option="b"), 16, False),
    ("resnet14-option-c", lambda: cifar(2, option="c"), 16, False),
    ("resnet14-dropout-shortcut", lambda: cifar(2, path="dropout"), 16, True),
    ("resnet14-bn-after-addition", lambda: cifar(2, order="bn-after"), 16, False),
    ("resnet14-relu-before-addition", lambda: cifar(2, order="relu-before"), 16, False),
    ("resnet14-relu-preactivation", lambda: cifar(2, order="relu-pre"), 16, False),
    ("resnet14-v2", lambda: cifar(2, order="v2"), 16, False),
    ("resnet20-bottleneck", lambda: cifar(2, bottleneck=True), 16, False),
    ("resnet20-bottleneck-bn-after-addition", lambda: cifar(2, bottleneck=True, order="bn-after"), 16, False),
    ("resnet20-bottleneck-relu-before-addition", lambda: cifar(2, bottleneck=True, order="relu-before"), 16, False),
    ("resnet20-bottleneck-relu-preactivation", lambda: cifar(2, bottleneck=True, order="relu-pre"), 16, False),
    ("resnet20-bottleneck-v2", lambda: cifar(2, bottleneck=True, order="v2"), 16, False),
    ("resnet20-bottleneck-v2-option-a", lambda: cifar(2, bottleneck=True, order="v2", option="a"), 16, False),
    ("resnext20-4x4d", lambda: cifar(2, resnext=(4, 4), option="b", stem=64), 16, False),
    ("wrn-16-2", lambda: cifar(2, order="v2", option="b", widths=(32, 64, 128)), 16, False),
    ("wrn-16-2-dropout-0.3", lambda: cifar(2, order="v2", option="b", widths=(32, 64, 128), dropout=0.3), 16, True),
    ("se-resnet14", lambda: cifar(2, se=True), 16, False),
    ("se-resnet20-bottleneck-v2", lambda: cifar(2, bottleneck=True, order="v2", se=True), 16, False),
    ("resnet14-stochastic-depth", lambda: cifar(2), 16, True),
    ("resnet14-elu", lambda: cifar(2, act=F.elu), 16, False),
    ("resnet14-sigmoid", lambda: cifar(2, act=torch.sigmoid), 16, False),
    ("resnet14-tanh", lambda: cifar(2, act=torch.tanh), 16, False),
    ("resnet14-v2-silu", lambda: cifar(2, order="v2", act=F.silu), 16, False),
    ("resnet18-c", lambda: resnet18(deep=32), 65, False),
    ("resnet18-d", lambda: resnet18(deep=32, pooled=True), 65, False),
    ("resnet18-s", lambda: resnet18(deep=64), 65, False),
    ("resnet18-v2", lambda: resnet18(order="v2"), 65, False),
    ("textbook-resnet18", textbook, 65, False),
    ("resnext50-32x4d", lambda: torchvision.models.resnext50_32x4d(num_classes=CLASSES), 64, False),
]


def values(name, shape):
    """Weights that keep the size of what passes through: ResidualVariantTests repeats this."""
    count = math.prod(shape)
    fan_in = count // shape[0]
    scale, offset = {
        "running_mean": (0.5, 0.0), "running_var": (0.5, 1.0), "bias": (0.5, 0.0),
    }.get(name.rsplit(".", 1)[-1], (0.5, 1.0) if len(shape) == 1 else (math.sqrt((6 if len(shape) == 4 else 3) / fan_in), 0.0))
    made = numbers(zlib.crc32(name.encode()) % 100_000, count) * scale + offset
    return torch.tensor(made.astype("float32").astype("float64")).reshape(tuple(shape))


def prepared(make, number):
    model = make().double()
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    model.load_state_dict({name: values(name, tensor.shape) for name, tensor in state.items()}, strict=False)
    return model.to(number), len(state)


def step(make, side, number, layout=torch.contiguous_format):
    """Logits in training, and the beginning of the first convolution's gradient, which has come through every block."""
    model = prepared(make, number)[0].to(memory_format=layout)
    images = torch.tensor(numbers(1, 2 * 3 * side * side).astype("float64")).reshape(2, 3, side, side).to(number).contiguous(memory_format=layout)
    model.train()
    logits = model(images)
    (logits * torch.tensor(numbers(2, logits.numel()).astype("float64")).reshape(logits.shape).to(number)).sum().backward()
    name, weight = next(iter(model.named_parameters()))
    return logits.detach(), name, weight.grad.double().flatten()[:54]


def gap_of(make, side, exact):
    """How far PyTorch's own float32 gradients are from float64's: some of the millions of ReLUs stand so near 0 that float32 puts them on the other side."""
    largest = 0.0
    for layout in [torch.contiguous_format, torch.channels_last]:
        for has_onednn in [True, False]:
            with torch.backends.mkldnn.flags(enabled=has_onednn):
                largest = max(largest, float((step(make, side, torch.float32, layout)[2] - exact).abs().max() / exact.abs().max()))
    return largest


def run(make, side, is_random):
    model, tensors = prepared(make, torch.float64)
    images = torch.tensor(numbers(1, 2 * 3 * side * side).astype("float64")).reshape(2, 3, side, side)
    model.eval()
    with torch.no_grad():
        result = {"side": side, "tensors": tensors, "logits": model(images).flatten().tolist()}
    if not is_random:
        logits, name, gradient = step(make, side, torch.float64)
        result |= {
            "trainingLogits": logits.flatten().tolist(), "parameter": name, "gradient": gradient.tolist(),
            "gap": float(f"{gap_of(make, side, gradient):.1e}"),
        }
    return result


if __name__ == "__main__":
    torch.manual_seed(0)
    golden = {name: run(make, side, is_random) for name, make, side, is_random in CASES}
    TARGET.write_text("{\n" + ",\n".join(f"{json.dumps(name)}:{json.dumps(result, separators=(',', ':'))}" for name, result in golden.items()) + "\n}\n")
