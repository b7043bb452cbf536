namespace ResNetMl.Data;

/// <summary>A classifier that scores one column; what <see cref="MulticlassPredictionTransformer{TModel}"/> makes columns of.</summary>
/// <remarks>Threads share it; what a pass needs for itself is in its <see cref="MulticlassScorer"/>. May be disposable: the transformer disposes it.</remarks>
public interface IMulticlassModel
{
    /// <summary>How many classes it tells apart, ≥ 2: the length of every row's scores.</summary>
    int NumberOfClasses { get; }

    /// <summary>Refuses a column that it cannot score.</summary>
    /// <param name="features">The column.</param>
    /// <exception cref="ArgumentException">Its type is another; the message names column, expected and got.</exception>
    void CheckFeatures(DataViewSchema.Column features);

    /// <summary>Begins a pass.</summary>
    MulticlassScorer OpenScorer();

    /// <summary>What to write, and under which loader's name; its parts must not be named <c>columns.json</c>.</summary>
    /// <remarks>The loader reads the model and then calls <see cref="MulticlassPredictionTransformer{TModel}.Load"/>.</remarks>
    SavedComponent Save();
}

/// <summary>One pass of a classifier over rows. One thread at a time.</summary>
public abstract class MulticlassScorer : IDisposable
{
    /// <summary>Scores the rows of a block.</summary>
    /// <param name="block">Rows with the features.</param>
    /// <param name="featureColumn">Position of the features in the block; of a type that <see cref="IMulticlassModel.CheckFeatures"/> let through.</param>
    /// <param name="unscorable">
    /// To be called with the row number in the block, and the reason, for each row that cannot be scored, in increasing order; its scores are then not read.
    /// May throw, and the exception is the caller's.
    /// </param>
    /// <returns>For each row a dense vector of probabilities, one a class; the arrays are the caller's from then on.</returns>
    public abstract VBuffer<float>[] Score(Block block, int featureColumn, Action<int, string> unscorable);

    /// <summary>Ends the pass.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the pass.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
