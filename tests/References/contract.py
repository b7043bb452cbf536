"""Writes tests/ResNetMl.Engine.Tests/Contract/contract.json: what every backend must compute, by PyTorch in float64.

Each case is a graph of layers with a batch. Inputs, weights and output gradients come from a formula that the tests repeat, so the file
holds only graphs and results: output in training mode, gradients of inputs and parameters, buffers after the step, output in inference
mode. Run: /usr/bin/python3 tests/References/contract.py   (Debian python3-torch)
"""

import base64
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from contract_general import (
    activation_cases, arithmetic_cases, general_apply, general_buffers, general_state_of, moving_cases, other_cases, reducing_cases)
from contract_networks import network_cases

TARGET = pathlib.Path(__file__).parent.parent / "ResNetMl.Engine.Tests" / "Contract" / "contract.json"


def numbers(seed, count):
    """Evenly spread numbers in [-1, 1), exact in float32: Knuth's multiplicative hash of the index, mixed with the seed."""
    index = np.arange(count, dtype=np.uint64) + np.uint64(seed) * np.uint64(1000003)
    h = (index * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(13)
    return ((h >> np.uint64(8)).astype(np.float64) / 2**23 - 1.0).astype(np.float32)


def tensor(seed, shape, scale=1.0, offset=0.0):
    values = numbers(seed, int(np.prod(shape))) * np.float32(scale) + np.float32(offset)
    return values.astype(np.float32).reshape(shape)


def encode(t):
    array = np.ascontiguousarray(t.detach().numpy().astype("<f4"))
    return {"shape": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def state_of(node):
    """Tensors of a node: (suffix, shape, scale, offset)."""
    a = node["attributes"]
    kind = node["type"]
    if kind == "conv":
        kh, kw = a["kernel"]
        fan_in = a["in"] // a["groups"] * kh * kw
        result = [("weight", [a["out"], a["in"] // a["groups"], kh, kw], math.sqrt(6 / fan_in), 0)]
        return result + ([("bias", [a["out"]], 0.5, 0)] if a["bias"] else [])
    if kind == "bn":
        c = [a["channels"]]
        return [("weight", c, 0.5, 1), ("bias", c, 0.5, 0), ("running_mean", c, 0.5, 0), ("running_var", c, 0.5, 1)]
    if kind == "linear":
        result = [("weight", [a["out"], a["in"]], math.sqrt(3 / a["in"]), 0)]
        return result + ([("bias", [a["out"]], 0.5, 0)] if a["bias"] else [])
    return general_state_of(node)


def apply(node, inputs, state, training, batch):
    a = node["attributes"]
    kind = node["type"]
    name = node["name"]
    if kind == "constant":
        value = state[name + ".value"]
        return value.expand(batch, *value.shape)
    x = inputs[0]
    if kind == "conv":
        top, left, bottom, right = a["padding"]
        x = F.pad(x, (left, right, top, bottom))
        return F.conv2d(x, state[name + ".weight"], state.get(name + ".bias"), a["stride"], 0, a["dilation"], a["groups"])
    if kind == "bn":
        return F.batch_norm(
            x, state[name + ".running_mean"], state[name + ".running_var"], state[name + ".weight"], state[name + ".bias"],
            training, a["momentum"], a["epsilon"])
    if kind == "relu":
        return F.relu(x)
    if kind == "add":
        return sum(inputs[1:], inputs[0])
    if kind == "maxpool":
        return F.max_pool2d(x, a["kernel"], a["stride"], a["padding"], ceil_mode=a["ceil"])
    if kind == "avgpool":
        return F.avg_pool2d(x, a["kernel"], a["stride"], a["padding"], ceil_mode=a["ceil"], count_include_pad=a["countsPadding"])
    if kind == "globalavgpool":
        return x.mean((2, 3), keepdim=True)
    if kind == "flatten":
        return x.flatten(1)
    if kind == "linear":
        return F.linear(x, state[name + ".weight"], state.get(name + ".bias"))
    if kind == "shortcut":
        s = a["stride"]
        return F.pad(x[:, :, ::s, ::s], (0, 0, 0, 0, a["before"], a["after"]))
    return general_apply(node, inputs, state)


class Graph:
    """Builds the list of nodes of a case, one after another."""

    def __init__(self, input_shapes):
        self.inputs = [{"name": f"input{i}", "shape": list(s)} for i, s in enumerate(input_shapes)]
        self.nodes = []

    def add(self, name, kind, inputs, **attributes):
        self.nodes.append({"name": name, "type": kind, "inputs": inputs if isinstance(inputs, list) else [inputs], "attributes": attributes})
        return name

    def conv(self, name, x, cin, cout, kernel, stride=1, padding=0, groups=1, dilation=1, bias=False):
        pair = lambda v: [v, v] if isinstance(v, int) else list(v)
        padding = [padding] * 4 if isinstance(padding, int) else list(padding)
        return self.add(name, "conv", x, **{
            "in": cin, "out": cout, "kernel": pair(kernel), "stride": pair(stride), "padding": padding, "groups": groups,
            "dilation": pair(dilation), "bias": bias})

    def bn(self, name, x, channels, momentum=0.1, epsilon=1e-5):
        return self.add(name, "bn", x, channels=channels, momentum=momentum, epsilon=epsilon)

    def pool(self, name, x, kind, kernel, stride, padding=0, ceil=False, counts_padding=True):
        return self.add(name, kind, x, kernel=kernel, stride=stride, padding=padding, ceil=ceil, countsPadding=counts_padding)

    def linear(self, name, x, cin, cout, bias=True):
        return self.add(name, "linear", x, **{"in": cin, "out": cout, "bias": bias})


def single(shape, kind, **attributes):
    g = Graph([shape] if isinstance(shape[0], int) else shape)
    g.add("layer", kind, [i["name"] for i in g.inputs], **attributes)
    return g


def convolution(shape, cout, kernel, **kw):
    g = Graph([shape])
    g.conv("layer", "input0", shape[0], cout, kernel, **kw)
    return g


def conv_bn_relu(g, prefix, number, x, cin, cout, kernel, stride=1, groups=1, relu=True):
    x = g.conv(f"{prefix}conv{number}", x, cin, cout, kernel, stride, kernel // 2, groups)
    x = g.bn(f"{prefix}bn{number}", x, cout)
    return g.add(f"{prefix}relu{number}", "relu", x) if relu else x


def small_residual():
    """He et al. 2015, section 4.2, one block a stage: basic blocks, option A."""
    g = Graph([[3, 12, 12]])
    x = conv_bn_relu(g, "", 1, "input0", 3, 16, 3)
    for stage, (cin, cout, stride) in enumerate([(16, 16, 1), (16, 32, 2), (32, 64, 2)], 1):
        p = f"layer{stage}.0."
        y = conv_bn_relu(g, p, 1, x, cin, cout, 3, stride)
        y = conv_bn_relu(g, p, 2, y, cout, cout, 3, relu=False)
        s = x if stride == 1 else g.add(p + "shortcut", "shortcut", x, stride=2, before=(cout - cin) // 2, after=(cout - cin) // 2)
        x = g.add(p + "relu", "relu", g.add(p + "add", "add", [y, s]))
    x = g.add("flatten", "flatten", g.add("avgpool", "globalavgpool", x))
    g.linear("linear", x, 64, 10)
    return g


def small_bottleneck():
    """ImageNet shape in small: 7×7 stem, max pool, bottlenecks with projections (option B) and a grouped 3×3."""
    g = Graph([[3, 30, 26]])
    x = g.add("relu", "relu", g.bn("bn1", g.conv("conv1", "input0", 3, 20, 7, 2, 3), 20))
    x = g.pool("maxpool", x, "maxpool", 3, 2, 1)
    cin = 20
    for stage, (width, stride) in enumerate([(8, 1), (12, 2)], 1):
        p = f"layer{stage}.0."
        y = conv_bn_relu(g, p, 1, x, cin, width, 1)
        y = conv_bn_relu(g, p, 2, y, width, width, 3, stride, groups=2 if stage == 2 else 1)
        y = conv_bn_relu(g, p, 3, y, width, 4 * width, 1, relu=False)
        s = g.bn(p + "downsample.1", g.conv(p + "downsample.0", x, cin, 4 * width, 1, stride), 4 * width)
        x = g.add(p + "relu", "relu", g.add(p + "add", "add", [y, s]))
        cin = 4 * width
    x = g.add("flatten", "flatten", g.add("avgpool", "globalavgpool", x))
    g.linear("fc", x, cin, 7)
    return g


def small_plain():
    """A plain network: convolution with bias before ReLU, average pool, flatten of a map larger than 1×1, two linear layers."""
    g = Graph([[1, 9, 10]])
    x = g.add("relu1", "relu", g.conv("conv1", "input0", 1, 6, 3, 1, 1, bias=True))
    x = g.pool("pool1", x, "avgpool", 2, 2)
    x = g.add("relu2", "relu", g.bn("bn2", g.conv("conv2", x, 6, 10, 3, 1, 1), 10))
    x = g.add("flatten", "flatten", x)
    x = g.add("relu3", "relu", g.linear("fc1", x, 10 * 4 * 5, 24))
    g.linear("fc2", x, 24, 5)
    return g


def preactivation():
    """He et al. 2016, figure 4(e): batch norm and ReLU before each convolution; the sum is read by two."""
    g = Graph([[3, 8, 8]])
    x = g.conv("conv1", "input0", 3, 16, 3, 1, 1)
    for block in range(2):
        p = f"layer1.{block}."
        y = g.conv(p + "conv1", g.add(p + "relu1", "relu", g.bn(p + "bn1", x, 16)), 16, 16, 3, 1, 1)
        y = g.conv(p + "conv2", g.add(p + "relu2", "relu", g.bn(p + "bn2", y, 16)), 16, 16, 3, 1, 1)
        x = g.add(p + "add", "add", [y, x])
    x = g.add("relu", "relu", g.bn("bn", x, 16))
    x = g.add("flatten", "flatten", g.add("avgpool", "globalavgpool", x))
    g.linear("fc", x, 16, 4)
    return g


CASES = {
    "conv-3x3": (2, convolution([16, 7, 9], 32, 3, padding=1)),
    "conv-3x3-stride-2": (2, convolution([16, 8, 10], 32, 3, stride=2, padding=1)),
    "conv-3x3-stride-2-odd": (2, convolution([5, 7, 9], 11, 3, stride=2, padding=1)),
    "conv-1x1": (3, convolution([32, 5, 6], 16, 1)),
    "conv-1x1-stride-2": (2, convolution([16, 7, 8], 24, 1, stride=2)),
    "conv-7x7-stride-2-three-channels": (2, convolution([3, 17, 19], 16, 7, stride=2, padding=3)),
    "conv-one-channel": (2, convolution([1, 9, 8], 16, 3, padding=1)),
    "conv-bias": (2, convolution([8, 5, 5], 10, 3, padding=1, bias=True)),
    "conv-groups-2": (2, convolution([32, 6, 6], 32, 3, padding=1, groups=2)),
    "conv-groups-odd": (2, convolution([6, 6, 5], 9, 3, padding=1, groups=3)),
    "conv-depthwise": (2, convolution([20, 6, 7], 20, 3, padding=1, groups=20)),
    "conv-depthwise-stride-2": (2, convolution([16, 7, 7], 16, 3, stride=2, padding=1, groups=16)),
    "conv-dilation-2": (2, convolution([8, 9, 9], 8, 3, padding=2, dilation=2)),
    "conv-stride-2-dilation-2": (1, convolution([4, 10, 11], 6, 3, stride=2, padding=2, dilation=2)),
    "conv-stride-3": (1, convolution([4, 11, 10], 6, 3, stride=3)),
    "conv-uneven": (2, convolution([6, 7, 9], 5, (2, 3), stride=(2, 1), padding=(0, 1, 1, 2))),
    "conv-64": (2, convolution([64, 6, 6], 64, 3, padding=1)),
    "conv-wide": (1, convolution([48, 30, 33], 20, 3, padding=1)),
    "batch-norm": (4, single([16, 5, 6], "bn", channels=16, momentum=0.1, epsilon=1e-5)),
    "batch-norm-odd-channels": (3, single([7, 4, 5], "bn", channels=7, momentum=0.3, epsilon=1e-3)),
    "relu": (2, single([6, 5, 4], "relu")),
    "add": (2, single([[6, 5, 4], [6, 5, 4]], "add")),
    "add-three": (2, single([[16, 3, 4], [16, 3, 4], [16, 3, 4]], "add")),
    "max-pool": (2, single([16, 9, 10], "maxpool", kernel=3, stride=2, padding=1, ceil=False)),
    "max-pool-ceil": (2, single([5, 8, 7], "maxpool", kernel=2, stride=2, padding=0, ceil=True)),
    "average-pool": (2, single([16, 8, 8], "avgpool", kernel=2, stride=2, padding=0, ceil=False, countsPadding=True)),
    "average-pool-padding-counts": (2, single([5, 7, 6], "avgpool", kernel=3, stride=2, padding=1, ceil=False, countsPadding=True)),
    "average-pool-padding-does-not-count": (2, single([5, 7, 6], "avgpool", kernel=3, stride=2, padding=1, ceil=False, countsPadding=False)),
    "global-average-pool": (3, single([18, 7, 5], "globalavgpool")),
    "flatten": (2, single([18, 3, 2], "flatten")),
    "linear": (4, single([33], "linear", **{"in": 33, "out": 10, "bias": True})),
    "linear-without-bias": (3, single([64], "linear", **{"in": 64, "out": 40, "bias": False})),
    "shortcut-a": (2, single([16, 7, 8], "shortcut", stride=2, before=8, after=8)),
    "shortcut-a-odd": (2, single([5, 6, 7], "shortcut", stride=2, before=2, after=3)),
    "network-residual": (4, small_residual()),
    "network-bottleneck": (4, small_bottleneck()),
    "network-plain": (4, small_plain()),
    "network-preactivation": (3, preactivation()),
    **activation_cases(Graph),
    **arithmetic_cases(Graph),
    **moving_cases(Graph),
    **reducing_cases(Graph),
    **other_cases(Graph),
    **network_cases(Graph),
}


def run(graph, batch, state, inputs, training):
    values = dict(zip([i["name"] for i in graph.inputs], inputs))
    for node in graph.nodes:
        values[node["name"]] = apply(node, [values[n] for n in node["inputs"]], state, training, batch)
    return values[graph.nodes[-1]["name"]]


def main():
    cases = []
    for name, (batch, graph) in CASES.items():
        seed = 1
        state, recipe = {}, []
        for node in graph.nodes:
            for suffix, shape, scale, offset in state_of(node):
                full = f"{node['name']}.{suffix}"
                state[full] = torch.tensor(tensor(seed, shape, scale, offset), dtype=torch.float64)
                if not suffix.startswith("running") and suffix not in general_buffers(node):
                    state[full].requires_grad_()
                recipe.append({"name": full, "seed": seed, "shape": shape, "scale": float(np.float32(scale)), "offset": offset})
                seed += 1
        inputs = [torch.tensor(tensor(100 + i, [batch] + spec["shape"]), dtype=torch.float64, requires_grad=True)
                  for i, spec in enumerate(graph.inputs)]
        inference = run(graph, batch, state, inputs, training=False).detach()
        output = run(graph, batch, state, inputs, training=True)
        output.backward(torch.tensor(tensor(200, list(output.shape)), dtype=torch.float64))
        cases.append({
            "name": name, "batch": batch, "inputs": graph.inputs, "nodes": graph.nodes, "state": recipe,
            "output": encode(output), "inference": encode(inference),
            "inputGradients": [encode(i.grad) for i in inputs],
            "gradients": {k: encode(v.grad) for k, v in state.items() if v.requires_grad},
            "buffers": {k: encode(v) for k, v in state.items() if not v.requires_grad}})
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps({"witness": f"PyTorch {torch.__version__}, float64", "cases": cases}, indent=None, separators=(",", ":")) + "\n")
    print(TARGET, TARGET.stat().st_size, "bytes,", len(cases), "cases")


if __name__ == "__main__":
    main()
