namespace ResNetMl.Data;

/// <summary>What the fields of a text file are read as.</summary>
public enum DataKind : byte
{
    /// <summary>8 bits, signed.</summary>
    SByte = 1,

    /// <summary>8 bits, unsigned.</summary>
    Byte = 2,

    /// <summary>16 bits, signed.</summary>
    Int16 = 3,

    /// <summary>16 bits, unsigned.</summary>
    UInt16 = 4,

    /// <summary>32 bits, signed.</summary>
    Int32 = 5,

    /// <summary>32 bits, unsigned.</summary>
    UInt32 = 6,

    /// <summary>64 bits, signed.</summary>
    Int64 = 7,

    /// <summary>64 bits, unsigned.</summary>
    UInt64 = 8,

    /// <summary>IEEE 754 single precision.</summary>
    Single = 9,

    /// <summary>IEEE 754 double precision.</summary>
    Double = 10,

    /// <summary>Text.</summary>
    String = 11,

    /// <summary>True or false.</summary>
    Boolean = 12,

    /// <summary>A length of time.</summary>
    TimeSpan = 13,

    /// <summary>A day and a time.</summary>
    DateTime = 14,

    /// <summary>A day and a time, and how far that is from UTC.</summary>
    DateTimeOffset = 15,
}

/// <summary>Makes a column of a text file a key: the file has 0 to count − 1, the column 1 to count, and 0 for what is missing or beyond.</summary>
public sealed class KeyCount
{
    /// <summary>A key with as many values as its type can number.</summary>
    public KeyCount()
    {
    }

    /// <summary>A key with a known number of values.</summary>
    /// <param name="count">How many values there are, from 1.</param>
    public KeyCount(ulong count)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        Count = count;
    }

    /// <summary>How many values there are; null for as many as the type can number.</summary>
    public ulong? Count { get; }
}
