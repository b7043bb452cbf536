"""Writes the small models that ApplyOnnxModel is tested with.

    /usr/bin/python3 tests/References/onnx_transformer_models.py [FOLDER]

FOLDER, by default tests/ResNetMl.Interchange.Tests/OnnxTransformer/Models, gets one file for each function below. Their answers are what
ONNX Runtime computes when it is called directly. Needs python3-onnx.
"""
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.default_rng(20151210)


def weight(name, *shape):
    return numpy_helper.from_array((random.standard_normal(shape) / numpy.sqrt(numpy.prod(shape[1:]))).astype(numpy.float32), name)


def value(name, element, *shape):
    return helper.make_tensor_value_info(name, element, shape)


def model(nodes, inputs, outputs, initializers=(), opset=13, ml=None):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("ai.onnx.ml", ml)] if ml else [])
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="tests/References/onnx_transformer_models.py")
    onnx.checker.check_model(made)
    return made


CLASSIFIER = [weight("kernel", 4, 3, 3, 3), weight("bias", 4), weight("linear", 4, 5)]


def classifier(*shape):
    """A convolution, its mean over the image, a linear layer, softmax; and the convolution's map."""
    nodes = [
        helper.make_node("Conv", ["data_0", "kernel", "bias"], ["sums"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["sums"], ["map"]),
        helper.make_node("GlobalAveragePool", ["map"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("MatMul", ["features", "linear"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["softmaxout_1"], axis=1),
    ]
    batch, _, height, width = shape
    outputs = [value("softmaxout_1", TensorProto.FLOAT, batch, 5), value("map", TensorProto.FLOAT, batch, 4, height, width)]
    return model(nodes, [value("data_0", TensorProto.FLOAT, *shape)], outputs, CLASSIFIER)


MODELS = {
    "classifier": lambda: classifier("N", 3, 8, 8),
    "classifier-one-image": lambda: classifier(1, 3, 8, 8),
    "classifier-any-size": lambda: classifier("N", 3, "H", "W"),
}

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../ResNetMl.Interchange.Tests/OnnxTransformer/Models")
    for name, make in MODELS.items():
        onnx.save(make(), os.path.join(folder, name + ".onnx"))
