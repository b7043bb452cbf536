using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Writes pools, as far as an opset has their attributes.</summary>
internal static class PoolingExport
{
    internal static void Write(OnnxGraph graph, string name, string output, string input, Pool2d pool)
    {
        bool isMax = pool.Kind == PoolingKind.Max;
        var attributes = new List<AttributeProto>
        {
            Attribute("kernel_shape", pool.KernelSize.Height, pool.KernelSize.Width),
            Attribute("pads", pool.Padding.Top, pool.Padding.Left, pool.Padding.Bottom, pool.Padding.Right),
            Attribute("strides", pool.Stride.Height, pool.Stride.Width),
        };
        if (pool.CeilMode)
        {
            Require(graph, name, 10, "a pool whose last window may stick out (ceil_mode)");
            attributes.Add(Attribute("ceil_mode", 1L));
        }

        if (pool.Dilation != 1)
        {
            Require(graph, name, isMax ? 10 : 19, "a dilated pool");
            attributes.Add(Attribute("dilations", pool.Dilation.Height, pool.Dilation.Width));
        }

        if (!isMax)
        {
            attributes.Add(Attribute("count_include_pad", pool.CountsPadding ? 1L : 0L));
        }

        graph.Node(isMax ? "MaxPool" : "AveragePool", output, [input], [.. attributes]);
    }

    internal static void Require(OnnxGraph graph, string name, int opset, string what)
    {
        if (graph.Opset < opset)
        {
            throw new InterchangeException($"{name}: expected opset {opset} or newer for {what}, got opset {graph.Opset}. Choose a newer opset.");
        }
    }
}
