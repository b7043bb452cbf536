"""Exports torchvision's classifiers as ONNX files, with an input and PyTorch's logits beside each.

    /usr/bin/python3 tests/References/torchvision_onnx.py FOLDER [CASE...]

A case is ARCHITECTURE:OPSET:VARIANT, from the arguments or else line by line from the standard input. Each is answered with one line, "written NAME"
or "refused REASON" where PyTorch's exporter cannot write it. FOLDER gets NAME.onnx, NAME.input.npy (two images) and NAME.logits.npy. Variants:

    fixed          shapes as traced, one image
    batch          the batch axis is symbolic
    size           batch, height and width are symbolic
    unfolded       batch, and constants are not folded
    preserve       batch, and the export keeps batch norms apart (TrainingMode.PRESERVE of a network in inference)
    initializers   batch, and weights are inputs as well, as files before IR version 4 have them
    training       batch, exported as in training

No weights are downloaded: they start at random from a fixed seed, batch norms get factors that differ from 0 and 1, and their statistics those of
random images. Without these the signal of deep networks dies and the logits are those of the last bias: a comparison that holds nothing. The script
ends if the logits of its two images are that close.
Needs python3-torch and python3-torchvision (written with 1.13 and 0.14).
"""
import io
import os
import sys
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy
import torch
import torchvision

# The smallest images that keep the run short and that the exporter takes: its adaptive pools must divide evenly.
SIZES = {"alexnet": 224, "vgg11": 224, "vgg11_bn": 224, "inception_v3": 107, "vit_b_16": 64}
OPTIONS = {
    "googlenet": {"init_weights": False, "aux_logits": False},
    "inception_v3": {"init_weights": False, "aux_logits": False},
    "vit_b_16": {"image_size": 64},
}


def images_of(architecture, count, seed):
    generator = torch.Generator().manual_seed(seed)
    side = SIZES.get(architecture, 64)
    return torch.randn(count, 3, side, side, generator=generator) + torch.randn(count, 3, 1, 1, generator=generator)


def network_of(architecture):
    torch.manual_seed(20150512)
    network = getattr(torchvision.models, architecture)(weights=None, **OPTIONS.get(architecture, {})).eval()
    for name, parameter in network.named_parameters():
        if name.endswith("layer_scale") or not parameter.any() and parameter.ndim > 1:
            # ConvNeXt starts with blocks that do next to nothing, vision transformers with a head of zeros.
            torch.nn.init.uniform_(parameter, 0.1, 0.5)
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        torch.nn.init.uniform_(norm.weight, 0.8, 1.2)
        torch.nn.init.normal_(norm.bias, 0, 0.1)
        norm.momentum = 1.0
        norm.train()
    with torch.no_grad():
        network(images_of(architecture, 8 if SIZES.get(architecture, 64) > 200 else 32, seed=8))
    for norm in norms:
        norm.eval()
    return network


def export(network, images, path, opset, variant):
    symbolic = {"fixed": {}, "size": {0: "N", 2: "height", 3: "width"}}.get(variant, {0: "N"})
    mode = {"preserve": torch.onnx.TrainingMode.PRESERVE, "training": torch.onnx.TrainingMode.TRAINING}.get(variant, torch.onnx.TrainingMode.EVAL)
    torch.onnx.export(
        network, images[:1], path, training=mode, opset_version=opset, input_names=["images"], output_names=["logits"],
        do_constant_folding=variant not in ("unfolded", "training"), keep_initializers_as_inputs=variant == "initializers",
        dynamic_axes={name: axes for name, axes in (("images", symbolic), ("logits", {0: "N"} if symbolic else {})) if axes})


def main():
    folder = sys.argv[1]
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    known = (None, None)
    for line in sys.argv[2:] or iter(sys.stdin.readline, ""):
        architecture, opset, variant = line.strip().split(":")
        if known[0] != architecture:
            known = (architecture, network_of(architecture))
        network = known[1]
        name = f"{architecture}-{opset}-{variant}"
        images = images_of(architecture, 2, seed=7)
        with torch.no_grad():
            logits = network(images)
        if (logits[0] - logits[1]).abs().max() < 0.02 * logits.abs().max():
            sys.exit(f"{architecture}: the logits of two images are alike; the weights carry no signal")
        numpy.save(os.path.join(folder, f"{name}.input.npy"), images.numpy())
        numpy.save(os.path.join(folder, f"{name}.logits.npy"), logits.numpy())
        try:
            stdout, sys.stdout = sys.stdout, io.StringIO()
            try:
                export(network, images, os.path.join(folder, f"{name}.onnx"), int(opset), variant)
            finally:
                sys.stdout = stdout
                network.eval()
            print(f"written {name}", flush=True)
        except (RuntimeError, ValueError) as error:
            print("refused " + " ".join(str(error).split())[:200], flush=True)


main()
