using ResNetMl.Engine.General;
using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>A layer that a general pass computes; feature maps are brought into row-major order for it where it cannot read blocks.</summary>
internal sealed unsafe class GeneralStep : Step
{
    private readonly GeneralForm _form;
    private readonly int _inputCount;
    private readonly IReadOnlyList<ParameterSpec> _state;

    /// <summary>Chooses the pass.</summary>
    internal GeneralStep(
        WorkBuilder builder, Operation operation, PrimitiveLayer layer, IReadOnlyList<string> state, int salt, IParameters parameters, bool isTraining)
        : base(builder, operation)
    {
        _inputCount = operation.Inputs.Count;
        _state = layer.Parameters;
        _form = GeneralForm.Choose(
            layer,
            [.. operation.Inputs.Select(value => Border.ShapeOf(builder, value))],
            Border.ShapeOf(builder, operation.Output),
            ManagedLayout.Lanes,
            salt,
            isTraining);
        for (int i = 0; i < state.Count; i++)
        {
            Pass.State[i] = parameters.ValueOf(state[i]);
            Pass.StateGradients[i] = isTraining && !operation.IsFrozen && _state[i].Kind == StateKind.Parameter ? parameters.GradientOf(state[i]) : null;
        }
    }

    private GeneralPass Pass => _form.Pass;

    internal override void AddForward()
    {
        GeneralPass pass = Pass;
        var uses = new List<Slot>();
        Slot? target = pass.OnlyCopies && !Converts(OutputIndex) ? Output : null;
        Arrival[] inputs = [.. Enumerable.Range(0, _inputCount).Select(i => NewArrival(InputIndex(i), Input(i), uses, target))];
        Departure output = NewDeparture(OutputIndex, Output, uses, pass.OnlyCopies ? inputs[0].RowMajor : null);
        Slot scratch = NewScratch(pass.ForwardScratch(Builder.Team.ThreadCount), uses);
        Builder.Add("layer", [.. uses], () =>
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                pass.Inputs[i] = inputs[i].Take(Builder.Team);
            }

            pass.Output = output.Place;
            pass.Scratch = scratch.Address;
            pass.Context = Builder.Context;
            pass.RunForward(Builder.Team);
            output.Send(Builder.Team);
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        GeneralPass pass = Pass;
        var uses = new List<Slot>();
        Arrival[] inputs = pass.BackwardReadsInputs
            ? [.. Enumerable.Range(0, _inputCount).Select(i => NewArrival(InputIndex(i), Input(i), uses))]
            : [];
        Arrival? output = pass.BackwardReadsOutput ? NewArrival(OutputIndex, Output, uses) : null;
        Slot?[] targets = [.. Enumerable.Range(0, _inputCount).Select(i => NewTarget(gradients, i, outputGradient))];
        Arrival gradient = NewArrival(OutputIndex, outputGradient, uses, pass.OnlyCopies && !Converts(InputIndex(0)) ? targets[0] : null);
        Slot? made = pass.OnlyCopies ? gradient.RowMajor : null;
        Departure?[] departures = [.. targets.Select((target, i) => target is null ? null : NewDeparture(InputIndex(i), target, uses, made))];
        Slot scratch = NewScratch(pass.BackwardScratch(Builder.Team.ThreadCount), uses);
        Builder.Add("layer backward", [.. uses], () =>
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                pass.Inputs[i] = inputs[i].Take(Builder.Team);
            }

            pass.Output = output is null ? null : output.Take(Builder.Team);
            pass.OutputGradient = gradient.Take(Builder.Team);
            for (int i = 0; i < departures.Length; i++)
            {
                pass.InputGradients[i] = departures[i] is { } wanted ? wanted.Place : null;
            }

            pass.Scratch = scratch.Address;
            pass.RunBackward(Builder.Team);
            foreach (Departure? departure in departures)
            {
                departure?.Send(Builder.Team);
            }
        });
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is { } written)
            {
                gradients.Give(InputIndex(i), written);
            }
        }
    }

    private Slot? NewTarget(GradientSlots gradients, int input, Slot outputGradient)
    {
        int value = InputIndex(input);
        return !gradients.IsNeeded(value) ? null
            : Pass.BackwardWorksInPlace && !Converts(value) ? gradients.TakeOver(value, outputGradient)
            : gradients.Overwritten(value);
    }

    private bool Converts(int value) => _form.Converts(Border.ShapeOf(Builder, value));

    /// <summary>Lets the pass read a value: where it is, or where a row-major copy of it is put; at a given place, if there is one.</summary>
    private Arrival NewArrival(int value, Slot slot, List<Slot> uses, Slot? place = null)
    {
        uses.Add(slot);
        if (!Converts(value))
        {
            return new Arrival(slot, null, null);
        }

        Slot rowMajor = place ?? Builder.NewSlot(Border.ShapeOf(Builder, value).ElementCount);
        uses.Add(rowMajor);
        return new Arrival(slot, rowMajor, new LeavePass(Builder.Layouts[value]));
    }

    /// <summary>Lets the pass write a value: where it is, or in row-major order at a given or another place from which it is brought there.</summary>
    private Departure NewDeparture(int value, Slot slot, List<Slot> uses, Slot? place)
    {
        uses.Add(slot);
        if (!Converts(value))
        {
            var filling = new FillingPass(Builder.Layouts[value]);
            return new Departure(slot, null, null, Pass.KeepsZeros || !filling.HasWork ? null : filling);
        }

        Slot rowMajor = place ?? Builder.NewSlot(Border.ShapeOf(Builder, value).ElementCount);
        uses.Add(rowMajor);
        return new Departure(slot, rowMajor, new EnterPass(Builder.Layouts[value]), null);
    }

    private Slot NewScratch(long length, List<Slot> uses)
    {
        Slot scratch = Builder.NewSlot(Math.Max(1, length));
        uses.Add(scratch);
        return scratch;
    }

    /// <summary>A value that the pass reads, and how it gets into the order that the pass reads.</summary>
    private sealed class Arrival(Slot slot, Slot? rowMajor, LeavePass? leave)
    {
        /// <summary>Where the pass reads it.</summary>
        internal Slot RowMajor => rowMajor ?? slot;

        internal float* Take(ParallelRunner runner)
        {
            if (leave is null)
            {
                return slot.Address;
            }

            leave.Value = slot.Address;
            leave.Elements = rowMajor!.Address;
            leave.Run(runner);
            return rowMajor.Address;
        }
    }

    /// <summary>A value that the pass writes, and how it gets from the order that the pass writes.</summary>
    private sealed class Departure(Slot slot, Slot? rowMajor, EnterPass? enter, FillingPass? filling)
    {
        internal float* Place => rowMajor is null ? slot.Address : rowMajor.Address;

        internal void Send(ParallelRunner runner)
        {
            if (enter is not null)
            {
                enter.Elements = rowMajor!.Address;
                enter.Value = slot.Address;
                enter.Run(runner);
            }

            if (filling is not null)
            {
                filling.Value = slot.Address;
                filling.Run(runner);
            }
        }
    }
}
