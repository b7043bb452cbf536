namespace ResNetMl.Vision;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>What early stopping watches.</summary>
    public enum EarlyStoppingMetric
    {
        /// <summary>The share of right answers, which should rise.</summary>
        Accuracy,

        /// <summary>The cross-entropy, which should fall.</summary>
        Loss,
    }

    /// <summary>Ends the training when a metric has not improved for some epochs; watched are the validation rows, without such the training rows.</summary>
    /// <remarks>A fit watches with a copy of its own: what it saw does not reach the next fit, such as the next fold of a cross-validation.</remarks>
    public sealed class EarlyStopping
    {
        private readonly EarlyStoppingMetric _metric;
        private float _best;
        private int _epochsWithoutChange;

        /// <summary>Makes a rule.</summary>
        /// <param name="minDelta">Least change that counts as an improvement; its sign does not matter.</param>
        /// <param name="patience">Epochs without improvement after which to stop.</param>
        /// <param name="metric">What is watched.</param>
        /// <param name="checkIncreasing">Follows from <paramref name="metric"/>; kept for programs that give it.</param>
        public EarlyStopping(
            float minDelta = 0.01f, int patience = 20, EarlyStoppingMetric metric = EarlyStoppingMetric.Accuracy, bool checkIncreasing = true)
        {
            _metric = metric;
            MinDelta = Math.Abs(minDelta);
            Patience = patience;
            CheckIncreasing = metric == EarlyStoppingMetric.Accuracy;
            _best = CheckIncreasing ? 0 : float.MaxValue;
        }

        /// <summary>Least change that counts as an improvement, ≥ 0.</summary>
        public float MinDelta { get; set; }

        /// <summary>Epochs without improvement after which to stop.</summary>
        public int Patience { get; set; }

        /// <summary>Whether an improvement is a rise: true for the accuracy, false for the loss.</summary>
        public bool CheckIncreasing { get; }

        /// <summary>Looks at an epoch.</summary>
        /// <param name="currentMetrics">What was measured after it.</param>
        /// <returns>Whether to stop.</returns>
        public bool ShouldStop(TrainMetrics currentMetrics)
        {
            ArgumentNullException.ThrowIfNull(currentMetrics);
            float value = _metric == EarlyStoppingMetric.Accuracy ? currentMetrics.Accuracy : currentMetrics.CrossEntropy;
            float change = CheckIncreasing ? value - _best : _best - value;

            // Not "change < MinDelta": a NaN is no improvement either.
            if (change >= MinDelta && change > 0)
            {
                _best = value;
                _epochsWithoutChange = 0;
                return false;
            }

            _epochsWithoutChange++;
            return _epochsWithoutChange >= Patience;
        }

        /// <summary>The same rule that has seen nothing.</summary>
        internal EarlyStopping Fresh() => new(MinDelta, Patience, _metric);
    }
}
