namespace ResNetMl.Engine.OneDnn;

/// <summary>The work of a plan in the order it is done; built once, then run without allocating.</summary>
internal sealed class WorkList
{
    private readonly List<(string Name, Action Run)> _works = [];

    /// <summary>How many there are.</summary>
    internal int Count => _works.Count;

    /// <summary>Milliseconds each kind of work took since this was set to an empty dictionary; null measures nothing.</summary>
    internal Dictionary<string, double>? Milliseconds { get; set; }

    /// <summary>Adds work behind what there is.</summary>
    /// <param name="name">Its kind, for reports of where time goes.</param>
    /// <param name="run">The work; it must allocate nothing.</param>
    internal void Add(string name, Action run) => _works.Add((name, run));

    /// <summary>Does all work.</summary>
    internal void Run()
    {
        if (Milliseconds is not null)
        {
            RunMeasured(Milliseconds);
            return;
        }

        foreach ((_, Action run) in _works)
        {
            run();
        }
    }

    private void RunMeasured(Dictionary<string, double> milliseconds)
    {
        foreach ((string name, Action run) in _works)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            run();
            double elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            milliseconds[name] = milliseconds.GetValueOrDefault(name) + elapsed;
        }
    }
}
