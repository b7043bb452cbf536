using System.Runtime.ExceptionServices;
using ResNetMl.Tensors;

namespace ResNetMl.Images;

/// <summary>Puts batches together on threads of its own, ahead of whoever trains or evaluates on them.</summary>
/// <remarks>
/// Order and augmentation are functions of (seed, epoch, example) alone: the batches are the same on any number of threads and from any start.
/// Threads sleep while every buffer is full. Once the first batches have passed, a step over pixels in memory allocates nothing.
/// For one consumer.
/// </remarks>
public sealed class BatchLoader : IDisposable
{
    private const int CancellationPollMilliseconds = 50;

    private readonly DecodedExamples _examples;
    private readonly BatchLoaderOptions _options;
    private readonly Slot[] _slots;
    private readonly int _threadCount;
    private readonly int[] _order;

    // Everything below is guarded by the gate. Tickets number the batches since Start; ticket t is filled and lent in slot t mod slots.
    private readonly object _gate = new();
    private Thread[] _threads = [];
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;
    private bool _lending;
    private int _orderEpoch = -1;
    private int _nextEpoch;
    private int _nextStep;
    private int _endEpoch;
    private long _assigned;
    private long _consumed;

    /// <summary>Takes the buffers; <see cref="Start"/> begins to fill them.</summary>
    /// <param name="examples">Decoded examples; their source must stay open.</param>
    /// <param name="options">Batch size, order, augmentation.</param>
    /// <exception cref="ArgumentException">The options do not fit the examples; the message says how.</exception>
    public BatchLoader(DecodedExamples examples, BatchLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Views, nameof(options));
        bool cropsRandomly = options.Augmentations.Any(augmentation => augmentation is RandomResizedCrop);
        if (cropsRandomly && !examples.KeepsUncropped)
        {
            throw new ArgumentException(
                "RandomResizedCrop needs images before the crop, got examples loaded without LoadingOptions.KeepUncropped. Load them with it.", nameof(options));
        }

        int remainder = examples.Count % options.BatchSize;
        StepsPerEpoch = (examples.Count / options.BatchSize) + (remainder > 0 && options.LastBatch != LastBatch.Drop ? 1 : 0);
        if (StepsPerEpoch == 0)
        {
            throw new ArgumentException(
                $"The batch size ({options.BatchSize}) is larger than the number of examples ({examples.Count}) and remainders are dropped. " +
                "Use a smaller batch or LastBatch.Smaller.",
                nameof(options));
        }

        _examples = examples;
        _options = options;
        _threadCount = options.Threads > 0 ? options.Threads : examples.AllInMemory ? 1 : Environment.ProcessorCount;
        Shape = [options.BatchSize, examples.Preprocessing.Channels, examples.OutputSize.Height, examples.OutputSize.Width];
        _order = [.. Enumerable.Range(0, examples.Count)];

        // One lent out, one ready, and one for each thread to work on.
        _slots = new Slot[_threadCount + 2];
        int smaller = options.LastBatch == LastBatch.Smaller ? remainder : 0;
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            _slots[slot] = new Slot(new Batch(Shape, smaller));
        }
    }

    private enum SlotState
    {
        Free,
        Filling,
        Ready,
    }

    /// <summary>Shape of a full batch, [N, C, H, W].</summary>
    public Shape Shape { get; }

    /// <summary>Batches in one pass over the examples.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Examples in one pass, counting neither dropped ones nor padding.</summary>
    public int ExamplesPerEpoch => _options.LastBatch == LastBatch.Drop ? StepsPerEpoch * _options.BatchSize : _examples.Count;

    /// <summary>Puts examples in the order of one epoch, as <see cref="BatchLoaderOptions.Shuffle"/> does.</summary>
    /// <param name="positions">All positions, ascending; reordered in place.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static void Shuffle(Span<int> positions, ulong seed, int epoch)
    {
        // Augmentations use the examples' own indices, from 0: −1 is the epoch's order.
        CounterRandom random = CounterRandom.For(seed, epoch, index: -1);
        random.Shuffle(positions);
    }

    /// <summary>Begins, or begins anew, to put batches together from some point of some epoch; what was made before is given up.</summary>
    /// <param name="epoch">First epoch, from 0.</param>
    /// <param name="step">First step in it, from 0 to <see cref="StepsPerEpoch"/> − 1.</param>
    /// <param name="epochs">Epochs until <see cref="Next"/> gives null, the first one counted whole. Default: no end.</param>
    public void Start(int epoch = 0, int step = 0, int epochs = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, StepsPerEpoch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        Stop();
        _failure = null;
        _stopping = false;
        _lending = false;
        _nextEpoch = epoch;
        _nextStep = step;
        _endEpoch = (int)Math.Min((long)epoch + epochs, int.MaxValue);
        _assigned = 0;
        _consumed = 0;
        foreach (Slot slot in _slots)
        {
            slot.State = SlotState.Free;
        }

        _threads = new Thread[_threadCount];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"batch loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>The next batch, waiting for it if need be. It takes back the batch before.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null after the last epoch asked for.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Start"/> was not called.</exception>
    /// <exception cref="ImageFormatException">An image that was readable in the first pass no longer is.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Batch? Next(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_threads.Length == 0)
            {
                throw new InvalidOperationException("The batch loader is not running: call Start before Next, and not after Dispose.");
            }

            if (_lending)
            {
                _slots[(_consumed - 1) % _slots.Length].State = SlotState.Free;
                _lending = false;
                Monitor.PulseAll(_gate);
            }

            Slot slot = _slots[_consumed % _slots.Length];
            while (slot.State != SlotState.Ready)
            {
                _failure?.Throw();
                if (_consumed == _assigned && _nextEpoch >= _endEpoch)
                {
                    return null;
                }

                Monitor.Wait(_gate, CancellationPollMilliseconds);
                cancellationToken.ThrowIfCancellationRequested();
            }

            _consumed++;
            _lending = true;
            return slot.Batch;
        }
    }

    /// <summary>Stops the threads and waits for them.</summary>
    public void Dispose() => Stop();

    private void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _threads = [];
    }

    private void Work()
    {
        var assembler = new BatchAssembler(_examples, _options);
        try
        {
            while (TakeTicket() is { } slot)
            {
                assembler.Fill(slot.Batch);
                lock (_gate)
                {
                    slot.State = SlotState.Ready;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception)
        {
            // Whatever it is belongs to the consumer, who gets it from Next.
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The next batch to fill, in order; waits for a free slot. Null when there is nothing more to do.</summary>
    private Slot? TakeTicket()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_stopping || _failure is not null || _nextEpoch >= _endEpoch)
                {
                    return null;
                }

                Slot slot = _slots[_assigned % _slots.Length];
                if (slot.State == SlotState.Free)
                {
                    Assign(slot);
                    return slot;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private void Assign(Slot slot)
    {
        if (_options.Shuffle && _orderEpoch != _nextEpoch)
        {
            for (int position = 0; position < _order.Length; position++)
            {
                _order[position] = position;
            }

            Shuffle(_order, _options.Seed, _nextEpoch);
            _orderEpoch = _nextEpoch;
        }

        int first = _nextStep * _options.BatchSize;
        slot.Batch.Assign(_nextEpoch, _nextStep, _order.AsSpan(first, Math.Min(_options.BatchSize, _order.Length - first)));
        slot.State = SlotState.Filling;
        _assigned++;
        if (++_nextStep == StepsPerEpoch)
        {
            _nextStep = 0;
            _nextEpoch++;
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Slot(Batch batch)
    {
        internal Batch Batch { get; } = batch;

        internal SlotState State { get; set; }
    }
}
