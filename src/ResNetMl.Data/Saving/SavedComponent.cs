using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>A transformer that can be saved. A loader registered with <see cref="TransformerLoaderAttribute"/> makes it again.</summary>
public interface ISavableTransformer : ITransformer
{
    /// <summary>What to write.</summary>
    SavedComponent Save();
}

/// <summary>What a transformer writes into a model.</summary>
/// <param name="Loader">The name its loader is registered under.</param>
/// <param name="LoaderVersion">Version of the layout of its parts, from 1; raise it when older loaders would misread.</param>
/// <param name="Parts">Its parts, with names relative to a folder of its own; none named <c>schema.json</c>.</param>
public sealed record SavedComponent(string Loader, int LoaderVersion, IReadOnlyList<ModelPart> Parts);

/// <summary>Makes a transformer from what it saved. Has a public or internal constructor without parameters and keeps nothing.</summary>
public interface ITransformerLoader
{
    /// <summary>Reads a transformer's parts.</summary>
    /// <param name="reader">The parts it saved.</param>
    /// <exception cref="ModelFormatException">A part is absent, damaged or not understood.</exception>
    ITransformer Load(ComponentReader reader);
}

/// <summary>Registers a loader of this product's assemblies under the name that models call it by.</summary>
/// <param name="name">The name in models.</param>
/// <param name="newestVersion">The newest layout of parts it reads.</param>
/// <param name="loaderType">An <see cref="ITransformerLoader"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class TransformerLoaderAttribute(string name, int newestVersion, Type loaderType) : Attribute
{
    /// <summary>The name in models.</summary>
    public string Name { get; } = name;

    /// <summary>The newest layout of parts it reads.</summary>
    public int NewestVersion { get; } = newestVersion;

    /// <summary>An <see cref="ITransformerLoader"/>.</summary>
    public Type LoaderType { get; } = loaderType;
}
