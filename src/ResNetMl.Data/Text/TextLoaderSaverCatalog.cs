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
    {
        var source = new MultiFileSource(path);
        return catalog.CreateTextLoader<TInput>(separatorChar, hasHeader, source, allowQuoting, trimWhitespace, allowSparse).Load(source);
    }

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
    /// <param name="options">How it is read; null for tabs, and for the columns that <see cref="TextLoader.Options.Columns"/> says.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Options? options = null)
    {
        var source = new MultiFileSource(path);
        return catalog.CreateTextLoader(options ?? new TextLoader.Options(), source).Load(source);
    }

    /// <summary>A loader of text files whose columns are the members of a class with <see cref="LoadColumnAttribute"/>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="separatorChar"><inheritdoc cref="TextLoader.Options.Separators"/></param>
    /// <param name="hasHeader"><inheritdoc cref="TextLoader.Options.HasHeader"/></param>
    /// <param name="allowQuoting"><inheritdoc cref="TextLoader.Options.AllowQuoting"/></param>
    /// <param name="trimWhitespace"><inheritdoc cref="TextLoader.Options.TrimWhitespace"/></param>
    /// <param name="allowSparse"><inheritdoc cref="TextLoader.Options.AllowSparse"/></param>
    /// <param name="dataSample">A file like those to be loaded, whose header names fields; null where no name is needed.</param>
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
    /// <param name="options">How they are read, and the columns.</param>
    /// <param name="dataSample">A file like those to be loaded, where a column goes to the end of the line; null where none does.</param>
    public static TextLoader CreateTextLoader(
        this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource? dataSample = null)
        => new(EnvironmentOf(catalog), options, dataSample);

    /// <summary>Writes a view as text, one row a line.</summary>
    /// <remarks>
    /// Texts that hold separators, quotes, colons, spaces at an end or line ends are quoted; keys are counted from 0, as text files have them, and a missing one is
    /// empty; NaN is ?. Numbers are read back to the same bits. Vectors are written out in full, ML.NET's shorter form for many zeros is read only.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The view; read once.</param>
    /// <param name="stream">Written to from where it stands, in UTF-8; left open.</param>
    /// <param name="separatorChar">What parts fields; no quote, line end or letter of a number.</param>
    /// <param name="headerRow">Whether a line names the fields.</param>
    /// <param name="schema">Whether a comment says the columns, so that <c>LoadFromTextFile(path)</c> needs no more.</param>
    /// <param name="keepHidden">Whether hidden columns are written too.</param>
    /// <param name="forceDense">Without effect: vectors are always written out in full.</param>
    /// <exception cref="NotSupportedException">A column is of a type that text cannot hold, or vectors that differ in length are not in the last one.</exception>
    public static void SaveAsText(
        this DataOperationsCatalog catalog, IDataView data, Stream stream, char separatorChar = '\t', bool headerRow = true, bool schema = true,
        bool keepHidden = false, bool forceDense = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stream);
        TextSaver.Save(BlockView.Of(data), stream, separatorChar, headerRow, schema, keepHidden);
    }

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
