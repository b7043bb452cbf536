using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Makes estimators that add columns; other packages add to it by extension methods.</summary>
public sealed class TransformsCatalog : ICatalog
{
    private readonly IHostEnvironment _environment;

    internal TransformsCatalog(IHostEnvironment environment)
    {
        _environment = environment;
        Conversion = new ConversionTransforms(environment);
    }

    /// <summary>Estimators that turn values into keys and back.</summary>
    public ConversionTransforms Conversion { get; }

    IHostEnvironment ICatalog.Environment => _environment;

    /// <summary>Estimators that turn values into keys and back.</summary>
    public sealed class ConversionTransforms : ICatalog
    {
        private readonly IHostEnvironment _environment;

        internal ConversionTransforms(IHostEnvironment environment) => _environment = environment;

        IHostEnvironment ICatalog.Environment => _environment;
    }
}
