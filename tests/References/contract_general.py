"""Layers that other programs' classifiers are made of, for contract.py: their state, what PyTorch computes for them, and their cases."""

import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": lambda x, a, b: F.relu(x),
    "leakyrelu": lambda x, a, b: F.leaky_relu(x, a),
    "elu": lambda x, a, b: F.elu(x, a),
    "selu": lambda x, a, b: b * torch.where(x > 0, x, a * torch.expm1(x)),
    "sigmoid": lambda x, a, b: torch.sigmoid(x),
    "hardsigmoid": lambda x, a, b: torch.clamp(a * x + b, 0, 1),
    "tanh": lambda x, a, b: torch.tanh(x),
    "hardswish": lambda x, a, b: F.hardswish(x),
    "silu": lambda x, a, b: F.silu(x),
    "gelu": lambda x, a, b: F.gelu(x),
    "clip": lambda x, a, b: torch.clamp(x, a, b),
    "softplus": lambda x, a, b: F.softplus(x, threshold=1000),
    "softsign": lambda x, a, b: F.softsign(x),
    "affine": lambda x, a, b: a * x + b,
    "exp": lambda x, a, b: torch.exp(x),
    "log": lambda x, a, b: torch.log(x),
    "sqrt": lambda x, a, b: torch.sqrt(x),
    "abs": lambda x, a, b: torch.abs(x),
    "negate": lambda x, a, b: -x,
    "reciprocal": lambda x, a, b: 1 / x,
}

ARITHMETIC = {
    "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
    "maximum": torch.maximum, "minimum": torch.minimum, "power": torch.pow,
}


def general_state_of(node):
    a = node["attributes"]
    if node["type"] == "constant":
        return [("value", a["shape"], 1, 0)]
    if node["type"] == "conv3d":
        result = [("weight", [a["out"], a["in"] // a["groups"]] + a["kernel"], 0.3, 0)]
        return result + ([("bias", [a["out"]], 0.5, 0)] if a["bias"] else [])
    return []


def general_buffers(node):
    """State that is no parameter."""
    return ["value"] if node["type"] == "constant" and not node["attributes"]["trained"] else []


def pad(x, a):
    axis, before, after = a["axis"], a["before"], a["after"]
    length = x.shape[axis]
    if a["mode"] == "constant":
        edges = [0, 0] * (x.dim() - 1 - axis) + [before, after]
        return F.pad(x, edges, value=a["value"])
    index = torch.arange(-before, length + after)
    index = index.clamp(0, length - 1) if a["mode"] == "edge" else (length - 1) - ((length - 1) - index.abs()).abs()
    return x.index_select(axis, index)


def reduce(x, a):
    axes, keeps = a["axes"], a["keeps"]
    return {
        "mean": lambda: x.mean(axes, keeps), "sum": lambda: x.sum(axes, keeps),
        "max": lambda: x.amax(axes, keeps), "min": lambda: x.amin(axes, keeps)}[a["function"]]()


def places(length, kernel, stride, before, after, dilation, ceil):
    """How many windows an axis has. With ceil, one that would start in the padding behind the image is left out, as in torch.nn.MaxPool2d."""
    room = length + before + after - dilation * (kernel - 1) - 1
    count = (-(-room // stride) if ceil else room // stride) + 1
    return count - 1 if ceil and (count - 1) * stride >= length + before else count


def pool(x, a):
    """Pooling by its definition, window by window: torch has neither uneven padding nor a dilated mean."""
    top, left, bottom, right = a["padding"]
    kernel, stride, dilation = a["kernel"], a["stride"], a["dilation"]
    height, width = x.shape[2], x.shape[3]
    rows = []
    for row in range(places(height, kernel[0], stride[0], top, bottom, dilation[0], a["ceil"])):
        columns = []
        for column in range(places(width, kernel[1], stride[1], left, right, dilation[1], a["ceil"])):
            hs = [row * stride[0] - top + tap * dilation[0] for tap in range(kernel[0])]
            ws = [column * stride[1] - left + tap * dilation[1] for tap in range(kernel[1])]
            window = x[:, :, [h for h in hs if 0 <= h < height]][:, :, :, [w for w in ws if 0 <= w < width]]
            counted = sum(h < height + bottom for h in hs) * sum(w < width + right for w in ws)
            columns.append(
                window.amax((2, 3)) if a["function"] == "max"
                else window.sum((2, 3)) / counted if a["counts"] else window.mean((2, 3)))
        rows.append(torch.stack(columns, -1))
    return torch.stack(rows, -2)


def general_apply(node, inputs, state):
    a = node["attributes"]
    kind = node["type"]
    if kind == "constant":
        raise ValueError("a constant needs the batch: see contract.py")
    x = inputs[0]
    if kind == "activation":
        return ACTIVATIONS[a["function"]](x, a.get("alpha"), a.get("beta"))
    if kind == "arithmetic":
        return ARITHMETIC[a["function"]](inputs[0], inputs[1])
    if kind == "concat":
        return torch.cat(inputs, a["axis"])
    if kind == "slice":
        return x.index_select(a["axis"], a["start"] + a["step"] * torch.arange(a["length"]))
    if kind == "pad":
        return pad(x, a)
    if kind == "reshape":
        return x.reshape([x.shape[0]] + a["shape"])
    if kind == "transpose":
        return x.permute(a["order"])
    if kind == "reduce":
        return reduce(x, a)
    if kind == "pool":
        return pool(x, a)
    if kind == "softmax":
        return (torch.log_softmax if a["log"] else torch.softmax)(x, a["axis"])
    if kind == "lrn":
        # ONNX: floor((size - 1) / 2) channels before the element's own, ceil((size - 1) / 2) after it.
        size = a["size"]
        before, after = (size - 1) // 2, size - 1 - (size - 1) // 2
        squares = F.pad(x * x, [0, 0] * (x.dim() - 2) + [before, after])
        sums = sum(squares[:, i:i + x.shape[1]] for i in range(size))
        return x / (a["bias"] + a["alpha"] / size * sums) ** a["beta"]
    if kind == "matmul":
        return inputs[0] @ inputs[1]
    if kind == "conv3d":
        before, after = a["before"], a["after"]
        x = F.pad(x, [before[2], after[2], before[1], after[1], before[0], after[0]])
        return F.conv3d(
            x, state[node["name"] + ".weight"], state.get(node["name"] + ".bias"), a["stride"], 0, a["dilation"], a["groups"])
    raise ValueError(kind)


def activation_cases(new_graph):
    """Each function on numbers around the places where it bends: x is affine in the input, [-1, 1)."""
    def case(kind, scale=4.0, offset=0.25, shape=(5, 3, 7), **parameters):
        g = new_graph([list(shape)])
        x = g.add("scaled", "activation", "input0", function="affine", alpha=scale, beta=offset)
        g.add("layer", "activation", x, function=kind, **parameters)
        return 3, g

    positive = {"scale": 1.25, "offset": 1.5}
    cases = {
        "leakyrelu": case("leakyrelu", alpha=0.0625), "elu": case("elu", alpha=0.75),
        "selu": case("selu", alpha=1.67326319217681884765625, beta=1.05070102214813232421875),
        "sigmoid": case("sigmoid"), "hardsigmoid": case("hardsigmoid", alpha=0.25, beta=0.5), "tanh": case("tanh", scale=3.0),
        "hardswish": case("hardswish"), "silu": case("silu"), "gelu": case("gelu"), "clip": case("clip", scale=8.0, alpha=0.0, beta=6.0),
        "softplus": case("softplus"), "softsign": case("softsign"), "affine": case("affine", alpha=-1.5, beta=0.75), "exp": case("exp"),
        "log": case("log", **positive), "sqrt": case("sqrt", **positive), "abs": case("abs"), "negate": case("negate"),
        "reciprocal": case("reciprocal", **positive),
        "sigmoid-rows": case("sigmoid", shape=(37,)), "clip-above-zero": case("clip", shape=(18, 3, 2), alpha=0.5, beta=2.0),
        "tanh-small": case("tanh", scale=0.001, offset=0.0), "elu-small": case("elu", scale=0.001, offset=0.0, alpha=1.0),
        "sigmoid-five-axes": case("sigmoid", shape=(3, 2, 3, 4)), "relu-sequence": case("relu", shape=(6, 11)),
        "silu-one-number": case("silu", shape=()),
    }
    return {f"activation-{name}": value for name, value in cases.items()}


def arithmetic_cases(new_graph):
    def case(kind, left, right, positive=False):
        g = new_graph([left, right])
        names = ["input0", "input1"]
        if positive:
            names = [g.add(f"positive{i}", "activation", name, function="affine", alpha=0.75, beta=1.25) for i, name in enumerate(names)]
        g.add("layer", "arithmetic", names, function=kind)
        return 3, g

    cases = {}
    for kind in ARITHMETIC:
        positive = kind in ("divide", "power")
        cases[f"arithmetic-{kind}"] = case(kind, [5, 4, 3], [5, 4, 3], positive)
        cases[f"arithmetic-{kind}-gate"] = case(kind, [18, 1, 1], [18, 3, 5], positive)
        cases[f"arithmetic-{kind}-repeating-right"] = case(kind, [6, 4], [6, 1], positive)
    cases["arithmetic-multiply-both-repeat"] = case("multiply", [5, 1, 4], [1, 3, 1])
    cases["arithmetic-multiply-one-channel"] = case("multiply", [1, 3, 4], [20, 3, 4])
    cases["arithmetic-subtract-one-channel"] = case("subtract", [20, 3, 4], [1, 3, 4])
    cases["arithmetic-add-one-number"] = case("add", [17, 3, 3], [1, 1, 1])
    cases["arithmetic-multiply-rows"] = case("multiply", [19], [19])
    cases["arithmetic-divide-row-by-one"] = case("divide", [19], [1], positive=True)
    cases["arithmetic-add-middle"] = case("add", [3, 1, 4, 1], [1, 5, 4, 2])
    cases["arithmetic-multiply-wide-gate"] = case("multiply", [32, 6, 7], [32, 1, 1])
    g = new_graph([[6, 4, 3]])
    g.add("layer", "arithmetic", ["input0", "input0"], function="multiply")
    cases["arithmetic-square"] = (2, g)
    return cases


def moving_cases(new_graph):
    def case(shapes, kind, batch=2, **attributes):
        g = new_graph(shapes if isinstance(shapes[0], list) else [shapes])
        g.add("layer", kind, [i["name"] for i in g.inputs], **attributes)
        return batch, g

    def cut(shape, axis, start, length, step=1):
        return case(shape, "slice", axis=axis, start=start, length=length, step=step)

    def padded(shape, axis, before, after, mode="constant", value=0.0):
        return case(shape, "pad", axis=axis, before=before, after=after, mode=mode, value=value)

    def constant(shape, trained):
        g = new_graph([[2] + shape])
        c = g.add("constant", "constant", [], shape=[2] + shape, trained=trained)
        g.add("layer", "arithmetic", ["input0", c], function="multiply")
        return 3, g

    return {
        "constant": constant([3, 4], False), "constant-trained": constant([3, 4], True), "constant-trained-row": constant([], True),
        "concat-channels": case([[16, 3, 4], [32, 3, 4], [5, 3, 4]], "concat", axis=1),
        "concat-odd-channels": case([[5, 3, 4], [7, 3, 4]], "concat", axis=1),
        "concat-rows": case([[18, 2, 4], [18, 3, 4]], "concat", axis=2),
        "concat-columns": case([[3, 4, 2], [3, 4, 5]], "concat", axis=3),
        "concat-features": case([[5], [12], [3]], "concat", axis=1, batch=4),
        "concat-sequence": case([[5, 3], [5, 6]], "concat", axis=2),
        "slice-channels": cut([48, 3, 2], 1, 16, 32), "slice-odd-channels": cut([21, 3, 2], 1, 3, 8), "slice-last-channels": cut([37, 3, 2], 1, 32, 5),
        "slice-first-channels": cut([37, 3, 2], 1, 0, 20), "slice-step": cut([6, 9, 4], 2, 1, 3, 3), "slice-backwards": cut([6, 4, 9], 3, 8, 4, -2),
        "slice-channels-backwards": cut([18, 2, 3], 1, 17, 18, -1), "slice-features": cut([12], 1, 2, 7), "slice-sequence": cut([5, 8], 2, 7, 8, -1),
        "pad-rows": padded([5, 3, 4], 2, 1, 2), "pad-rows-value": padded([18, 3, 4], 2, 1, 2, value=1.5), "pad-columns-reflect": padded([5, 3, 4], 3, 3, 2, "reflect"),
        "pad-columns-edge": padded([18, 3, 4], 3, 2, 3, "edge"), "pad-channels": padded([16, 3, 2], 1, 16, 8), "pad-odd-channels": padded([5, 3, 2], 1, 3, 2),
        "pad-channels-value": padded([16, 2, 2], 1, 0, 5, value=-2.0), "pad-features-edge": padded([7], 1, 2, 2, "edge"),
        "pad-sequence-reflect": padded([3, 6], 2, 4, 5, "reflect"),
        "reshape-to-rows": case([18, 2, 3], "reshape", shape=[108]), "reshape-to-maps": case([90], "reshape", shape=[18, 5, 1]),
        "reshape-groups": case([20, 2, 3], "reshape", shape=[2, 10, 2, 3]), "reshape-maps": case([20, 2, 3], "reshape", shape=[6, 4, 5]),
        "transpose-last": case([18, 2, 3], "transpose", order=[0, 2, 3, 1]), "transpose-maps": case([18, 2, 3], "transpose", order=[0, 1, 3, 2]),
        "transpose-five": case([2, 3, 4, 5], "transpose", order=[0, 2, 1, 4, 3]), "transpose-sequence": case([5, 7], "transpose", order=[0, 2, 1]),
        "transpose-six": case([2, 3, 2, 4, 3], "transpose", order=[0, 5, 2, 4, 1, 3]), "slice-six": cut([2, 3, 2, 4, 3], 4, 3, 2, -2),
    }


def reducing_cases(new_graph):
    def case(shape, kind, axes, keeps, batch=2):
        g = new_graph([shape])
        g.add("layer", "reduce", "input0", function=kind, axes=axes, keeps=keeps)
        return batch, g

    def tied():
        g = new_graph([[6, 4]])
        x = g.add("clipped", "activation", "input0", function="clip", alpha=-0.125, beta=0.125)
        g.add("layer", "reduce", x, function="max", axes=[2], keeps=False)
        return 3, g

    return {
        "reduce-mean-maps": case([18, 5, 7], "mean", [2, 3], True), "reduce-mean-maps-away": case([18, 5, 7], "mean", [2, 3], False),
        "reduce-sum-channels": case([18, 3, 5], "sum", [1], True), "reduce-sum-columns": case([5, 3, 19], "sum", [3], True),
        "reduce-max-maps": case([20, 4, 5], "max", [2, 3], True), "reduce-min-rows": case([5, 6, 4], "min", [2], False),
        "reduce-max-channels-and-columns": case([6, 3, 5], "max", [1, 3], False), "reduce-sum-all": case([6, 3, 5], "sum", [1, 2, 3], False),
        "reduce-mean-features": case([23], "mean", [1], True), "reduce-sum-to-one-number": case([23], "sum", [1], False, batch=5),
        "reduce-max-six": case([2, 3, 2, 4, 3], "max", [1, 3, 5], True), "reduce-mean-sequence": case([17, 33], "mean", [2], False),
        "reduce-mean-middle": case([4, 3, 5, 2], "mean", [2], False), "reduce-max-tied": tied(),
    }


def other_cases(new_graph):
    def case(shapes, kind, batch=2, **attributes):
        g = new_graph(shapes if isinstance(shapes[0], list) else [shapes])
        g.add("layer", kind, [i["name"] for i in g.inputs], **attributes)
        return batch, g

    def pooled(function, shape, kernel, stride, padding=(0, 0, 0, 0), ceil=False, counts=False, dilation=(1, 1)):
        return case(shape, "pool", function=function, kernel=list(kernel), stride=list(stride), padding=list(padding), ceil=ceil, counts=counts,
                    dilation=list(dilation))

    def normalized(shape, size, alpha, beta, bias):
        return case(shape, "lrn", size=size, alpha=alpha, beta=beta, bias=bias)

    def convolution(shape, cout, kernel, stride=(1, 1, 1), before=(0, 0, 0), after=(0, 0, 0), dilation=(1, 1, 1), groups=1, bias=False):
        return case(shape, "conv3d", **{
            "in": shape[0], "out": cout, "kernel": list(kernel), "stride": list(stride), "before": list(before), "after": list(after),
            "dilation": list(dilation), "groups": groups, "bias": bias})

    return {
        "softmax-features": case([11], "softmax", axis=1, log=False, batch=3), "softmax-channels": case([18, 2, 3], "softmax", axis=1, log=False),
        "softmax-columns": case([5, 3, 6], "softmax", axis=3, log=False), "softmax-sequence": case([4, 7], "softmax", axis=1, log=False),
        "log-softmax-features": case([11], "softmax", axis=1, log=True, batch=3), "log-softmax-rows": case([18, 4, 3], "softmax", axis=2, log=True),
        "lrn": normalized([18, 3, 7], 5, 0.5, 0.75, 1.0), "lrn-even-size": normalized([7, 5, 4], 4, 0.25, 0.5, 2.0),
        "lrn-wider-than-channels": normalized([3, 2, 9], 9, 1.0, 0.75, 0.5), "lrn-sequence": normalized([6, 21], 3, 0.5, 0.75, 1.0),
        "matmul": case([[3, 5], [5, 4]], "matmul"), "matmul-heads": case([[2, 7, 6], [2, 6, 19]], "matmul"),
        "conv3d": convolution([4, 4, 5, 6], 5, (3, 3, 3), before=(1, 1, 1), after=(1, 1, 1), bias=True),
        "conv3d-groups-stride": convolution([4, 5, 6, 7], 6, (2, 3, 1), stride=(2, 1, 3), before=(0, 1, 0), after=(1, 1, 0), groups=2),
        "conv3d-dilation": convolution([2, 5, 6, 7], 3, (2, 2, 3), before=(1, 2, 3), after=(0, 1, 3), dilation=(2, 1, 3), bias=True),
        "pool-max-dilation": pooled("max", [18, 9, 8], (3, 2), (1, 2), dilation=(2, 3)),
        "pool-max-dilation-padding": pooled("max", [5, 7, 8], (3, 3), (2, 2), (1, 2, 2, 1), dilation=(2, 2)),
        "pool-max-uneven": pooled("max", [18, 7, 6], (3, 2), (2, 3), (2, 0, 1, 1), ceil=True),
        "pool-max-ceil-padding": pooled("max", [5, 6, 7], (3, 3), (2, 2), (1, 1, 1, 1), ceil=True),
        "pool-max-overlapping": pooled("max", [16, 5, 6], (3, 3), (1, 1), (1, 1, 1, 1)),
        "pool-average-uneven": pooled("average", [18, 7, 6], (3, 2), (2, 1), (2, 0, 1, 1)),
        "pool-average-uneven-counts": pooled("average", [5, 7, 6], (3, 2), (2, 1), (2, 0, 1, 1), counts=True),
        "pool-average-ceil": pooled("average", [5, 6, 7], (3, 3), (2, 2), (1, 1, 1, 1), ceil=True),
        "pool-average-ceil-counts": pooled("average", [18, 6, 7], (3, 3), (2, 2), (1, 1, 1, 1), ceil=True, counts=True),
        "pool-average-dilation": pooled("average", [5, 8, 9], (2, 3), (2, 1), (0, 2, 1, 1), dilation=(3, 2)),
        "pool-average-dilation-counts": pooled("average", [5, 8, 9], (2, 3), (2, 1), (0, 2, 1, 1), counts=True, dilation=(3, 2)),
        "global-average-pool-rows": case([5, 6, 1], "reduce", function="mean", axes=[2], keeps=True),
    }
