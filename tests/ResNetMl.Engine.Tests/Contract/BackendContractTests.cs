using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>What every backend promises, on every operation and on whole networks. Witness: PyTorch in float64 (contract.json).</summary>
public sealed class BackendContractTests
{
    // Sums of up to 600 fp32 products in any order differ from float64 by about √600 · 6e-8 of the largest term; batch norm over few
    // values and a chain of layers multiply that.
    private const double SingleOperationTolerance = 1e-5;
    private const double NetworkTolerance = 1e-4;

    /// <summary>Every backend with every case.</summary>
    public static TheoryData<string, string> AllCases => TestBackends.With(ContractCase.Names);

    /// <summary>Every backend with every whole network.</summary>
    public static TheoryData<string, string> Networks => TestBackends.With(ContractCase.NetworkNames);

    [Theory, MemberData(nameof(AllCases))]
    public void Forward_and_backward_match_PyTorch(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        double tolerance = ToleranceOf(caseName);
        using TrainingPlan plan = CreatePlan(backendName, contract);

        Tensor output = plan.Forward(default, contract.Inputs);
        TensorAssert.Close("output", contract.Output, output, tolerance);
        plan.Backward(contract.OutputGradient);

        for (int i = 0; i < contract.Inputs.Length; i++)
        {
            TensorAssert.Close($"gradient of input {i}", contract.InputGradients[i], plan.InputGradients[i], tolerance);
        }

        foreach ((string name, Tensor gradient) in contract.Gradients)
        {
            TensorAssert.Close($"gradient of {name}", gradient.Span, plan.State.GradientOf(name), tolerance);
        }

        foreach ((string name, Tensor buffer) in contract.Buffers)
        {
            TensorAssert.Close(name, buffer.Span, plan.State.ValueOf(name), tolerance);
        }
    }

    [Theory, MemberData(nameof(AllCases))]
    public void Scoring_matches_PyTorch(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(contract.Definition, contract.Weights);
        using CompiledNetwork compiled = TestBackends.Require(backendName).Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(contract.BatchSize);

        Tensor output = plan.Run(contract.Inputs);

        TensorAssert.Close("output", contract.InferenceOutput, output, ToleranceOf(caseName));
    }

    [Theory, MemberData(nameof(Networks))]
    public void A_second_step_overwrites_the_gradients_of_the_first(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan plan = CreatePlan(backendName, contract);
        Step(plan, contract);
        float[] first = plan.State.Gradients.Span.ToArray();

        Step(plan, contract);

        Assert.Equal(first, plan.State.Gradients.Span.ToArray());
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_same_step_gives_the_same_bits_in_another_plan(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan one = CreatePlan(backendName, contract);
        using TrainingPlan other = CreatePlan(backendName, contract);

        Step(one, contract);
        Step(other, contract);

        Assert.Equal(one.State.Gradients.Span.ToArray(), other.State.Gradients.Span.ToArray());
        Assert.Equal(one.State.BufferValues.Span.ToArray(), other.State.BufferValues.Span.ToArray());
    }

    [Theory, MemberData(nameof(AllCases))]
    public void One_thread_computes_what_all_threads_compute(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan one = CreatePlan(backendName, contract, threads: 1);
        using TrainingPlan three = CreatePlan(backendName, contract, threads: 3);

        Step(one, contract);
        Step(three, contract);

        foreach (string name in contract.Gradients.Keys)
        {
            TensorAssert.Close(name, one.State.GradientOf(name), three.State.GradientOf(name), NetworkTolerance);
        }

        for (int i = 0; i < contract.Inputs.Length; i++)
        {
            TensorAssert.Close($"gradient of input {i}", one.InputGradients[i], three.InputGradients[i], NetworkTolerance);
        }
    }

    [Theory, MemberData(nameof(AllCases))]
    public void Gradients_of_parameters_are_the_same_where_nobody_wants_those_of_the_inputs(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(contract.Definition), contract.Weights, contract.BatchSize, new CompileOptions());

        Step(plan, contract);

        Assert.Empty(plan.InputGradients);
        foreach ((string name, Tensor gradient) in contract.Gradients)
        {
            TensorAssert.Close($"gradient of {name}", gradient.Span, plan.State.GradientOf(name), ToleranceOf(caseName));
        }
    }

    [Theory, MemberData(nameof(AllCases))]
    public void A_step_allocates_nothing_on_the_managed_heap(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan plan = CreatePlan(backendName, contract);
        for (int warmUp = 0; warmUp < 3; warmUp++)
        {
            Step(plan, contract);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 10; step++)
        {
            Step(plan, contract);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory, MemberData(nameof(Networks))]
    public void Changed_weights_are_read_by_the_next_step(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan plan = CreatePlan(backendName, contract);
        plan.Forward(default, contract.Inputs);
        string classifierBias = contract.Gradients.Keys.Last(name => name.EndsWith(".bias", StringComparison.Ordinal));
        foreach (ref float element in plan.State.ValueOf(classifierBias))
        {
            element += 2;
        }

        Tensor output = plan.Forward(default, contract.Inputs);

        var expected = new Tensor(contract.Output.Shape, contract.Output.Span);
        foreach (ref float element in expected.Span)
        {
            element += 2;
        }

        TensorAssert.Close("output", expected, output, NetworkTolerance);
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void An_input_of_another_shape_is_refused(string backendName)
    {
        ContractCase contract = ContractCase.Load("conv-3x3");
        using TrainingPlan plan = CreatePlan(backendName, contract);

        var exception = Assert.Throws<ArgumentException>(() => plan.Forward(default, new Tensor([3, 16, 7, 9])));

        Assert.Equal(
            "input0: expected [2, 16, 7, 9], got [3, 16, 7, 9]. A plan runs batches of the size it was created for. (Parameter 'inputs')",
            exception.Message);
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Dropout_drops_its_share_scales_the_rest_and_masks_the_gradient_alike(string backendName)
    {
        const float Rate = 0.3f;
        OperationList operations = OperationList.Of(new Dropout(Rate), [16, 20, 25]);
        using TrainingPlan plan = TestBackends.Require(backendName)
            .CreateTrainingPlan(operations, new StateDictionary(), batchSize: 4, new CompileOptions { ComputesInputGradients = true });
        Tensor ones = Ones([4, 16, 20, 25]);

        float[] first = plan.Forward(new StepContext(Seed: 7, Step: 1), ones).Span.ToArray();
        plan.Backward(ones);

        int kept = first.Count(element => element != 0);
        Assert.InRange(kept / (double)first.Length, 1 - Rate - 0.015, 1 - Rate + 0.015); // 32,000 draws: 3 standard deviations are 0.0077
        Assert.All(first, element => Assert.True(element is 0 or 1 / (1 - Rate)));
        Assert.Equal(first, plan.InputGradients[0].Span.ToArray());
        Assert.Equal(first, plan.Forward(new StepContext(Seed: 7, Step: 1), ones).Span.ToArray());
        Assert.NotEqual(first, plan.Forward(new StepContext(Seed: 7, Step: 2), ones).Span.ToArray());
        Assert.NotEqual(first, plan.Forward(new StepContext(Seed: 8, Step: 1), ones).Span.ToArray());
    }

    private static Tensor Ones(Shape shape)
    {
        var ones = new Tensor(shape);
        ones.Span.Fill(1);
        return ones;
    }

    private static TrainingPlan CreatePlan(string backendName, ContractCase contract, int threads = 0) =>
        TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(contract.Definition),
            contract.Weights,
            contract.BatchSize,
            new CompileOptions { ComputesInputGradients = true, Threads = threads });

    private static void Step(TrainingPlan plan, ContractCase contract)
    {
        plan.Forward(default, contract.Inputs);
        plan.Backward(contract.OutputGradient);
    }

    private static double ToleranceOf(string caseName) =>
        caseName.StartsWith("network-", StringComparison.Ordinal) ? NetworkTolerance : SingleOperationTolerance;
}
