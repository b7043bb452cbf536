using System.Globalization;
using System.Text.RegularExpressions;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>
/// A residual block whose last batch norm has γ = β = 0 adds nothing: what He et al. 2015 mean by a deeper network that can always do as well as
/// a shallower one. All comparisons are of bits.
/// </summary>
/// <remarks>Witness: arithmetic. The one exception is −0, of which no sum with 0 leaves the sign; no number here is −0.</remarks>
public sealed partial class IdentityTests
{
    private const int Batch = 3;

    /// <summary>Every backend, order and kind of block.</summary>
    public static TheoryData<string, ActivationOrder, BlockKind> Blocks
    {
        get
        {
            var data = new TheoryData<string, ActivationOrder, BlockKind>();
            foreach (string backend in TestBackends.Names)
            {
                foreach (ActivationOrder order in (ActivationOrder[])[ActivationOrder.Original, ActivationOrder.FullPreActivation])
                {
                    data.Add(backend, order, BlockKind.Basic);
                    data.Add(backend, order, BlockKind.Bottleneck);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Blocks))]
    public void A_block_whose_last_batch_norm_is_zero_passes_numbers_and_gradients_on(string backendName, ActivationOrder order, BlockKind kind)
    {
        NetworkDefinition definition = Block(order, kind, channels: 24);
        Tensor x = Input(order, [Batch, 24, 7, 9]);
        Tensor slope = ContractNumbers.Make(7, x.Shape);
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(definition), WithZeroBlocks(definition), Batch, new CompileOptions { ComputesInputGradients = true });

        Tensor y = plan.Forward(default, x);
        plan.Backward(slope);

        AssertSameBits(x.Span, y.Span);
        float[] expected = slope.Span.ToArray();
        if (order == ActivationOrder.Original)
        {
            // The ReLU behind the addition lets the gradient through where x is positive.
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = x.Span[i] > 0 ? expected[i] : 0;
            }
        }

        AssertSameBits(expected, plan.InputGradients[0].Span);
    }

    [Theory, MemberData(nameof(Blocks))]
    public void A_block_whose_last_batch_norm_is_zero_scores_as_if_it_were_not_there(string backendName, ActivationOrder order, BlockKind kind)
    {
        NetworkDefinition definition = Block(order, kind, channels: 24);
        Tensor x = Input(order, [Batch, 24, 7, 9]);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, WithZeroBlocks(definition));
        using CompiledNetwork compiled = TestBackends.Require(backendName).Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(Batch);

        AssertSameBits(x.Span, plan.Run(x).Span);
    }

    [Theory]
    [InlineData("managed", "resnet8", "resnet20")]
    [InlineData("onednn", "resnet8", "resnet20")]
    [InlineData("managed", "resnet11-v2", "resnet29-v2")]
    [InlineData("onednn", "resnet11-v2", "resnet29-v2")]
    public void Zero_blocks_added_to_a_trained_network_change_no_logit(string backendName, string shallowName, string deepName)
    {
        IBackend backend = TestBackends.Require(backendName);
        NetworkDefinition shallow = NetworkCatalog.Define(shallowName, classes: 10, inputShape: [3, 16, 16]);
        NetworkDefinition deep = NetworkCatalog.Define(deepName, classes: 10, inputShape: [3, 16, 16]);
        StateDictionary trained = Trained(backend, shallow);
        StateDictionary extended = WithZeroBlocks(deep);
        foreach ((string name, Tensor tensor) in trained)
        {
            Assert.Equal(extended[name].Shape, tensor.Shape);
            tensor.Span.CopyTo(extended[name].Span);
        }

        Assert.True(deep.Nodes.Count > shallow.Nodes.Count);
        Tensor images = ContractNumbers.Make(11, [Batch, 3, 16, 16]);
        AssertSameBits(Logits(backend, shallow, trained, images), Logits(backend, deep, extended, images));
    }

    private static NetworkDefinition Block(ActivationOrder order, BlockKind kind, int channels)
    {
        IReadOnlyList<Conv2d> convolutions = kind == BlockKind.Basic
            ? Networks.Blocks.BasicConvolutions(channels, channels, stride: 1)
            : Networks.Blocks.BottleneckConvolutions(channels, channels / 4, channels, stride: 1);
        return NetworkDefinition.FromLayer("block", [channels, 7, 9], ActivationOrders.Block(order, convolutions, new Identity()));
    }

    /// <summary>Numbers between −1 and 1; what follows a ReLU, as the first blocks have it, without the negative ones.</summary>
    private static Tensor Input(ActivationOrder order, Shape shape)
    {
        Tensor x = ContractNumbers.Make(5, shape);
        foreach (ref float element in x.Span)
        {
            element = order == ActivationOrder.Original && element <= 0 ? 0 : element;
        }

        return x;
    }

    /// <summary>First weights, with γ and β of each block's last batch norm 0 and statistics as if of other images.</summary>
    private static StateDictionary WithZeroBlocks(NetworkDefinition definition)
    {
        StateDictionary state = InitialState.Create(definition, seed: 3);
        int seed = 300;
        foreach ((string name, Tensor tensor) in state)
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
            {
                ContractNumbers.Make(seed++, tensor.Shape).Span.CopyTo(tensor.Span);
            }
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                ContractNumbers.Make(seed++, tensor.Shape, scale: 0.5f, offset: 1).Span.CopyTo(tensor.Span);
            }
        }

        // A stem's bn1 is found as well; its numbers come with the trained weights.
        IEnumerable<Match> batchNorms = definition.Nodes.Select(node => BatchNormOfBlock().Match(node.Name)).Where(match => match.Success);
        foreach (IGrouping<string, Match> block in batchNorms.GroupBy(match => match.Groups["block"].Value))
        {
            string last = block.MaxBy(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture))!.Value;
            state[$"{last}.weight"].Span.Clear();
            state[$"{last}.bias"].Span.Clear();
        }

        return state;
    }

    [GeneratedRegex(@"^(?<block>(layer\d+\.\d+\.)?)bn(?<number>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex BatchNormOfBlock();

    private static StateDictionary Trained(IBackend backend, NetworkDefinition definition)
    {
        const int Steps = 3;
        const int BatchSize = 8;
        using TrainingPlan plan = backend.CreateTrainingPlan(
            Lowering.ForTraining(definition), InitialState.Create(definition, seed: 1), BatchSize, new CompileOptions());
        Optimizer optimizer = new SgdOptions().Create(plan.State, plan.Parallel);
        var loss = new SoftmaxCrossEntropy(classes: 10);
        var gradient = new Tensor([BatchSize, 10]);
        for (int step = 0; step < Steps; step++)
        {
            Tensor logits = plan.Forward(new StepContext(Seed: 1, step), ContractNumbers.Make(step, [BatchSize, 3, 16, 16]));
            loss.Compute(logits, [0, 1, 2, 3, 4, 5, 6, 7], gradient);
            plan.Backward(gradient);
            optimizer.Step(learningRate: 0.05);
        }

        return plan.State.ToStateDictionary();
    }

    private static float[] Logits(IBackend backend, NetworkDefinition definition, StateDictionary state, Tensor images)
    {
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, state);
        using CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(Batch);
        return plan.Run(images).Span.ToArray();
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"[{i}]: expected {expected[i]:R}, got {actual[i]:R}.");
        }
    }
}
