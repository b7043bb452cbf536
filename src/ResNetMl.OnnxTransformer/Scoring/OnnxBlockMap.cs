using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using ResNetMl.Interchange;

namespace ResNetMl.Transforms.Onnx;

/// <summary>One pass of a model over a view: rows of a block that have one shape are computed in one run, where the model takes several.</summary>
internal sealed class OnnxBlockMap : BlockMap
{
    private readonly OnnxModelOnColumns _model;
    private readonly BoundInput[] _inputs;
    private readonly int[] _added;
    private readonly TensorFeed[] _feeds;
    private readonly OutputSink[] _sinks;
    private readonly OnnxRun _run;
    private readonly bool _canStack;
    private bool _isDisposed;

    internal OnnxBlockMap(OnnxModelOnColumns model, BoundInput[] inputs, ColumnSet added)
    {
        _model = model;
        _inputs = inputs;
        _added = [.. added];
        OnnxPort[] outputs = [.. _added.Select(index => model.Outputs[index].Port)];
        _feeds = [.. inputs.Select((input, index) => model.Inputs[index].Codec!.NewFeed(input.Column.Index, input.Vector is not null))];
        _sinks = [.. outputs.Select(output => output.NewSink())];
        _run = new OnnxRun(model.Session, [.. model.Inputs.Select(input => input.Name)], _feeds, [.. outputs.Select(output => output.Name)]);
        _canStack = inputs.Length > 0 && inputs.All(input => input.CanStack) && outputs.All(output => output.HasOpenFirstAxis);
        ObjectDisposedException.ThrowIf(!model.Session.TryJoin(), typeof(OnnxTransformer));
    }

    public override void Map(Block input, Span<BlockColumn?> output)
    {
        if (_added.Length == 0)
        {
            return;
        }

        foreach (OutputSink sink in _sinks)
        {
            sink.Begin(input.RowCount);
        }

        foreach ((int[] rows, long[][] shapes) in Groups(input))
        {
            Compute(input, rows, shapes);
        }

        for (int i = 0; i < _added.Length; i++)
        {
            output[_added[i]] = _sinks[i].Finish();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _model.Session.Leave();
        }
    }

    /// <summary>Rows by the shapes of their inputs, in the order of the first row of each.</summary>
    private IEnumerable<(int[] Rows, long[][] Shapes)> Groups(Block block)
    {
        int[] all = [.. Enumerable.Range(0, block.RowCount)];
        if (_inputs.All(input => input.FixedShape is not null))
        {
            // Another program's view may give rows that are not as long as its schema says: they must not shift the rows after them.
            for (int index = 0; index < _inputs.Length; index++)
            {
                foreach (int row in all)
                {
                    _inputs[index].CheckLength(_feeds[index].Length(block, row), block.Ids[row]);
                }
            }

            return [(all, [.. _inputs.Select(input => input.FixedShape!)])];
        }

        // For one input, rows of one length have one shape.
        return all.Select(row => (Row: row, Lengths: _feeds.Select(feed => feed.Length(block, row)).ToArray()))
            .GroupBy(row => string.Join(',', row.Lengths))
            .Select(group =>
            {
                (int first, int[] lengths) = group.First();
                long[][] shapes = [.. _inputs.Select((input, index) => input.ShapeOfRow(lengths[index], block.Ids[first]))];
                return (group.Select(row => row.Row).ToArray(), shapes);
            })
            .ToList();
    }

    private void Compute(Block block, int[] rows, long[][] shapes)
    {
        int largest = _canStack ? Math.Min(rows.Length, _model.MaximumBatchRows ?? rows.Length) : 1;
        for (int start = 0; start < rows.Length; start += largest)
        {
            int[] together = rows[start..Math.Min(rows.Length, start + largest)];
            bool isBatch = together.Length > 1 && _model.Gate.IsOpen;
            if (isBatch && TryComputeTogether(block, together, shapes))
            {
                continue;
            }

            foreach (int row in together)
            {
                ComputeOne(block, row, shapes);
            }

            // Each row could be computed alone, so it was their number.
            if (isBatch)
            {
                _model.Gate.Close();
            }
        }
    }

    private void ComputeOne(Block block, int row, long[][] shapes)
    {
        int[] rows = [row];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = _run.Compute(block, rows, shapes);
            Take(results, rows);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InterchangeException($"{_model.Session.Name}: ONNX Runtime could not compute row {block.Ids[row].Low}: {exception.Message.Trim()}", exception);
        }
    }

    private bool TryComputeTogether(Block block, int[] rows, long[][] shapes)
    {
        bool isTrial = !_model.Gate.IsChecked;
        long[][] stacked = [.. shapes.Select(shape => (long[])[rows.Length, .. shape.AsSpan(1)])];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = _run.Compute(block, rows, stacked, isTrial);
            if (!_sinks.Select((sink, output) => sink.HasEntries(results[output], rows.Length)).All(has => has)
                || (isTrial && !AgreesAlone(block, rows, shapes, results)))
            {
                return false;
            }

            Take(results, rows);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            // Row by row tells which row it is, or that it was their number.
            return false;
        }
    }

    /// <summary>Computes the first row and one that differs from it alone, and compares.</summary>
    private bool AgreesAlone(Block block, int[] rows, long[][] shapes, IDisposableReadOnlyCollection<OrtValue> together)
    {
        int differing = Array.FindIndex(rows, row => _feeds.Any(feed => !feed.AreEqual(block, rows[0], row)));
        foreach (int position in (ReadOnlySpan<int>)[0, differing < 0 ? rows.Length - 1 : differing])
        {
            using IDisposableReadOnlyCollection<OrtValue> alone = _run.Compute(block, [rows[position]], shapes, isTrial: true);
            if (!_sinks.Select((sink, output) => sink.Agrees(together[output], position, rows.Length, alone[output])).All(agrees => agrees))
            {
                return false;
            }
        }

        // Equal rows prove nothing: their mean is each of them.
        if (differing > 0)
        {
            _model.Gate.Confirm();
        }

        return true;
    }

    private void Take(IDisposableReadOnlyCollection<OrtValue> results, int[] rows)
    {
        for (int i = 0; i < _sinks.Length; i++)
        {
            _sinks[i].Take(results[i], rows);
        }
    }
}
