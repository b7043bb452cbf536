"""Multiply-adds of convolutions and classifiers of the ImageNet networks, counted in two ways outside the library.

Run: /usr/bin/python3 tests/References/network_counts.py
Prints the numbers that CountTests.cs compares with.

torchvision's networks are run once and each convolution and linear layer counts its own multiply-adds. For v1 the stride of each
bottleneck is moved from its 3x3 to its first 1x1 convolution. Option A and the plain networks, which torchvision does not have, are
table 1 of He et al. 2015 written out.
"""
import torch
import torchvision


def counted(model):
    total = 0

    def count(module, inputs, output):
        nonlocal total
        if isinstance(module, torch.nn.Conv2d):
            total += output.numel() * module.weight[0].numel()
        else:
            total += output.numel() * module.in_features

    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(count)
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, 224, 224))
    return total


def with_v1_strides(model):
    for module in model.modules():
        if isinstance(module, torchvision.models.resnet.Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
    return model


def option_a(blocks_per_stage):
    total = 112 * 112 * 64 * (3 * 7 * 7)
    in_channels, size = 64, 56
    for stage, (blocks, channels) in enumerate(zip(blocks_per_stage, (64, 128, 256, 512))):
        for block in range(blocks):
            if stage > 0 and block == 0:
                size //= 2
            total += size * size * channels * 9 * (in_channels if block == 0 else channels)
            total += size * size * channels * 9 * channels
        in_channels = channels
    return total + 512 * 1000


for name in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"):
    print(name, counted(getattr(torchvision.models, name)()))
for name in ("resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "wide_resnet101_2"):
    print(name, counted(getattr(torchvision.models, name)()))
for name in ("resnet50", "resnet101", "resnet152"):
    print(name + "-v1", counted(with_v1_strides(getattr(torchvision.models, name)())))
print("resnet18-option-a", option_a((2, 2, 2, 2)))
print("resnet34-option-a", option_a((3, 4, 6, 3)))
