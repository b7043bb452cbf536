using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Reads text files, such as lists of images and labels.</summary>
public static class TextLoaderSaverCatalog
{
    /// <summary>A view of a text file whose columns are the members of a class with <see cref="LoadColumnAttribute"/>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file; its name may hold * and ? and then stands for all that match.</param>
    /// <param name="separatorChar"><inheritdoc cref="TextLoader.Options.Separators"/></param>
    /// <param name="hasHeader"><inheritdoc cref="TextLoader.Options.HasHeader"/></param>
    /// <param name="allowQuoting"><inheritdoc cref="TextLoader.Options.AllowQuoting"/></param>
    /// <param name="trimWhitespace"><inheritdoc cref="TextLoader.Options.TrimWhitespace"/></param>
    /// <param name="allowSparse"><inheritdoc cref="TextLoader.Options.AllowSparse"/></param>
    /// <typeparam name="TInput">The row class.</typeparam>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IDataView LoadFromTextFile<TInput>(
        this DataOperationsCatalog catalog, string path, char separatorChar = '\t', bool hasHeader = false, bool allowQuoting = false,
        bool trimWhitespace = false, bool allowSparse = false)
        => catalog.CreateTextLoader<TInput>(separatorChar, hasHeader, null, allowQuoting, trimWhitespace, allowSparse).Load(path);

    /// <summary>A view of a text file whose columns are described one by one.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file; its name may hold * and ? and then stands for all that match.</param>
    /// <param name="separatorChar"><inheritdoc cref="TextLoader.Options.Separators"/></param>
    /// <param name="hasHeader"><inheritdoc cref="TextLoader.Options.HasHeader"/></param>
    /// <param name="allowQuoting"><inheritdoc cref="TextLoader.Options.AllowQuoting"/></param>
    /// <param name="trimWhitespace"><inheritdoc cref="TextLoader.Options.TrimWhitespace"/></param>
    /// <param name="allowSparse"><inheritdoc cref="TextLoader.Options.AllowSparse"/></param>
    /// <param name="columns">The columns.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IDataView LoadFromTextFile(
        this DataOperationsCatalog catalog, string path, TextLoader.Column[] columns, char separatorChar = '\t', bool hasHeader = false,
        bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
    {
        var source = new MultiFileSource(path);
        return catalog.CreateTextLoader(columns, separatorChar, hasHeader, source, allowQuoting, trimWhitespace, allowSparse).Load(source);
    }

    /// <summary>A view of a text file, read as options say.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file; its name may hold * and ? and then stands for all that match.</param>
    /// <param name="options">How it is read; they name the columns.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Options options)
    {
        var source = new MultiFileSource(path);
        return catalog.CreateTextLoader(options, source).Load(source);
    }

    /// <summary>A loader of text files whose columns are the members of a class with <see cref="LoadColumnAttribute"/>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="separatorChar"><inheritdoc cref="TextLoader.Options.Separators"/></param>
    /// <param name="hasHeader"><inheritdoc cref="TextLoader.Options.HasHeader"/></param>
    /// <param name="allowQuoting"><inheritdoc cref="TextLoader.Options.AllowQuoting"/></param>
    /// <param name="trimWhitespace"><inheritdoc cref="TextLoader.Options.TrimWhitespace"/></param>
    /// <param name="allowSparse"><inheritdoc cref="TextLoader.Options.AllowSparse"/></param>
    /// <param name="dataSample">A file like those to be loaded; not needed here.</param>
    /// <typeparam name="TInput">The row class.</typeparam>
    public static TextLoader CreateTextLoader<TInput>(
        this DataOperationsCatalog catalog, char separatorChar = '\t', bool hasHeader = false, IMultiStreamSource? dataSample = null,
        bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
        => new(
            EnvironmentOf(catalog), OptionsOf(null, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse), dataSample, typeof(TInput));

    /// <summary>A loader of text files whose columns are described one by one.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="separatorChar"><inheritdoc cref="TextLoader.Options.Separators"/></param>
    /// <param name="hasHeader"><inheritdoc cref="TextLoader.Options.HasHeader"/></param>
    /// <param name="allowQuoting"><inheritdoc cref="TextLoader.Options.AllowQuoting"/></param>
    /// <param name="trimWhitespace"><inheritdoc cref="TextLoader.Options.TrimWhitespace"/></param>
    /// <param name="allowSparse"><inheritdoc cref="TextLoader.Options.AllowSparse"/></param>
    /// <param name="columns">The columns.</param>
    /// <param name="dataSample">A file like those to be loaded, where a column goes to the end of the line; null where none does.</param>
    public static TextLoader CreateTextLoader(
        this DataOperationsCatalog catalog, TextLoader.Column[] columns, char separatorChar = '\t', bool hasHeader = false,
        IMultiStreamSource? dataSample = null, bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
        => new(EnvironmentOf(catalog), OptionsOf(columns, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse), dataSample);

    /// <summary>A loader of text files, read as options say.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">How they are read; they name the columns.</param>
    /// <param name="dataSample">A file like those to be loaded, where a column goes to the end of the line; null where none does.</param>
    public static TextLoader CreateTextLoader(
        this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource? dataSample = null)
        => new(EnvironmentOf(catalog), options, dataSample);

    private static IHostEnvironment EnvironmentOf(DataOperationsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ((ICatalog)catalog).Environment;
    }

    private static TextLoader.Options OptionsOf(
        TextLoader.Column[]? columns, char separatorChar, bool hasHeader, bool allowQuoting, bool trimWhitespace, bool allowSparse) => new()
        {
            Columns = columns, Separators = [separatorChar], HasHeader = hasHeader, AllowQuoting = allowQuoting, TrimWhitespace = trimWhitespace,
            AllowSparse = allowSparse,
        };
}
