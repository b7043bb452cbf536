using System.Collections.Concurrent;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Computes columns with an ONNX model. Made by fitting an <see cref="OnnxScoringEstimator"/>; threads may share one.</summary>
/// <remarks>
/// <para>It holds the model's memory until it is disposed. Passes, cursors and prediction engines that have begun by then go on; the last of
/// them frees the memory. Nothing new begins afterwards (<see cref="ObjectDisposedException"/>).</para>
/// <para>A saved one holds the whole ONNX file, and threads, shapes and session options with it.</para>
/// </remarks>
public sealed class OnnxTransformer : RowMappingTransformer, ISavableTransformer, IOnnxModelTransformer, IDisposable
{
    internal const string LoaderName = "OnnxTransform";
    internal const string LogSource = "OnnxTransformer; Session";

    private readonly IHostEnvironment _environment;
    private readonly OnnxModelSource _source;
    private readonly OnnxSettings _settings;
    private readonly OnnxSession _session;
    private readonly OnnxModelOnColumns _model;
    private readonly ConcurrentDictionary<string, bool> _warnings = new(StringComparer.Ordinal);
    private int _isDisposed;

    private OnnxTransformer(IHostEnvironment environment, OnnxModelSource source, OnnxSettings settings, OnnxSession session)
    {
        _environment = environment;
        _source = source;
        _settings = settings;
        _session = session;
        _model = new OnnxModelOnColumns(
            session,
            [.. OnnxPorts.Inputs(session, settings)],
            [.. OnnxPorts.Outputs(session, settings)],
            new BatchGate(),
            settings.MaximumBatchRows);
    }

    internal IReadOnlyList<OnnxPort> Inputs => _model.Inputs;

    internal IReadOnlyList<OnnxOutput> Outputs => _model.Outputs;

    internal OnnxSettings Settings => _settings;

    internal string ModelName => _source.Name;

    IReadOnlyList<string> IOnnxModelTransformer.InputColumnNames => [.. Inputs.Select(port => port.Name)];

    IReadOnlyList<string> IOnnxModelTransformer.OutputColumnNames => [.. Outputs.Select(output => output.ColumnName)];

    int IOnnxModelTransformer.ModelOutputCount => _session.OutputNames.Count;

    /// <summary>What to write: the ONNX file's bytes, external data among them, and how it is used.</summary>
    /// <exception cref="IOException">The file that the model was read from is gone, or another by now.</exception>
    /// <exception cref="NotSupportedException">With its external data the model is larger than the 2 GiB of an ONNX file.</exception>
    public SavedComponent Save()
    {
        if (_settings.Session?.CreateSessionOptions is not null)
        {
            _environment.Report(
                LogSource,
                ChannelMessageKind.Warning,
                $"{ModelName}: {nameof(OnnxSessionOptions.CreateSessionOptions)} is code, which is not saved. Set it again in the context that loads the model.");
        }

        return OnnxTransformerFormat.Save(_source, _settings);
    }

    ReadOnlyMemory<byte> IOnnxModelTransformer.ReadModel() => _source.WholeFile();

    /// <summary>Gives the model's memory back once the passes that have begun are over.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _session.Leave();
        }
    }

    internal static OnnxTransformer Open(IHostEnvironment environment, OnnxModelSource source, byte[] bytes, OnnxSettings settings)
    {
        OnnxSession session = OnnxSessionFactory.Open(environment, source, bytes, settings);
        try
        {
            return new OnnxTransformer(environment, source, settings, session);
        }
        catch
        {
            session.Leave();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        BoundInput[] inputs = [.. _model.Inputs.Select(port => BoundInput.Bind(ModelName, port, Require(inputSchema, port.Name)))];
        foreach (string warning in inputs.Select(input => input.Warning).OfType<string>())
        {
            // Binding happens for each view, each schema asked for and each engine; once is enough.
            if (_warnings.TryAdd(warning, true))
            {
                _environment.Report(LogSource, ChannelMessageKind.Warning, warning);
            }
        }

        return new OnnxMapping(inputSchema, _model, inputs);
    }
}
