using System.Text.Json;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>The layers of tests/References/contract_general.py as contract.json writes them.</summary>
internal static class GeneralLayerJson
{
    /// <summary>A layer, or null where the type is not one of these.</summary>
    internal static PrimitiveLayer? Read(string type, JsonElement a)
    {
        return type switch
        {
            "activation" => new Activation(Function<ActivationKind>(), Number("alpha"), Number("beta")),
            "arithmetic" => new Arithmetic(Function<ArithmeticKind>()),
            "constant" => new Constant(Shape("shape"), Bool("trained")),
            "concat" => new Concat(Int("axis")),
            "slice" => new Slice(Int("axis"), Int("start"), Int("length"), Int("step")),
            "pad" => new Pad(
                Int("axis"), Int("before"), Int("after"), Enum.Parse<PadMode>(a.GetProperty("mode").GetString()!, ignoreCase: true), Number("value")!.Value),
            "reshape" => new Reshape(Shape("shape")),
            "transpose" => new Transpose(Shape("order")),
            "reduce" => new Reduce(Function<ReductionKind>(), Shape("axes"), Bool("keeps")),
            "pool" => new Pool2d(
                Function<PoolingKind>(), Size("kernel"), Size("stride"), Padding("padding"), Bool("ceil"), Bool("counts"), Size("dilation")),
            "softmax" => new Softmax(Int("axis"), Bool("log")),
            "lrn" => new LocalResponseNorm(Int("size"), Number("alpha")!.Value, Number("beta")!.Value, Number("bias")!.Value),
            "matmul" => new MatMul(),
            "conv3d" => new Conv3d(
                Int("in"),
                Int("out"),
                Shape("kernel"),
                Shape("stride"),
                Shape("before"),
                Shape("after"),
                Shape("dilation"),
                Int("groups"),
                Bool("bias")),
            _ => null,
        };

        int Int(string name) => a.GetProperty(name).GetInt32();
        bool Bool(string name) => a.GetProperty(name).GetBoolean();
        float? Number(string name) => a.TryGetProperty(name, out JsonElement number) ? number.GetSingle() : null;
        Shape Shape(string name) => new([.. a.GetProperty(name).EnumerateArray().Select(length => length.GetInt32())]);
        Size2d Size(string name) => new(a.GetProperty(name)[0].GetInt32(), a.GetProperty(name)[1].GetInt32());
        Padding2d Padding(string name)
        {
            Shape sides = Shape(name);
            return new Padding2d(sides[0], sides[1], sides[2], sides[3]);
        }

        TKind Function<TKind>()
            where TKind : struct, Enum => Enum.Parse<TKind>(a.GetProperty("function").GetString()!, ignoreCase: true);
    }
}
