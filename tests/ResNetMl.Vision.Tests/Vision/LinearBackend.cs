using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>A backend in a page for networks of one linear layer after Flatten: lets the training's logic be tested in milliseconds.</summary>
internal sealed class LinearBackend : IBackend
{
    public string Name => "linear";

    public string Description { get; init; } = "linear 1.0";

    /// <summary>Called before every training step with its number.</summary>
    public Action<long> BeforeStep { get; init; } = _ => { };

    public bool Supports(Precision precision) => precision != Precision.BFloat16;

    public CompiledNetwork Compile(OperationList operations, StateDictionary weights, CompileOptions options) => new Compiled(operations, weights.Clone());

    public TrainingPlan CreateTrainingPlan(OperationList operations, StateDictionary weights, int batchSize, CompileOptions options) =>
        new Training(operations, weights, batchSize, BeforeStep);

    /// <summary>logits = images · weightᵀ + bias.</summary>
    private static void Multiply(ReadOnlySpan<float> images, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> logits)
    {
        int classes = bias.Length;
        int features = weight.Length / classes;
        for (int i = 0; i < logits.Length; i++)
        {
            float sum = bias[i % classes];
            for (int j = 0; j < features; j++)
            {
                sum += images[(i / classes * features) + j] * weight[(i % classes * features) + j];
            }

            logits[i] = sum;
        }
    }

    private static int Classes(OperationList operations) => operations.Operations.OfType<LinearOperation>().Single().Layer.OutFeatures;

    private sealed class Compiled(OperationList operations, StateDictionary weights) : CompiledNetwork
    {
        public override OperationList Operations => operations;

        public override Plan CreatePlan(int batchSize) => new Scoring(operations, weights, batchSize);

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Scoring(OperationList operations, StateDictionary weights, int batchSize) : Plan
    {
        private readonly Tensor _logits = new([batchSize, Classes(operations)]);

        public override OperationList Operations => operations;

        public override int BatchSize => batchSize;

        public override IReadOnlyList<Tensor> Outputs => [_logits];

        public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
        {
            CheckInputs(operations, batchSize, inputs);
            Multiply(inputs[0].Span, weights["fc.weight"].Span, weights["fc.bias"].Span, _logits.Span);
            return _logits;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Training(OperationList operations, StateDictionary weights, int batchSize, Action<long> beforeStep) : TrainingPlan
    {
        private readonly Tensor _logits = new([batchSize, Classes(operations)]);
        private Tensor _images = new([0]);

        public override OperationList Operations => operations;

        public override int BatchSize => batchSize;

        public override ParameterArena State { get; } = new(operations.State, weights);

        public override ParallelRunner Parallel { get; } = new OneThread();

        public override IReadOnlyList<Tensor> InputGradients => [];

        public override Tensor Forward(StepContext context, params ReadOnlySpan<Tensor> inputs)
        {
            beforeStep(context.Step);
            Plan.CheckInputs(operations, batchSize, inputs);
            _images = inputs[0];
            Multiply(_images.Span, State.ValueOf("fc.weight"), State.ValueOf("fc.bias"), _logits.Span);
            return _logits;
        }

        public override void Backward(Tensor outputGradient)
        {
            Span<float> weight = State.GradientOf("fc.weight");
            Span<float> bias = State.GradientOf("fc.bias");
            int features = weight.Length / bias.Length;
            weight.Clear();
            bias.Clear();
            for (int i = 0; i < outputGradient.Span.Length; i++)
            {
                int k = i % bias.Length;
                bias[k] += outputGradient.Span[i];
                for (int j = 0; j < features; j++)
                {
                    weight[(k * features) + j] += outputGradient.Span[i] * _images.Span[(i / bias.Length * features) + j];
                }
            }
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed unsafe class OneThread : ParallelRunner
    {
        public override int ThreadCount => 1;

        internal override void Run(delegate*<void*, int, int, void> body, void* argument) => body(argument, 0, 1);
    }
}
