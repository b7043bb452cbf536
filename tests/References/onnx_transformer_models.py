"""Writes the small models that ApplyOnnxModel is tested with.

    /usr/bin/python3 tests/References/onnx_transformer_models.py [FOLDER]

FOLDER, by default tests/ResNetMl.Interchange.Tests/OnnxTransformer/Models, gets one file for each function below. Their answers are what
ONNX Runtime computes when it is called directly. Needs python3-onnx.
"""
import os
import sys

import numpy
import onnx
from onnx import TensorProto, TypeProto, helper, numpy_helper

random = numpy.random.default_rng(20151210)


def weight(name, *shape):
    return numpy_helper.from_array((random.standard_normal(shape) / numpy.sqrt(numpy.prod(shape[1:]))).astype(numpy.float32), name)


def value(name, element, *shape):
    return helper.make_tensor_value_info(name, element, shape)


def model(nodes, inputs, outputs, initializers=(), opset=13, ml=None, check=True):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("ai.onnx.ml", ml)] if ml else [])
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="tests/References/onnx_transformer_models.py")
    if check:
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


def several():
    """Two inputs and a third of another type; three outputs, one named as ML.NET's exporter names them."""
    nodes = [
        helper.make_node("Add", ["left", "right"], ["sum"]),
        helper.make_node("Mul", ["left", "right"], ["product.output"]),
        helper.make_node("Neg", ["count"], ["negated"]),
    ]
    inputs = [value("left", TensorProto.FLOAT, "N", 3), value("right", TensorProto.FLOAT, "N", 3), value("count", TensorProto.INT64, "N", 1)]
    outputs = [value("sum", TensorProto.FLOAT, "N", 3), value("product.output", TensorProto.FLOAT, "N", 3), value("negated", TensorProto.INT64, "N", 1)]
    return model(nodes, inputs, outputs)


TYPES = ["float", "double", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool", "string", "float16", "bfloat16"]


def types():
    """Each element type through Identity."""
    nodes = [helper.make_node("Identity", [f"in_{name}"], [f"out_{name}"]) for name in TYPES]
    element = lambda name: getattr(TensorProto, name.upper())
    return model(nodes, [value(f"in_{name}", element(name), "N", 2) for name in TYPES], [value(f"out_{name}", element(name), "N", 2) for name in TYPES])


def identity(element, *shape):
    return model([helper.make_node("Identity", ["x"], ["y"])], [value("x", element, *shape)], [value("y", element, *shape)])


def lengths():
    """Sums along an open axis, and keeps what was summed."""
    nodes = [helper.make_node("ReduceSum", ["x", "axis"], ["total"], keepdims=1), helper.make_node("Neg", ["x"], ["negated"])]
    outputs = [value("total", TensorProto.FLOAT, "N", 1, 2), value("negated", TensorProto.FLOAT, "N", "length", 2)]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", "length", 2)], outputs, [numpy_helper.from_array(numpy.array([1]), "axis")])


def centred():
    """Each row less the mean of all rows: an open axis 0 along which rows are mixed."""
    nodes = [helper.make_node("ReduceMean", ["x"], ["mean"], axes=[0], keepdims=1), helper.make_node("Sub", ["x", "mean"], ["y"])]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 3)], [value("y", TensorProto.FLOAT, "N", 3)])


def one_inside():
    """Says that it takes any number of rows, and reshapes to one."""
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["row"]), helper.make_node("Neg", ["row"], ["y"])]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 3)], [value("y", TensorProto.FLOAT, "M", 3)], [numpy_helper.from_array(numpy.array([1, 3]), "shape")])


def map_type(key):
    made = TypeProto()
    made.map_type.key_type = key
    made.map_type.value_type.CopyFrom(helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    return made


def zipmap(labels, **classes):
    """A classifier as scikit-learn's converter writes it: a label, and for each row a map of probabilities."""
    nodes = [
        helper.make_node("Softmax", ["x"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["x"], ["label"], axis=1, keepdims=0),
        helper.make_node("ZipMap", ["probabilities"], ["probability_map"], domain="ai.onnx.ml", **classes),
    ]
    key = TensorProto.STRING if labels == "string" else TensorProto.INT64
    outputs = [value("label", TensorProto.INT64, "N"), helper.make_value_info("probability_map", helper.make_sequence_type_proto(map_type(key)))]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 3)], outputs, ml=1)


def sequence():
    """A row split into tensors of two elements each."""
    nodes = [helper.make_node("SplitToSequence", ["x", "two"], ["parts"], axis=1)]
    parts = helper.make_value_info("parts", helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, None)))
    return model(nodes, [value("x", TensorProto.FLOAT, 1, 6)], [parts], [numpy_helper.from_array(numpy.array(2), "two")])


def slot_names():
    """Scores whose elements are named as ML.NET's exporter names them: by a node that nothing uses."""
    names = helper.make_node(
        "LabelEncoder", ["unused"], ["unused_too"], name="mlnet.Score.SlotNames", domain="ai.onnx.ml",
        keys_strings=["rose", "tulip", "daisy"], values_int64s=[0, 1, 2])
    nodes = [helper.make_node("Softmax", ["x"], ["Score.output"], axis=1), names]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 3)], [value("Score.output", TensorProto.FLOAT, "N", 3)],
                 [numpy_helper.from_array(numpy.array([b"rose"], object), "unused")], ml=2)


def scalar():
    """One number for a row, without axes."""
    nodes = [helper.make_node("ReduceSum", ["x"], ["total"], keepdims=0)]
    return model(nodes, [value("x", TensorProto.FLOAT, 1, 3)], [value("total", TensorProto.FLOAT)])


def nested(depth):
    """Conditions in each other: each takes three messages more."""
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y0"])], "g0", [], [value("y0", TensorProto.FLOAT, 1, 3)])
    for level in range(1, depth + 1):
        node = helper.make_node("If", ["condition"], [f"y{level}"], then_branch=graph, else_branch=graph)
        graph = helper.make_graph([node], f"g{level}", [], [value(f"y{level}", TensorProto.FLOAT, 1, 3)])
    nodes = [helper.make_node("Identity", [f"y{depth}"], ["y"]) if node is None else node for node in [*graph.node, None]]
    return model(nodes, [value("x", TensorProto.FLOAT, 1, 3)], [value("y", TensorProto.FLOAT, 1, 3)], [numpy_helper.from_array(numpy.array(True), "condition")])


def takes_map():
    """An input that no column can be."""
    nodes = [helper.make_node("DictVectorizer", ["x"], ["y"], domain="ai.onnx.ml", string_vocabulary=["a", "b"])]
    return model(nodes, [helper.make_value_info("x", map_type(TensorProto.STRING))], [value("y", TensorProto.FLOAT, 1, 2)], ml=1)


def unranked():
    """An output of which the file does not say how many axes it has."""
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["y"])]
    y = helper.make_value_info("y", helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    return model(nodes, [value("x", TensorProto.FLOAT, 1, 6), value("shape", TensorProto.INT64, "axes")], [y], check=False)


MODELS = {
    "classifier": lambda: classifier("N", 3, 8, 8),
    "classifier-one-image": lambda: classifier(1, 3, 8, 8),
    "classifier-any-size": lambda: classifier("N", 3, "H", "W"),
    "several": several,
    "types": types,
    "float16": lambda: identity(TensorProto.FLOAT16, "N", 2),
    "complex": lambda: identity(TensorProto.COMPLEX64, "N", 2),
    "lengths": lengths,
    "centred": centred,
    "one-inside": one_inside,
    "zipmap-numbers": lambda: zipmap("int64", classlabels_int64s=[10, 20, 30]),
    "zipmap-names": lambda: zipmap("string", classlabels_strings=["rose", "tulip", "daisy"]),
    "sequence": sequence,
    "slot-names": slot_names,
    "scalar": scalar,
    "nested": lambda: nested(5),
    "takes-map": takes_map,
    "unranked": unranked,
}

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../ResNetMl.Interchange.Tests/OnnxTransformer/Models")
    for name, make in MODELS.items():
        onnx.save(make(), os.path.join(folder, name + ".onnx"))
    onnx.save(
        classifier("N", 3, 8, 8), os.path.join(folder, "classifier-two-files.onnx"),
        save_as_external_data=True, all_tensors_to_one_file=True, location="classifier-two-files.bin", size_threshold=0)
