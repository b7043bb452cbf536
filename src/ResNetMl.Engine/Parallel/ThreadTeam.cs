namespace ResNetMl.Engine;

/// <summary>A <see cref="ParallelRunner"/> on threads of its own. The caller's thread works as number 0.</summary>
internal sealed unsafe class ThreadTeam : ParallelRunner
{
    private readonly Crew _crew;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">How many run each function, the caller's included; ≥ 1.</param>
    internal ThreadTeam(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threadCount);
        _crew = new Crew(threadCount);
    }

    /// <summary>Ends the threads of a team that nobody disposed: they hold the crew, not the team.</summary>
    ~ThreadTeam() => Dispose(disposing: false);

    /// <inheritdoc/>
    public override int ThreadCount => _crew.ThreadCount;

    /// <inheritdoc/>
    internal override void Run(delegate*<void*, int, int, void> body, void* argument) => _crew.Run(body, argument);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _crew.Stop();

    /// <summary>What the threads share.</summary>
    private sealed class Crew
    {
        private readonly ParkingGate[] _workerGates;
        private readonly ParkingGate _callerGate = new();
        private delegate*<void*, int, int, void> _body;
        private void* _argument;
        private long _round;
        private long _finished;
        private volatile bool _isStopped;

        internal Crew(int threadCount)
        {
            ThreadCount = threadCount;
            _workerGates = new ParkingGate[threadCount - 1];
            for (int i = 0; i < _workerGates.Length; i++)
            {
                _workerGates[i] = new ParkingGate();
                int thread = i + 1;
                new Thread(() => WorkUntilStopped(thread)) { IsBackground = true, Name = $"ResNetMl compute {thread}" }.Start();
            }
        }

        internal int ThreadCount { get; }

        internal void Run(delegate*<void*, int, int, void> body, void* argument)
        {
            ObjectDisposedException.ThrowIf(_isStopped, typeof(ThreadTeam));
            if (_workerGates.Length == 0)
            {
                body(argument, 0, 1);
                return;
            }

            _body = body;
            _argument = argument;
            StartRound();
            body(argument, 0, ThreadCount);
            _callerGate.WaitFor(ref _finished, _round * _workerGates.Length);
        }

        internal void Stop()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                StartRound();
            }
        }

        private void StartRound()
        {
            Volatile.Write(ref _round, _round + 1);
            foreach (ParkingGate gate in _workerGates)
            {
                gate.Wake();
            }
        }

        private void WorkUntilStopped(int thread)
        {
            for (long round = 1; ; round++)
            {
                _workerGates[thread - 1].WaitFor(ref _round, round);
                if (_isStopped)
                {
                    return;
                }

                _body(_argument, thread, ThreadCount);
                Interlocked.Increment(ref _finished);
                _callerGate.Wake();
            }
        }
    }
}
