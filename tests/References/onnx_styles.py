"""Writes small classifiers as converters other than PyTorch's write them: same operators, other habits.

    /usr/bin/python3 tests/References/onnx_styles.py FOLDER

FOLDER gets STYLE.onnx for each style below. Their answers are what ONNX Runtime computes. Needs python3-onnx.
"""
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.default_rng(20150512)


class Graph:
    """Nodes and initializers in the order they are asked for."""

    def __init__(self, half=False):
        self.nodes, self.initializers, self.half = [], [], half

    def weight(self, name, *shape, low=None, high=None):
        fan = max(1, int(numpy.prod(shape[1:])))
        numbers = random.standard_normal(shape) * (2 / fan) ** 0.5 if low is None else random.uniform(low, high, shape)
        return self.constant(name, numbers.astype(numpy.float16 if self.half else numpy.float32))

    def constant(self, name, numbers):
        self.initializers.append(numpy_helper.from_array(numpy.asarray(numbers), name))
        return name

    def add(self, operator, output, *inputs, **attributes):
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output

    def norm(self, name, value, channels, gamma=None, **attributes):
        scale = self.constant(f"{name}_gamma", numpy.ones(channels, numpy.float32)) if gamma == 1 else self.weight(f"{name}_gamma", channels, low=0.5, high=1.5)
        return self.add(
            "BatchNormalization", name, value, scale, self.weight(f"{name}_beta", channels, low=-0.2, high=0.2),
            self.weight(f"{name}_mean", channels, low=-0.2, high=0.2), self.weight(f"{name}_variance", channels, low=0.5, high=1.5), **attributes)


def save(folder, style, graph, shape, output, opset, kind=TensorProto.FLOAT, producer="", domains=(), metadata=None):
    proto = helper.make_graph(
        graph.nodes, style, [helper.make_tensor_value_info("data", kind, shape)],
        [helper.make_tensor_value_info(output, kind, [shape[0], 10])], graph.initializers)
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, version) for domain, version in domains]
    model = helper.make_model(proto, producer_name=producer, opset_imports=opsets, ir_version=7 if opset > 8 else 4)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, f"{style}.onnx"))


def keras(folder):
    """tf2onnx of a Keras model: NHWC images, the padding apart from VALID convolutions, SAME_UPPER, the mean over height and width, MatMul and Add."""
    g = Graph()
    x = g.add("Transpose", "nchw", "data", perm=[0, 3, 1, 2])
    x = g.add("Pad", "padded", x, g.constant("pads", numpy.array([0, 0, 3, 3, 0, 0, 3, 3])), g.constant("zero", numpy.float32(0)))
    x = g.add("Conv", "stem", x, g.weight("stem_w", 8, 3, 7, 7), strides=[2, 2], auto_pad="VALID")
    x = g.add("Relu", "stem_relu", g.norm("stem_bn", x, 8, epsilon=1e-3))
    x = g.add("MaxPool", "pool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    y = g.add("Conv", "depthwise", x, g.weight("depthwise_w", 8, 1, 3, 3), group=8, strides=[2, 2], auto_pad="SAME_UPPER")
    y = g.add("Clip", "relu6", g.norm("depthwise_bn", y, 8), g.constant("low", numpy.float32(0)), g.constant("high", numpy.float32(6)))
    y = g.add("Conv", "pointwise", y, g.weight("pointwise_w", 12, 8, 1, 1))
    y = g.add("Transpose", "nhwc", y, perm=[0, 2, 3, 1])
    y = g.add("Add", "biased", y, g.weight("pointwise_b", 12, low=-0.3, high=0.3))
    s = g.add("Conv", "shortcut", x, g.weight("shortcut_w", 12, 8, 1, 1), strides=[2, 2], auto_pad="SAME_UPPER")
    y = g.add("Add", "sum", y, g.add("Transpose", "shortcut_nhwc", s, perm=[0, 2, 3, 1]))
    y = g.add("ReduceMean", "mean", g.add("Relu", "out", y), axes=[1, 2], keepdims=0)
    y = g.add("Add", "logits", g.add("MatMul", "product", y, g.weight("head_w", 12, 10)), g.weight("head_b", 10, low=-0.3, high=0.3))
    save(folder, "keras", g, ["unk__1", 31, 31, 3], y, 13, producer="tf2onnx", domains=[("ai.onnx.ml", 2), ("com.example.unused", 1)],
         metadata={"author": "", "resnetml.unheard-of": "{", "classes": "0,1,2"})


def mxnet_resnet(folder, version):
    """The zoo's ResNets of MXNet's exporter: gamma fixed to 1, spatial = 1, v2 with a batch norm on the image."""
    g = Graph()
    spatial = {"epsilon": 2e-5, "momentum": 0.9, "spatial": 1}
    x = g.norm("bn_data", "data", 3, gamma=1, **spatial) if version == 2 else "data"
    x = g.add("Conv", "conv0", x, g.weight("conv0_weight", 8, 3, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], group=1, dilations=[1, 1])
    if version == 1:
        x = g.add("Relu", "relu0", g.norm("bn0", x, 8, **spatial))
    x = g.add("MaxPool", "pool0", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for unit, (before, after, stride) in enumerate([(8, 8, 1), (8, 16, 2)]):
        name, conv = f"unit{unit}", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
        first = g.add("Relu", f"{name}_relu1", g.norm(f"{name}_bn1", x, before, **spatial)) if version == 2 else x
        y = g.add("Conv", f"{name}_conv1", first, g.weight(f"{name}_conv1_weight", after, before, 3, 3), strides=[stride, stride], **conv)
        y = g.add("Relu", f"{name}_relu2", g.norm(f"{name}_bn2", y, after, **spatial))
        y = g.add("Conv", f"{name}_conv2", y, g.weight(f"{name}_conv2_weight", after, after, 3, 3), **conv)
        if before != after:
            x = g.add("Conv", f"{name}_sc", first, g.weight(f"{name}_sc_weight", after, before, 1, 1), kernel_shape=[1, 1], strides=[stride, stride])
        x = g.add("Add", f"{name}_plus", g.norm(f"{name}_bn3", y, after, **spatial) if version == 1 else y, x)
        x = g.add("Relu", f"{name}_out", x) if version == 1 else x
    x = g.add("Relu", "relu1", g.norm("bn1", x, 16, **spatial)) if version == 2 else x
    x = g.add("Flatten", "flat", g.add("GlobalAveragePool", "pool1", x))
    y = g.add("Gemm", "fc1", x, g.weight("fc1_weight", 10, 16), g.weight("fc1_bias", 10, low=-0.3, high=0.3), alpha=1.0, beta=1.0, transA=0, transB=1)
    save(folder, f"mxnet_resnet_v{version}", g, [1, 3, 20, 20], y, 7)


def mxnet_squeezenet(folder):
    """MXNet's SqueezeNet: fire modules, dropout before a convolution of as many channels as classes, a pool of the whole map, Reshape by [0, -1]."""
    g = Graph()

    def convolution(name, value, inputs, outputs, size):
        y = g.add("Conv", name, value, g.weight(f"{name}_w", outputs, inputs, size, size), g.weight(f"{name}_b", outputs, low=0, high=0.2),
                  kernel_shape=[size, size], pads=[size // 2] * 4)
        return g.add("Relu", f"{name}_relu", y)

    x = convolution("conv1", "data", 3, 12, 3)
    x = g.add("MaxPool", "pool1", x, kernel_shape=[3, 3], strides=[2, 2])
    s = convolution("squeeze", x, 12, 4, 1)
    x = g.add("Concat", "fire", convolution("expand1", s, 4, 8, 1), convolution("expand3", s, 4, 8, 3), axis=1)
    x = convolution("conv10", g.add("Dropout", "drop", x, ratio=0.5), 16, 10, 1)
    x = g.add("AveragePool", "pool10", x, kernel_shape=[9, 9])
    y = g.add("Reshape", "scores", x, g.constant("shape", numpy.array([0, -1])))
    save(folder, "mxnet_squeezenet", g, [1, 3, 19, 19], g.add("Softmax", "probabilities", y, axis=1), 8)


def half(folder):
    """A model converted to float16 whole, its input and output single precision behind Casts; and the same with float16 at its border."""
    for style, has_casts in (("half", True), ("half_border", False)):
        global random
        random = numpy.random.default_rng(7)
        g = Graph(half=True)
        x = g.add("Cast", "data_half", "data", to=TensorProto.FLOAT16) if has_casts else "data"
        x = g.add("Conv", "conv", x, g.weight("conv.weight", 8, 3, 3, 3), g.weight("conv.bias", 8, low=-0.1, high=0.1), pads=[1, 1, 1, 1], strides=[2, 2])
        x = g.add("Relu", "relu", g.norm("bn", x, 8))
        x = g.add("Mul", "scaled", x, g.constant("factor", numpy.float16(0.75)))
        x = g.add("Flatten", "flat", g.add("GlobalAveragePool", "pool", x))
        y = g.add("Gemm", "fc", x, g.weight("fc.weight", 10, 8), g.weight("fc.bias", 10, low=-0.3, high=0.3), transB=1)
        y = g.add("Cast", "logits", y, to=TensorProto.FLOAT) if has_casts else y
        save(folder, style, g, ["N", 3, 12, 12], y, 13, kind=TensorProto.FLOAT if has_casts else TensorProto.FLOAT16)


def group_norm(folder):
    """A residual block with group normalisation as PyTorch writes it: shapes computed around InstanceNormalization; and layer normalisation of the features."""
    g = Graph()
    x = g.add("Conv", "conv1", "data", g.weight("conv1.weight", 8, 3, 3, 3), pads=[1, 1, 1, 1])

    def norm(name, value):
        y = g.add("Reshape", f"{name}_groups", value, g.constant(f"{name}_to", numpy.array([0, 4, -1])))
        y = g.add("InstanceNormalization", f"{name}_unit", y, g.weight(f"{name}_one", 4, low=0.5, high=1.5), g.weight(f"{name}_zero", 4, low=-0.5, high=0.5), epsilon=1e-4)
        y = g.add("Reshape", f"{name}_maps", y, g.add("Shape", f"{name}_shape", value))
        y = g.add("Mul", f"{name}_scaled", y, g.weight(f"{name}.weight", 8, 1, 1, low=0.5, high=1.5))
        return g.add("Add", name, y, g.weight(f"{name}.bias", 8, 1, 1, low=-0.5, high=0.5))

    y = g.add("Relu", "relu", norm("gn1", x))
    y = norm("gn2", g.add("Conv", "conv2", y, g.weight("conv2.weight", 8, 8, 3, 3), pads=[1, 1, 1, 1]))
    y = g.add("Relu", "out", g.add("Add", "sum", x, y))
    y = g.add("Flatten", "flat", g.add("GlobalAveragePool", "pool", y))
    y = g.add("LayerNormalization", "ln", y, g.weight("ln.weight", 8, low=0.5, high=1.5), g.weight("ln.bias", 8, low=-0.5, high=0.5), axis=-1)
    y = g.add("Gemm", "fc", y, g.weight("fc.weight", 10, 8), g.weight("fc.bias", 10, low=-0.3, high=0.3), transB=1)
    save(folder, "group_norm", g, ["N", 3, 9, 9], y, 17)


folder = sys.argv[1]
keras(folder)
mxnet_resnet(folder, 1)
mxnet_resnet(folder, 2)
mxnet_squeezenet(folder)
half(folder)
group_norm(folder)
