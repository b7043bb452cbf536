using System.Runtime.Intrinsics;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>See <see cref="AdamWOptions"/>.</summary>
internal sealed unsafe class AdamWOptimizer : Optimizer
{
    private readonly AdamWOptions _options;
    private readonly Tensor _firstMoment;
    private readonly Tensor _secondMoment;

    internal AdamWOptimizer(
        AdamWOptions options, ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor)
        : base(options, parameters, parallel, learningRateFactor)
    {
        _options = options;
        _firstMoment = new Tensor(parameters.Values.Shape);
        _secondMoment = new Tensor(parameters.Values.Shape);
        State = [("first-moment", _firstMoment), ("second-moment", _secondMoment)];
    }

    public override IReadOnlyList<(string Name, Tensor Tensor)> State { get; }

    private protected override void Move(double learningRate, float gradientScale, ParallelRunner parallel)
    {
        // The means start at 0 and are too small by these shares (Kingma and Ba 2014, section 3).
        double firstShare = 1 - Math.Pow(_options.Beta1, StepsDone);
        double secondShare = 1 - Math.Pow(_options.Beta2, StepsDone);
        fixed (ParameterRun* runs = Runs)
        {
            var pass = new Pass
            {
                Runs = runs,
                RunCount = Runs.Length,
                Length = Parameters.Values.Span.Length,
                Values = (float*)Parameters.Values.Address,
                Gradients = (float*)Parameters.Gradients.Address,
                FirstMoment = (float*)_firstMoment.Address,
                SecondMoment = (float*)_secondMoment.Address,
                GradientScale = gradientScale,
                LearningRate = learningRate,
                FirstShare = firstShare,
                InverseRootOfSecondShare = (float)(1 / Math.Sqrt(secondShare)),
                Beta1 = (float)_options.Beta1,
                OneMinusBeta1 = (float)(1 - _options.Beta1),
                Beta2 = (float)_options.Beta2,
                OneMinusBeta2 = (float)(1 - _options.Beta2),
                Epsilon = (float)_options.Epsilon,
                WeightDecay = _options.WeightDecay,
                L1 = (float)_options.L1Penalty,
                L2 = (float)_options.L2Penalty,
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
            int from = Math.Max(start, run.Start);
            int to = Math.Min(end, run.End);
            double rate = pass->LearningRate * run.RateFactor;
            float kept = run.Decays ? (float)(1 - (rate * pass->WeightDecay)) : 1;
            Move(pass, from, to, (float)(rate / pass->FirstShare), kept, run.Decays ? pass->L1 : 0, run.Decays ? pass->L2 : 0);
        }
    }

    private static void Move(Pass* pass, int start, int end, float step, float kept, float l1, float l2)
    {
        Vector512<float> scale = Vector512.Create(pass->GradientScale);
        Vector512<float> beta1 = Vector512.Create(pass->Beta1);
        Vector512<float> beta2 = Vector512.Create(pass->Beta2);
        Vector512<float> oneMinusBeta1 = Vector512.Create(pass->OneMinusBeta1);
        Vector512<float> oneMinusBeta2 = Vector512.Create(pass->OneMinusBeta2);
        Vector512<float> correction = Vector512.Create(pass->InverseRootOfSecondShare);
        Vector512<float> epsilon = Vector512.Create(pass->Epsilon);
        Vector512<float> stepSize = Vector512.Create(step);
        Vector512<float> keptShare = Vector512.Create(kept);
        for (int i = start; i < end; i += Vector512<float>.Count)
        {
            Vector512<float> value = Vector512.LoadAligned(pass->Values + i);
            Vector512<float> gradient = Vector512.LoadAligned(pass->Gradients + i) * scale;
            gradient = Penalty.Added(gradient, value, l1, l2);
            Vector512<float> first = (beta1 * Vector512.LoadAligned(pass->FirstMoment + i)) + (oneMinusBeta1 * gradient);
            Vector512<float> second = (beta2 * Vector512.LoadAligned(pass->SecondMoment + i)) + (oneMinusBeta2 * gradient * gradient);
            first.StoreAligned(pass->FirstMoment + i);
            second.StoreAligned(pass->SecondMoment + i);
            Vector512<float> denominator = (Vector512.Sqrt(second) * correction) + epsilon;
            ((value * keptShare) - (stepSize * first / denominator)).StoreAligned(pass->Values + i);
        }
    }

    private struct Pass
    {
        public ParameterRun* Runs;
        public int RunCount;
        public int Length;
        public float* Values;
        public float* Gradients;
        public float* FirstMoment;
        public float* SecondMoment;
        public float GradientScale;
        public double LearningRate;
        public double FirstShare;
        public double WeightDecay;
        public float InverseRootOfSecondShare;
        public float Beta1;
        public float OneMinusBeta1;
        public float Beta2;
        public float OneMinusBeta2;
        public float Epsilon;
        public float L1;
        public float L2;
    }
}
