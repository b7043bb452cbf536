namespace ResNetMl.Data;

/// <summary>How the bytes of an <see cref="MLImage"/> are ordered.</summary>
public enum MLPixelFormat
{
    /// <summary>No pixels.</summary>
    Unknown = 0,

    /// <summary>32 bits a pixel: blue, green, red, alpha, 8 bits each.</summary>
    Bgra32 = 1,

    /// <summary>32 bits a pixel: red, green, blue, alpha, 8 bits each.</summary>
    Rgba32 = 2,
}
