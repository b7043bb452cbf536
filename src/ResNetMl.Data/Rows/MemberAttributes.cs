namespace ResNetMl.Data;

/// <summary>The column that a member of a row class is read from and written to, where that is not the member's own name.</summary>
/// <param name="name">The column's name; null for the member's own.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ColumnNameAttribute(string? name = null) : Attribute
{
    /// <summary>The column's name; null for the member's own.</summary>
    public string? Name { get; } = name;
}

/// <summary>Leaves a public member of a row class out of the columns.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class NoColumnAttribute : Attribute;

/// <summary>The lengths of an array member that has the same number of elements in every row.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class VectorTypeAttribute : Attribute
{
    /// <summary>Rows differ in length, as without the attribute.</summary>
    public VectorTypeAttribute() => Dimensions = [0];

    /// <summary>One axis.</summary>
    /// <param name="size">How many elements every row has.</param>
    public VectorTypeAttribute(int size) => Dimensions = [size];

    /// <summary>Several axes, row-major.</summary>
    /// <param name="dimensions">Length of each axis, outermost first.</param>
    public VectorTypeAttribute(params int[] dimensions) => Dimensions = dimensions;

    /// <summary>Length of each axis, outermost first; a single 0 where rows differ.</summary>
    public IReadOnlyList<int> Dimensions { get; }
}

/// <summary>Makes an unsigned integer member a key: 0 is missing, 1 up to the count are the values.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class KeyTypeAttribute : Attribute
{
    /// <summary>A key with as many values as its type can number.</summary>
    public KeyTypeAttribute()
    {
    }

    /// <summary>A key with a known number of values.</summary>
    /// <param name="count">How many values there are, from 1.</param>
    public KeyTypeAttribute(ulong count) => Count = count;

    /// <summary>How many values there are; null for as many as the type can number.</summary>
    public ulong? Count { get; }
}

/// <summary>Where a member stands in a line of a text file; members of other sources do not need it.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class LoadColumnAttribute : Attribute
{
    /// <summary>One place.</summary>
    /// <param name="fieldIndex">Counted from 0.</param>
    public LoadColumnAttribute(int fieldIndex) => FieldIndices = [fieldIndex];

    /// <summary>Adjacent places, for a vector.</summary>
    /// <param name="start">First place, counted from 0.</param>
    /// <param name="end">Last place.</param>
    public LoadColumnAttribute(int start, int end) => FieldIndices = [.. Enumerable.Range(start, Math.Max(0, end - start + 1))];

    /// <summary>Several places, for a vector.</summary>
    /// <param name="columnIndexes">Counted from 0.</param>
    public LoadColumnAttribute(int[] columnIndexes) => FieldIndices = columnIndexes;

    /// <summary>The places, counted from 0.</summary>
    public IReadOnlyList<int> FieldIndices { get; }
}

/// <summary>Where a member stands in a line of a text file, by what the file's header calls its fields.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class LoadColumnNameAttribute : Attribute
{
    /// <summary>Names fields.</summary>
    /// <param name="names">One field, or several for a vector; compared letter by letter, case too.</param>
    public LoadColumnNameAttribute(params string[] names) => Names = names;

    /// <summary>The fields' names.</summary>
    public IReadOnlyList<string> Names { get; }
}

/// <summary>Gives a member of a .NET type that this room does not know, such as an image, its data-view type.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class DataViewTypeAttribute : Attribute
{
    /// <summary>The type of the member's column; its raw type is the member's own type.</summary>
    public abstract DataViewType ColumnType { get; }
}
