namespace ResNetMl.Data;

/// <summary>Tells rows of one view apart, the same on every pass and in every order: 128 bits.</summary>
/// <param name="Low">The lower 64 bits; a source numbers its rows from 0 here.</param>
/// <param name="High">The upper 64 bits; 0 in our sources.</param>
public readonly record struct DataViewRowId(ulong Low, ulong High)
{
    /// <summary>Written as 32 hexadecimal digits, the upper half first.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";
}
