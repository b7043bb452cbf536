namespace ResNetMl.Engine;

/// <summary>In what numbers the convolutions and linear layers compute. Statistics, losses and master weights are always fp32.</summary>
public enum Precision
{
    /// <summary>The fastest that this CPU and backend have.</summary>
    Auto = 0,

    /// <summary>IEEE single precision.</summary>
    Float32 = 1,

    /// <summary>bfloat16 inputs with fp32 sums.</summary>
    BFloat16 = 2,
}
