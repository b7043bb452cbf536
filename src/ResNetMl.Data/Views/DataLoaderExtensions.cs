namespace ResNetMl.Data;

/// <summary>Loads files by their paths.</summary>
public static class DataLoaderExtensions
{
    /// <summary>A view of files, read one after the other.</summary>
    /// <param name="loader">The loader.</param>
    /// <param name="path"><inheritdoc cref="MultiFileSource(string[])" path="/param[@name='paths']"/></param>
    /// <exception cref="FileNotFoundException">A file does not exist, or a pattern matches none.</exception>
    public static IDataView Load(this IDataLoader<IMultiStreamSource> loader, params string[] path)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Load(new MultiFileSource(path));
    }
}
