using System.Reflection;
using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Finds loaders by name among those that this product's assemblies register, and nowhere else.</summary>
internal static class TransformerLoaders
{
    /// <summary>Where loaders are looked for. A file can name a loader, never an assembly or a type.</summary>
    private static readonly string[] AssemblyNames = ["ResNetMl.Data", "ResNetMl.Vision", "ResNetMl.OnnxTransformer"];

    private static readonly Lazy<Dictionary<string, TransformerLoaderAttribute>> Registered = new(FindRegistered);

    public static ITransformer Load(
        IHostEnvironment environment, ModelArchive archive, string folder, string name, int version, int depth)
    {
        TransformerLoaderAttribute? loader = Registered.Value.GetValueOrDefault(name) ?? (environment as MLContext)?.ComponentCatalog.FindLoader(name);
        if (loader is null)
        {
            throw new ModelFormatException(
                ModelFormatError.NotAModel,
                $"'{archive.Name}' holds a '{name}', which no installed package loads as a transformer " +
                $"(looked in {string.Join(", ", AssemblyNames)}). Install the package it was made with.");
        }

        if (version > loader.NewestVersion)
        {
            throw new ModelFormatException(
                ModelFormatError.TooNew,
                $"'{archive.Name}' is too new: its '{name}' is version {version}, this product reads up to {loader.NewestVersion}. " +
                $"It was written by ResNetMl {archive.Manifest.ProductVersion}; use that version or a later one.");
        }

        if (version < 1)
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged, $"'{archive.Name}' is damaged: its '{name}' says version {version}. Save the model again.");
        }

        const BindingFlags anyConstructor = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var instance = (ITransformerLoader)Activator.CreateInstance(
            loader.LoaderType, anyConstructor | BindingFlags.DoNotWrapExceptions, null, null, null)!;
        return instance.Load(new ComponentReader(environment, archive, folder, version, depth));
    }

    private static Dictionary<string, TransformerLoaderAttribute> FindRegistered()
    {
        var loaders = new Dictionary<string, TransformerLoaderAttribute>(StringComparer.Ordinal);
        foreach (string assemblyName in AssemblyNames)
        {
            foreach (TransformerLoaderAttribute loader in LoadersOf(assemblyName))
            {
                loaders.Add(loader.Name, loader);
            }
        }

        return loaders;
    }

    private static IEnumerable<TransformerLoaderAttribute> LoadersOf(string assemblyName)
    {
        try
        {
            return Assembly.Load(new AssemblyName(assemblyName)).GetCustomAttributes<TransformerLoaderAttribute>();
        }
        catch (FileNotFoundException)
        {
            // An application carries the packages it uses; a model that needs another one says so when it is loaded.
            return [];
        }
    }
}
