namespace ResNetMl.Engine;

/// <summary>What a loss says about one batch.</summary>
/// <param name="Loss">Mean over the batch, in nats, ≥ 0; not finite where the logits are not.</param>
/// <param name="Correct">Rows whose highest logit is at the target's highest probability; a tie goes to the lower class index.</param>
/// <param name="Count">Rows in the batch.</param>
public readonly record struct LossResult(double Loss, int Correct, int Count);
