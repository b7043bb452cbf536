namespace ResNetMl.Data;

/// <summary>How well numbers were predicted. Here so that programs which print metrics of any task compile; nothing in this product makes one.</summary>
public sealed class RegressionMetrics
{
    private RegressionMetrics()
    {
    }

    /// <summary>Mean of |predicted − true|, in the label's unit; 0 or more, lower is better.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>Mean of (predicted − true)², in the label's unit squared; 0 or more, lower is better.</summary>
    public double MeanSquaredError { get; }

    /// <summary>Square root of <see cref="MeanSquaredError"/>, in the label's unit; 0 or more, lower is better.</summary>
    public double RootMeanSquaredError { get; }

    /// <summary>Mean of the loss that the model was trained to lower; lower is better.</summary>
    public double LossFunction { get; }

    /// <summary>1 − mean squared error / variance of the labels; at most 1, higher is better, 0 is no better than their mean.</summary>
    public double RSquared { get; }
}
