"""Writes torchvision classifiers with random weights as torch.onnx exports them, with an input and PyTorch's output.

usage: onnx_torchvision.py FOLDER OPSET NAME[:SIDE]...   (files NAME.onnx, NAME.input.npy, NAME.output.npy)
"""
import sys
import warnings

import numpy
import torch
import torchvision

warnings.filterwarnings("ignore")
folder, opset = sys.argv[1], int(sys.argv[2])
for argument in sys.argv[3:]:
    name, side = (argument.split(":") + ["64"])[:2]
    torch.manual_seed(1)
    arguments = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    model = getattr(torchvision.models, name)(num_classes=12, **arguments).eval()
    for module in model.modules():
        # Statistics as training leaves them, so that batch norm does something.
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    image = torch.randn(2, 3, int(side), int(side))
    with torch.no_grad():
        output = model(image)
    torch.onnx.export(
        model, image, f"{folder}/{name}.onnx", opset_version=opset, input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}}, do_constant_folding=opset % 2 == 1)
    numpy.save(f"{folder}/{name}.input.npy", image.numpy())
    numpy.save(f"{folder}/{name}.output.npy", output.numpy())
