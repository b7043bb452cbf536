namespace ResNetMl.Engine.Managed;

/// <summary>
/// A number as a type: a kernel that is generic in it is compiled once for each number, without the instructions of larger ones.
/// </summary>
internal interface ICount
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

internal readonly struct Count1 : ICount
{
    public static int Value => 1;
}

internal readonly struct Count2 : ICount
{
    public static int Value => 2;
}

internal readonly struct Count3 : ICount
{
    public static int Value => 3;
}

internal readonly struct Count4 : ICount
{
    public static int Value => 4;
}

internal readonly struct Count5 : ICount
{
    public static int Value => 5;
}

internal readonly struct Count6 : ICount
{
    public static int Value => 6;
}

internal readonly struct Count7 : ICount
{
    public static int Value => 7;
}

internal readonly struct Count8 : ICount
{
    public static int Value => 8;
}

internal readonly struct Count9 : ICount
{
    public static int Value => 9;
}

internal readonly struct Count10 : ICount
{
    public static int Value => 10;
}

internal readonly struct Count11 : ICount
{
    public static int Value => 11;
}

internal readonly struct Count12 : ICount
{
    public static int Value => 12;
}

internal readonly struct Count13 : ICount
{
    public static int Value => 13;
}

internal readonly struct Count14 : ICount
{
    public static int Value => 14;
}

internal readonly struct Count15 : ICount
{
    public static int Value => 15;
}

internal readonly struct Count16 : ICount
{
    public static int Value => 16;
}

internal readonly struct Count17 : ICount
{
    public static int Value => 17;
}

internal readonly struct Count18 : ICount
{
    public static int Value => 18;
}

internal readonly struct Count19 : ICount
{
    public static int Value => 19;
}

internal readonly struct Count20 : ICount
{
    public static int Value => 20;
}

internal readonly struct Count21 : ICount
{
    public static int Value => 21;
}

internal readonly struct Count22 : ICount
{
    public static int Value => 22;
}

internal readonly struct Count23 : ICount
{
    public static int Value => 23;
}

internal readonly struct Count24 : ICount
{
    public static int Value => 24;
}

internal readonly struct Count25 : ICount
{
    public static int Value => 25;
}

internal readonly struct Count26 : ICount
{
    public static int Value => 26;
}

internal readonly struct Count27 : ICount
{
    public static int Value => 27;
}

internal readonly struct Count28 : ICount
{
    public static int Value => 28;
}
