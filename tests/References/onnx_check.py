"""Checks ONNX files with the onnx package: the model against its specification, shapes inferred; prints opset, operators and metadata."""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    graph = model.graph
    dims = [d.dim_param or d.dim_value for d in graph.input[0].type.tensor_type.shape.dim]
    print(model.opset_import[0].version, dims, ",".join(sorted({n.op_type for n in graph.node})), [p.key for p in model.metadata_props])
