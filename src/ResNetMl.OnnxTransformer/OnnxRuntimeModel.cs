using Microsoft.ML.OnnxRuntime;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Transforms.Onnx.Native;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Any ONNX model as it is, run by ONNX Runtime on the CPU. Threads may share one and run it at the same time.</summary>
/// <remarks>
/// The file's operators are those that ONNX Runtime knows; nothing of it passes through this product's definitions. Float32 tensors go in
/// and come out.
/// </remarks>
public sealed class OnnxRuntimeModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _name;
    private readonly string[] _floatOutputs;
    private volatile bool _isDisposed;

    private OnnxRuntimeModel(string name, InferenceSession session)
    {
        _name = name;
        _session = session;
        Inputs = [.. session.InputNames.Select(input => new OnnxRuntimeValue(input, session.InputMetadata[input]))];
        Outputs = [.. session.OutputNames.Select(output => new OnnxRuntimeValue(output, session.OutputMetadata[output]))];
        Metadata = session.ModelMetadata.CustomMetadataMap;
        _floatOutputs = [.. Outputs.Where(output => output.IsFloatTensor).Select(output => output.Name)];
    }

    /// <summary>Version of the ONNX Runtime library, for example 1.29.0.</summary>
    /// <exception cref="DllNotFoundException">There is none on this machine; the message says where it was looked for.</exception>
    public static string RuntimeVersion
    {
        get
        {
            OnnxRuntimeLibrary.EnsureLoaded();
            return OnnxRuntimeLibrary.Version!;
        }
    }

    /// <summary>What it takes, in the file's order; initializers that are also inputs are left out.</summary>
    public IReadOnlyList<OnnxRuntimeValue> Inputs { get; }

    /// <summary>What it can compute, in the file's order. Those that are no float32 tensors are not computed by this class.</summary>
    public IReadOnlyList<OnnxRuntimeValue> Outputs { get; }

    /// <summary>The file's own notes by key (ONNX ModelProto.metadata_props).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Loads a file and makes it ready.</summary>
    /// <param name="path">An ONNX file; external data lies beside it.</param>
    /// <param name="options">Threads; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is no ONNX model, or one that ONNX Runtime cannot run; the message says why.</exception>
    /// <exception cref="DllNotFoundException">There is no ONNX Runtime on this machine.</exception>
    public static OnnxRuntimeModel Load(string path, OnnxRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return File.Exists(path)
            ? Load(path, options, settings => new InferenceSession(path, settings))
            : throw new FileNotFoundException($"{path}: expected an ONNX file, found none. Check the path.", path);
    }

    /// <inheritdoc cref="Load(string, OnnxRuntimeOptions?)"/>
    /// <param name="bytes">A whole ONNX file without external data, below 2 GiB.</param>
    /// <param name="options">Threads; null for the defaults.</param>
    /// <param name="name">Where the bytes came from, for messages.</param>
    public static OnnxRuntimeModel Load(byte[] bytes, OnnxRuntimeOptions? options = null, string name = "ONNX model")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Load(name, options, settings => new InferenceSession(bytes, settings));
    }

    /// <summary>Computes the outputs of one set of inputs.</summary>
    /// <param name="inputs">A float32 tensor for each of <see cref="Inputs"/>, by name.</param>
    /// <returns>A new tensor for each float32 output, by name.</returns>
    /// <exception cref="ArgumentException">An input is missing, or there is one that the model does not have.</exception>
    /// <exception cref="ShapeMismatchException">A tensor's shape is not one that its input takes.</exception>
    /// <exception cref="InterchangeException">ONNX Runtime cannot compute it; the message says at which node.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Tensor[] ordered = Order(inputs);
        var values = new OrtValue[ordered.Length];
        try
        {
            for (int i = 0; i < ordered.Length; i++)
            {
                values[i] = Wrap(ordered[i]);
            }

            using var options = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> results =
                Guarded(() => _session.Run(options, _session.InputNames, values, _floatOutputs));
            var outputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            for (int i = 0; i < _floatOutputs.Length; i++)
            {
                outputs.Add(_floatOutputs[i], Copy(results[i]));
            }

            return outputs;
        }
        finally
        {
            Dispose(values);
            GC.KeepAlive(ordered);
        }
    }

    /// <summary>Computes the first float32 output of a model with one input.</summary>
    /// <param name="input">For the model's only input.</param>
    /// <returns>A new tensor.</returns>
    /// <exception cref="ArgumentException">The model has several inputs.</exception>
    /// <exception cref="ShapeMismatchException">The tensor's shape is not one that the input takes.</exception>
    /// <exception cref="InterchangeException">ONNX Runtime cannot compute it.</exception>
    public Tensor Run(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Inputs.Count != 1)
        {
            throw new ArgumentException($"{_name} has {Inputs.Count} inputs, {NamesOf(Inputs)}: give each by its name.", nameof(input));
        }

        return Run(new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Inputs[0].Name] = input })[_floatOutputs[0]];
    }

    /// <summary>Frees the prepared model. No run may be in progress.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _session.Dispose();
        }
    }

    /// <summary>Computes outputs into tensors that the caller keeps; shapes are the caller's to know.</summary>
    /// <param name="inputs">One for each of <see cref="Inputs"/>, in order.</param>
    /// <param name="outputNames">Which outputs.</param>
    /// <param name="outputs">A tensor for each, of its shape.</param>
    internal void Run(ReadOnlySpan<Tensor> inputs, string[] outputNames, OrtValue[] outputs)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var values = new OrtValue[inputs.Length];
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                values[i] = Wrap(inputs[i]);
            }

            using var options = new RunOptions();
            Guarded(() =>
            {
                _session.Run(options, _session.InputNames, values, outputNames, outputs);
                return true;
            });
        }
        finally
        {
            Dispose(values);
        }
    }

    /// <summary>A tensor's memory as ONNX Runtime knows it; the tensor must stay reachable as long.</summary>
    internal static OrtValue Wrap(Tensor tensor) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        OrtElementType.Float,
        [.. tensor.Shape.Select(length => (long)length)],
        tensor.Address,
        tensor.Bytes.Length);

    private static OnnxRuntimeModel Load(string name, OnnxRuntimeOptions? options, Func<SessionOptions, InferenceSession> open)
    {
        OnnxRuntimeLibrary.EnsureLoaded();
        options ??= new OnnxRuntimeOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };

        // Threads without work would spin for a while: a tenth of a millisecond sooner for a small image, for twice the processor time.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        InferenceSession? session = null;
        try
        {
            session = open(settings);
            return new OnnxRuntimeModel(name, session);
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw new InterchangeException(
                $"{name}: expected an ONNX model that ONNX Runtime {OnnxRuntimeLibrary.Version} can run, got: {exception.Message.Trim()} " +
                "Check that the file is whole, and its opset and operators are known to this version.",
                exception);
        }
    }

    private static Tensor Copy(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        var tensor = new Tensor(new Shape([.. info.Shape.Select(length => checked((int)length))]));
        value.GetTensorDataAsSpan<float>().CopyTo(tensor.Span);
        return tensor;
    }

    private static void Dispose(OrtValue?[] values)
    {
        foreach (OrtValue? value in values)
        {
            value?.Dispose();
        }
    }

    private static string NamesOf(IEnumerable<OnnxRuntimeValue> values) => string.Join(", ", values.Select(value => $"'{value.Name}'"));

    private Tensor[] Order(IReadOnlyDictionary<string, Tensor> inputs)
    {
        string? unknown = inputs.Keys.FirstOrDefault(name => Inputs.All(input => input.Name != name));
        if (unknown is not null)
        {
            throw new ArgumentException($"{_name}: there is no input '{unknown}'; its inputs are {NamesOf(Inputs)}.", nameof(inputs));
        }

        return
        [
            .. Inputs.Select(input => inputs.TryGetValue(input.Name, out Tensor? tensor)
                ? Checked(input, tensor)
                : throw new ArgumentException($"{_name}: expected a tensor for its input '{input.Name}', {input}, got none.", nameof(inputs))),
        ];
    }

    private Tensor Checked(OnnxRuntimeValue input, Tensor tensor) =>
        input.IsFloatTensor && tensor.ElementType == ElementType.Float32 && input.Takes(tensor.Shape)
            ? tensor
            : throw new ShapeMismatchException(
                $"{_name}: expected {input} for its input '{input.Name}', got {tensor}. " +
                (input.IsFloatTensor ? "Bring the images to the model's size, or use a file with symbolic axes." : "Only models of float32 inputs can be run here."));

    private T Guarded<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InterchangeException($"{_name}: ONNX Runtime could not compute it: {exception.Message.Trim()}", exception);
        }
    }
}
