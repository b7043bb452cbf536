using System.Runtime.Intrinsics;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>See <see cref="SgdOptions"/>.</summary>
internal sealed unsafe class SgdOptimizer : Optimizer
{
    private readonly SgdOptions _options;
    private readonly Tensor? _buffer;

    internal SgdOptimizer(
        SgdOptions options, ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor)
        : base(options, parameters, parallel, learningRateFactor)
    {
        _options = options;
        _buffer = options.Momentum > 0 ? new Tensor(parameters.Values.Shape) : null;
        State = _buffer is null ? [] : [("momentum", _buffer)];
    }

    public override IReadOnlyList<(string Name, Tensor Tensor)> State { get; }

    private protected override void Move(double learningRate, float gradientScale, ParallelRunner parallel)
    {
        fixed (ParameterRun* runs = Runs)
        {
            var pass = new Pass
            {
                Runs = runs,
                RunCount = Runs.Length,
                Length = Parameters.Values.Span.Length,
                Values = (float*)Parameters.Values.Address,
                Gradients = (float*)Parameters.Gradients.Address,
                Buffer = _buffer is null ? null : (float*)_buffer.Address,
                GradientScale = gradientScale,
                LearningRate = learningRate,
                Momentum = (float)_options.Momentum,
                Nesterov = _options.Nesterov,
                L1 = (float)_options.L1Penalty,
                L2 = (float)(_options.WeightDecay + _options.L2Penalty),
            };
            parallel.Run(&Share, &pass);
        }
    }

    private static void Share(void* argument, int thread, int threadCount)
    {
        var pass = (Pass*)argument;
        (int start, int end) = ParallelRunner.Share(pass->Length, thread, threadCount, Vector512<float>.Count);
        for (int i = 0; i < pass->RunCount; i++)
        {
            ParameterRun run = pass->Runs[i];
            float rate = (float)(pass->LearningRate * run.RateFactor);
            Move(pass, Math.Max(start, run.Start), Math.Min(end, run.End), rate, run.Decays ? pass->L1 : 0, run.Decays ? pass->L2 : 0);
        }
    }

    private static void Move(Pass* pass, int start, int end, float learningRate, float l1, float l2)
    {
        Vector512<float> scale = Vector512.Create(pass->GradientScale);
        Vector512<float> rate = Vector512.Create(learningRate);
        Vector512<float> momentum = Vector512.Create(pass->Momentum);
        for (int i = start; i < end; i += Vector512<float>.Count)
        {
            Vector512<float> value = Vector512.LoadAligned(pass->Values + i);
            Vector512<float> gradient = Vector512.LoadAligned(pass->Gradients + i) * scale;
            gradient = Penalty.Added(gradient, value, l1, l2);
            if (pass->Buffer is not null)
            {
                Vector512<float> buffer = (momentum * Vector512.LoadAligned(pass->Buffer + i)) + gradient;
                buffer.StoreAligned(pass->Buffer + i);
                gradient = pass->Nesterov ? gradient + (momentum * buffer) : buffer;
            }

            (value - (rate * gradient)).StoreAligned(pass->Values + i);
        }
    }

    private struct Pass
    {
        public ParameterRun* Runs;
        public int RunCount;
        public int Length;
        public float* Values;
        public float* Gradients;
        public float* Buffer;
        public float GradientScale;
        public double LearningRate;
        public float Momentum;
        public bool Nesterov;
        public float L1;
        public float L2;
    }
}
