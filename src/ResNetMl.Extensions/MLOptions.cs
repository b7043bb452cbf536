namespace ResNetMl.Extensions;

/// <summary>What all prediction engine pools of an application share.</summary>
public sealed class MLOptions
{
    /// <summary>The context that models are loaded in; one of its own unless set.</summary>
    /// <remarks>
    /// Executor, threads and batching are said to it (<see cref="ScoringOptionsExtensions.SetScoringOptions"/>). Its messages go to the
    /// application's loggers, under <c>ResNetMl.</c> and the source's name.
    /// </remarks>
    public MLContext MLContext { get; set; } = new();
}
