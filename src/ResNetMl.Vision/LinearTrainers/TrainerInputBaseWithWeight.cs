namespace ResNetMl.Trainers;

/// <summary>What the options of trainers have in common that let some rows count more than others.</summary>
public abstract class TrainerInputBaseWithWeight : TrainerInputBaseWithLabel
{
    /// <summary>Column of the rows' weights, a Single ≥ 0; null where all count 1.</summary>
    public string? ExampleWeightColumnName;
}
