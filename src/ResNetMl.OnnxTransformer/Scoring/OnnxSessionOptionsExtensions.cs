using ResNetMl.Runtime;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Keeps the session options of a context.</summary>
public static class OnnxSessionOptionsExtensions
{
    private const string OptionName = "OnnxSessionOptions";

    /// <summary>The options that were set, or null. Changes to the object count for models opened later.</summary>
    /// <param name="env">A context.</param>
    /// <exception cref="ArgumentException">It is no <see cref="MLContext"/>.</exception>
    public static OnnxSessionOptions? GetOnnxSessionOption(this IHostEnvironment env) => Context(env).GetOptionOrDefault<OnnxSessionOptions>(OptionName);

    /// <summary>Sets the options for models that are opened or loaded in a context from now on; of a loaded model they replace those it was saved with.</summary>
    /// <param name="env">A context.</param>
    /// <param name="onnxSessionOptions">Copied when a model is opened.</param>
    /// <exception cref="ArgumentException">It is no <see cref="MLContext"/>.</exception>
    public static void SetOnnxSessionOption(this IHostEnvironment env, OnnxSessionOptions onnxSessionOptions)
    {
        ArgumentNullException.ThrowIfNull(onnxSessionOptions);
        Context(env).SetOption(OptionName, onnxSessionOptions);
    }

    internal static OnnxSessionOptions? Find(IHostEnvironment environment) => (environment as MLContext)?.GetOptionOrDefault<OnnxSessionOptions>(OptionName);

    private static MLContext Context(IHostEnvironment env)
    {
        ArgumentNullException.ThrowIfNull(env);
        return env as MLContext ?? throw new ArgumentException($"Expected an {nameof(MLContext)}, which keeps options, got a {env.GetType().Name}.", nameof(env));
    }
}
