using ResNetMl.Engine.General;
using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>A layer that a general pass computes; feature maps are brought into row-major order for it where it cannot read blocks.</summary>
internal sealed unsafe class PlanGeneral : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly Operation _operation;
    private readonly GeneralForm _form;
    private readonly PlanArray[] _inputs;
    private readonly PlanArray _output;

    internal PlanGeneral(
        PlanBuilder builder, Operation operation, PrimitiveLayer layer, IReadOnlyList<string> state, int salt, StepHolder step)
    {
        _builder = builder;
        _operation = operation;
        _form = GeneralForm.Choose(
            layer,
            [.. operation.Inputs.Select(builder.ShapeOf)],
            builder.ShapeOf(operation.Output),
            builder.Library.ChannelBlock,
            salt,
            builder.IsTraining);
        GeneralPass pass = _form.Pass;
        for (int i = 0; i < state.Count; i++)
        {
            bool isLearned = builder.IsTraining && !operation.IsFrozen && layer.Parameters[i].Kind == StateKind.Parameter;
            pass.State[i] = builder.AddressOf(state[i]);
            pass.StateGradients[i] = isLearned ? builder.GradientAddressOf(state[i]) : null;
        }

        _inputs = [.. operation.Inputs.Select(builder.Read)];
        _output = builder.Write(operation.Output);
        var borrowed = new List<NativeBuffer>();
        float* target = pass.OnlyCopies && !_form.Converts(_output.Shape) ? _output.Address : null;
        nint[] inputs = [.. _inputs.Select(input => (nint)Arrive(builder.Forward, input, borrowed, target))];
        float* output = Place(_output, borrowed, pass.OnlyCopies ? (float*)inputs[0] : null);
        float* scratch = Borrow(pass.ForwardScratch(builder.Runner.ThreadCount), borrowed);
        OpenMpRunner runner = builder.Runner;
        builder.Forward.Add("layer", () =>
        {
            Point(pass.Inputs, inputs);
            pass.Output = output;
            pass.Scratch = scratch;
            pass.Context = step.Context;
            pass.RunForward(runner);
        });
        Depart(builder.Forward, output, _output);
        borrowed.ForEach(builder.Pool.Return);
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GeneralPass pass = _form.Pass;
        var borrowed = new List<NativeBuffer>();
        GradientPart gradient = gradients.Take(_operation.Output);
        bool isInPlace = pass.BackwardWorksInPlace && gradient.Owners == 1 && !_form.Converts(_output.Shape);
        GradientPart?[] parts =
        [
            .. _operation.Inputs.Select(value => !gradients.IsNeeded(value) ? null : isInPlace ? gradient : gradients.New(value)),
        ];
        nint[] inputs = [.. _inputs.Select(input => pass.BackwardReadsInputs ? (nint)Arrive(gradients.Works, input, borrowed) : 0)];
        float* output = pass.BackwardReadsOutput ? Arrive(gradients.Works, _output, borrowed) : null;
        float* target = pass.OnlyCopies && parts[0] is { } only && !_form.Converts(only.Array.Shape) ? only.Array.Address : null;
        float* outputGradient = Arrive(gradients.Works, gradient.Array, borrowed, target);
        float* made = pass.OnlyCopies ? outputGradient : null;
        nint[] inputGradients = [.. parts.Select(part => part is null ? 0 : (nint)Place(part.Array, borrowed, made))];
        float* scratch = Borrow(pass.BackwardScratch(_builder.Runner.ThreadCount), borrowed);
        OpenMpRunner runner = _builder.Runner;
        gradients.Works.Add("layer backward", () =>
        {
            Point(pass.Inputs, inputs);
            pass.Output = output;
            pass.OutputGradient = outputGradient;
            Point(pass.InputGradients, inputGradients);
            pass.Scratch = scratch;
            pass.RunBackward(runner);
        });
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part)
            {
                Depart(gradients.Works, (float*)inputGradients[i], part.Array);
            }
        }

        borrowed.ForEach(_builder.Pool.Return);
        if (!parts.Contains(gradient))
        {
            gradients.Release(gradient);
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part)
            {
                gradients.Give(_operation.Inputs[i], part);
            }
        }
    }

    private static void Point(float*[] places, nint[] addresses)
    {
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = (float*)addresses[i];
        }
    }

    /// <summary>Where the pass reads an array, after work that brings it there: at a given place, if there is one.</summary>
    private float* Arrive(WorkList works, PlanArray array, List<NativeBuffer> borrowed, float* given = null)
    {
        float* place = Place(array, borrowed, given);
        if (place != array.Address)
        {
            _builder.AddReorder(works, array.Memory, RowMajor(array.Shape, place), _operation.Name);
        }

        return place;
    }

    /// <summary>Adds the work that brings what the pass wrote to where it belongs.</summary>
    private void Depart(WorkList works, float* place, PlanArray array)
    {
        if (place != array.Address)
        {
            _builder.AddReorder(works, RowMajor(array.Shape, place), array.Memory, _operation.Name);
            return;
        }

        var filling = new FillingPass(array.Layout) { Value = array.Address };
        if (!_form.Pass.KeepsZeros && filling.HasWork)
        {
            OpenMpRunner runner = _builder.Runner;
            works.Add("filling", () => filling.Run(runner));
        }
    }

    /// <summary>Where the pass has an array: right there, or as a row-major copy in memory given or borrowed.</summary>
    private float* Place(PlanArray array, List<NativeBuffer> borrowed, float* given) =>
        !_form.Converts(array.Shape) ? array.Address : given != null ? given : Borrow(array.Shape.ElementCount, borrowed);

    private float* Borrow(long floats, List<NativeBuffer> borrowed)
    {
        NativeBuffer buffer = _builder.Pool.Rent(Math.Max(1, floats) * sizeof(float));
        borrowed.Add(buffer);
        return (float*)buffer.Address;
    }

    private Memory RowMajor(Shape shape, float* address) => _builder.NewMemory(PlanBuilder.PlainDescriptorOf(shape), address);
}
