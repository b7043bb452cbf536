"""Small networks of blocks that add to the plain residual ones, for contract.py; each ends in a linear layer with a bias."""


def classifier(g, x, channels, classes=5):
    x = g.add("flatten", "flatten", g.add("avgpool", "globalavgpool", x))
    g.linear("fc", x, channels, classes)
    return g


def conv_bn(g, name, x, cin, cout, kernel, stride=1, groups=1):
    return g.bn(f"{name}.bn", g.conv(f"{name}.conv", x, cin, cout, kernel, stride, kernel // 2, groups), cout)


def relu6(g, name, x):
    return g.add(name, "activation", x, function="clip", alpha=0.0, beta=6.0)


def squeeze_and_excitation(new_graph):
    """Hu et al. 2018, figure 2: a residual branch whose channels are weighted by a gate, sigmoid in one block and hard-sigmoid in the other."""
    g = new_graph([[3, 6, 5]])
    x = g.add("relu", "relu", conv_bn(g, "stem", "input0", 3, 18, 3))
    for block, gate in enumerate([{"function": "sigmoid"}, {"function": "hardsigmoid", "alpha": 0.25, "beta": 0.5}]):
        p = f"block{block}."
        y = g.add(p + "relu1", "relu", conv_bn(g, p + "1", x, 18, 18, 3))
        y = conv_bn(g, p + "2", y, 18, 18, 3)
        s = g.add(p + "squeeze", "globalavgpool", y)
        s = g.add(p + "reduced", "relu", g.conv(p + "reduce", s, 18, 4, 1, bias=True))
        s = g.add(p + "gate", "activation", g.conv(p + "expand", s, 4, 18, 1, bias=True), **gate)
        y = g.add(p + "weighted", "arithmetic", [y, s], function="multiply")
        x = g.add(p + "relu2", "relu", g.add(p + "add", "add", [y, x]))
    return classifier(g, x, 18)


def exclusive_gating(new_graph):
    """He et al. 2016, section 3.1 and figure 2(c): (1 − g)·x + g·F(x) with g = sigmoid of a 1×1 convolution; then figure 2(b), scaling by 0.5."""
    g = new_graph([[3, 5, 6]])
    x = g.conv("conv1", "input0", 3, 16, 3, 1, 1)
    gate = g.add("gate", "activation", g.conv("gateconv", x, 16, 16, 1, bias=True), function="sigmoid")
    rest = g.add("rest", "activation", gate, function="affine", alpha=-1.0, beta=1.0)
    f = conv_bn(g, "2", g.add("relu1", "relu", conv_bn(g, "1", x, 16, 16, 3)), 16, 16, 3)
    x = g.add("sum", "add", [
        g.add("kept", "arithmetic", [rest, x], function="multiply"), g.add("taken", "arithmetic", [gate, f], function="multiply")])
    f = conv_bn(g, "4", g.add("relu3", "relu", conv_bn(g, "3", x, 16, 16, 3)), 16, 16, 3)
    half = lambda name, v: g.add(name, "activation", v, function="affine", alpha=0.5, beta=0.0)
    return classifier(g, g.add("halves", "add", [half("halfx", x), half("halff", f)]), 16)


def inverted_residual(new_graph):
    """Sandler et al. 2018, figure 4(d): 1×1, depthwise 3×3, linear 1×1, with ReLU6; stride 2 without and stride 1 with a shortcut."""
    g = new_graph([[3, 10, 9]])
    x = relu6(g, "relu6", conv_bn(g, "stem", "input0", 3, 12, 3, 2))
    for block, (stride, cout) in enumerate([(2, 20), (1, 20)]):
        p = f"block{block}."
        y = relu6(g, p + "relu1", conv_bn(g, p + "expand", x, 12 if block == 0 else 20, 36, 1))
        y = relu6(g, p + "relu2", conv_bn(g, p + "depthwise", y, 36, 36, 3, stride, 36))
        y = conv_bn(g, p + "project", y, 36, cout, 1)
        x = g.add(p + "add", "add", [y, x]) if stride == 1 else y
    return classifier(g, x, 20)


def fire(new_graph):
    """Iandola et al. 2016, figure 2: squeeze, two expansions side by side; a pool that rounds up; the mean of class maps; no batch norm."""
    g = new_graph([[3, 11, 9]])
    x = g.add("relu", "relu", g.conv("conv1", "input0", 3, 20, 3, 2, bias=True))
    for block, (cin, squeeze, expand) in enumerate([(20, 6, 16), (32, 7, 9)]):
        p = f"fire{block}."
        s = g.add(p + "relu", "relu", g.conv(p + "squeeze", x, cin, squeeze, 1, bias=True))
        a = g.add(p + "relu1", "relu", g.conv(p + "expand1", s, squeeze, expand, 1, bias=True))
        b = g.add(p + "relu3", "relu", g.conv(p + "expand3", s, squeeze, expand, 3, 1, 1, bias=True))
        x = g.add(p + "concat", "concat", [a, b], axis=1)
        if block == 0:
            x = g.pool("pool", x, "maxpool", 2, 2, ceil=True)
    return classifier(g, x, 18)


def shuffled_groups(new_graph):
    """Zhang et al. 2018, figure 1: grouped 1×1 convolutions whose channels are shuffled by reshape and transpose; half of them passes by, sliced off."""
    g = new_graph([[4, 6, 7]])
    x = g.add("relu", "relu", conv_bn(g, "stem", "input0", 4, 24, 3))
    y = g.add("half", "slice", x, axis=1, start=12, length=12, step=1)
    y = conv_bn(g, "1", y, 12, 12, 1, groups=3)
    y = g.add("groups", "reshape", y, shape=[3, 4, 6, 7])
    y = g.add("turned", "transpose", y, order=[0, 2, 1, 3, 4])
    y = g.add("shuffled", "reshape", y, shape=[12, 6, 7])
    y = g.add("silu", "activation", conv_bn(g, "2", y, 12, 12, 3, groups=12), function="silu")
    z = g.add("other", "slice", x, axis=1, start=0, length=12, step=1)
    return classifier(g, g.add("both", "concat", [z, y], axis=1), 24)


def attention(new_graph):
    """Scaled products of all pixels with each other, a softmax between: matrix products, transposes and a trained constant on sequences."""
    g = new_graph([[4, 3, 4]])
    x = g.add("elu", "activation", conv_bn(g, "stem", "input0", 4, 8, 3), function="elu", alpha=1.0)
    keys = g.add("keys", "reshape", x, shape=[8, 12])
    queries = g.add("queries", "transpose", keys, order=[0, 2, 1])
    scores = g.add("scores", "activation", g.add("products", "matmul", [queries, keys]), function="affine", alpha=0.35, beta=0.0)
    shares = g.add("shares", "softmax", scores, axis=2, log=False)
    mixed = g.add("mixed", "matmul", [shares, queries])
    place = g.add("place", "constant", [], shape=[12, 8], trained=True)
    mixed = g.add("placed", "arithmetic", [mixed, place], function="add")
    mean = g.add("mean", "reduce", g.add("gelu", "activation", mixed, function="gelu"), function="mean", axes=[1], keeps=False)
    g.linear("fc", mean, 8, 5)
    return g


def clipped_convolutions(new_graph):
    """What scoring does in one pass: convolution, addition and clipping; with groups that are thinner than a vector, too."""
    def case(groups, adds, alpha, beta):
        g = new_graph([[8, 5, 6]])
        x = g.conv("conv", "input0", 8, 8, 3, 1, 1, groups, bias=True)
        x = g.add("add", "add", [x, "input0"]) if adds else x
        g.add("clip", "activation", x, function="clip", alpha=alpha, beta=beta)
        return 2, g

    return {
        "conv-clip": case(1, False, 0.0, 0.5), "conv-add-clip": case(1, True, 0.0, 0.75), "conv-clip-below-zero": case(1, False, -0.25, 0.5),
        "conv-clip-above-zero": case(1, True, 0.125, 0.75), "conv-groups-add-clip": case(4, True, 0.0, 0.5), "conv-groups-clip": case(2, False, -0.5, 0.25),
    }


def infinite_at_zero(new_graph):
    """Functions that are no number at 0, or whose slopes are not, between convolutions of few channels: what fills up a block must not leak."""
    g = new_graph([[5, 5, 4]])
    square = lambda name, x: g.add(name, "arithmetic", [x, x], function="multiply")
    x = g.add("log", "activation", square("square1", "input0"), function="log")
    x = square("square2", g.conv("conv1", x, 5, 6, 3, 1, 1))
    x = g.conv("conv2", g.add("root", "activation", x, function="sqrt"), 6, 7, 1)
    x = square("square3", x)
    x = g.add("quotient", "arithmetic", [x, g.add("root2", "activation", x, function="sqrt")], function="divide")
    g.conv("conv3", x, 7, 4, 3, 1, 1)
    return g


def network_cases(new_graph):
    return {
        **clipped_convolutions(new_graph),
        "infinite-at-zero": (2, infinite_at_zero(new_graph)),
        "network-squeeze-and-excitation": (2, squeeze_and_excitation(new_graph)),
        "network-exclusive-gating": (2, exclusive_gating(new_graph)),
        "network-inverted-residual": (3, inverted_residual(new_graph)),
        "network-fire": (3, fire(new_graph)),
        "network-shuffled-groups": (3, shuffled_groups(new_graph)),
        "network-attention": (3, attention(new_graph)),
    }
