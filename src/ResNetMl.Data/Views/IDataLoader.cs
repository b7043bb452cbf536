using ResNetMl.Data;

namespace ResNetMl;

/// <summary>Makes views of files or other sources that are alike: the columns are known before there is a source.</summary>
/// <typeparam name="TSource">What is loaded.</typeparam>
public interface IDataLoader<in TSource>
{
    /// <summary>The columns of every view the loader makes.</summary>
    DataViewSchema GetOutputSchema();

    /// <summary>A view of a source; reading the view reads the source.</summary>
    /// <param name="input">The source.</param>
    IDataView Load(TSource input);
}

/// <summary>Several files or streams, read one after the other.</summary>
public interface IMultiStreamSource
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>The path of one, or null where it is no file.</summary>
    /// <param name="index">From 0 up to below <see cref="Count"/>.</param>
    string? GetPathOrNull(int index);

    /// <summary>Opens one from its start; the caller disposes it.</summary>
    /// <param name="index">From 0 up to below <see cref="Count"/>.</param>
    Stream Open(int index);

    /// <summary>Opens one as text (UTF-8, unless it begins with another byte order mark); the caller disposes it.</summary>
    /// <param name="index">From 0 up to below <see cref="Count"/>.</param>
    TextReader OpenTextReader(int index);
}
