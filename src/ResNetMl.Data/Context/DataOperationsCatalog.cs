using System.Security.Cryptography;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Makes, splits and reorders views.</summary>
public sealed class DataOperationsCatalog : ICatalog
{
    private readonly IHostEnvironment _environment;

    internal DataOperationsCatalog(IHostEnvironment environment) => _environment = environment;

    IHostEnvironment ICatalog.Environment => _environment;

    /// <summary>Shows objects as rows: their public fields and properties are the columns.</summary>
    /// <remarks>The sequence is enumerated on every pass, and no further than rows are read.</remarks>
    /// <param name="data">The objects; none may be null.</param>
    /// <param name="schemaDefinition">Which members are columns; null for all, as their types and attributes say.</param>
    /// <typeparam name="TRow">The row class.</typeparam>
    /// <exception cref="ArgumentException">A member's type cannot be a column.</exception>
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition? schemaDefinition = null)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(data);
        return new EnumerableView<TRow>(data, RowColumns<TRow>.Of(schemaDefinition));
    }

    /// <summary>Shows objects as rows, with what a schema says more than the class does: vector lengths, key counts, annotations.</summary>
    /// <inheritdoc cref="LoadFromEnumerable{TRow}(IEnumerable{TRow}, SchemaDefinition)"/>
    /// <param name="schema">Columns by name; a column without a member is an error, a member without a column is as the class says.</param>
    /// <param name="data">The objects; none may be null.</param>
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(schema);
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (DataViewSchema.Column column in schema.Where(column => !column.IsHidden))
        {
            definition[column.Name].Adopt(column);
        }

        return LoadFromEnumerable(data, definition);
    }

    /// <summary>Shows rows as objects, read as they are enumerated.</summary>
    /// <param name="data">The view; read anew on every enumeration.</param>
    /// <param name="reuseRowObject">Whether every row is written into one object, which saves memory where a row is not kept.</param>
    /// <param name="ignoreMissingColumns">Whether members without a column stay as the constructor leaves them.</param>
    /// <param name="schemaDefinition">Which members to write; null for all that can be.</param>
    /// <typeparam name="TRow">The row class.</typeparam>
    /// <exception cref="ArgumentException">A member has no column, or one of another type.</exception>
    public IEnumerable<TRow> CreateEnumerable<TRow>(
        IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition? schemaDefinition = null)
        where TRow : class, new()
    {
        BlockView view = BlockView.Of(data);
        return Enumerate(view, RowWriter<TRow>.Bind(view.Schema, schemaDefinition, ignoreMissingColumns), reuseRowObject);
    }

    /// <summary>The rows in a random order, the same on every pass.</summary>
    /// <param name="input">The view.</param>
    /// <param name="seed">Chooses the order; null for the context's seed, and where that is null too, for chance.</param>
    /// <param name="shufflePoolSize">How many rows are held in memory to draw from, where the view cannot shuffle itself.</param>
    /// <param name="shuffleSource">Whether a view that can shuffle itself does; then any order is possible and no pool is needed.</param>
    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shufflePoolSize);
        return new ShuffledView(BlockView.Of(input), SeedOr(seed), shufflePoolSize, shuffleSource);
    }

    /// <summary>Deals the rows into a set to train on and one to test on.</summary>
    /// <remarks>
    /// Each row is dealt by a number that depends on the seed and on the row, so the sizes are near the fractions, not exact, and a row is in
    /// the same set on every pass.
    /// </remarks>
    /// <param name="data">The view.</param>
    /// <param name="testFraction">Share of the rows to test on, above 0 and below 1.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value in this column stay together; null deals each row alone.</param>
    /// <param name="seed">Chooses how rows are dealt; null for the context's seed, and where that is null too, for chance.</param>
    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string? samplingKeyColumnName = null, int? seed = null)
    {
        CheckFraction(testFraction);
        BlockView view = BlockView.Of(data);
        (int[] columns, Func<Block, int, double> fractionOf) = RowFraction.By(view, samplingKeyColumnName, SeedOr(seed));
        return Split(view, columns, fractionOf, testFraction);
    }

    /// <summary>Deals the rows into a set to train on and one to test on whose sizes are exact, for each class if wanted.</summary>
    /// <remarks>
    /// Of n rows, or of the n rows of each class, the nearest whole number to n·<paramref name="testFraction"/> is tested on; which, the seed says. A row
    /// is in the same set on every pass. The first pass over either set first reads the class of every row.
    /// </remarks>
    /// <param name="data">The view; it must give the same rows on every pass.</param>
    /// <param name="testFraction">Share of the rows to test on, above 0 and below 1.</param>
    /// <param name="stratificationColumnName">A text, number or key whose values are the classes; null for one share of all rows.</param>
    /// <param name="seed">Chooses how rows are dealt; null for the context's seed, and where that is null too, for chance.</param>
    public TrainTestData ExactTrainTestSplit(
        IDataView data, double testFraction = 0.1, string? stratificationColumnName = null, int? seed = null)
    {
        CheckFraction(testFraction);
        BlockView view = BlockView.Of(data);
        return Split(view, [], ExactFraction.Of(view, stratificationColumnName, SeedOr(seed)), testFraction);
    }

    /// <summary>Deals the rows into folds: each row is in the test set of one and the training set of the others.</summary>
    /// <param name="data">The view.</param>
    /// <param name="numberOfFolds">At least 2.</param>
    /// <param name="samplingKeyColumnName"><inheritdoc cref="TrainTestSplit" path="/param[@name='samplingKeyColumnName']"/></param>
    /// <param name="seed"><inheritdoc cref="TrainTestSplit" path="/param[@name='seed']"/></param>
    public IReadOnlyList<TrainTestData> CrossValidationSplit(
        IDataView data, int numberOfFolds = 5, string? samplingKeyColumnName = null, int? seed = null)
    {
        CheckFolds(numberOfFolds);
        BlockView view = BlockView.Of(data);
        (int[] columns, Func<Block, int, double> fractionOf) = RowFraction.By(view, samplingKeyColumnName, SeedOr(seed));
        return Folds(view, columns, fractionOf, numberOfFolds);
    }

    /// <summary>Deals the rows into folds of equal size, for each class if wanted: sizes differ by at most one row, a class's too.</summary>
    /// <inheritdoc cref="ExactTrainTestSplit"/>
    /// <param name="data">The view; it must give the same rows on every pass.</param>
    /// <param name="numberOfFolds">At least 2.</param>
    /// <param name="stratificationColumnName"><inheritdoc cref="ExactTrainTestSplit" path="/param[@name='stratificationColumnName']"/></param>
    /// <param name="seed"><inheritdoc cref="TrainTestSplit" path="/param[@name='seed']"/></param>
    public IReadOnlyList<TrainTestData> ExactCrossValidationSplit(
        IDataView data, int numberOfFolds = 5, string? stratificationColumnName = null, int? seed = null)
    {
        CheckFolds(numberOfFolds);
        BlockView view = BlockView.Of(data);
        return Folds(view, [], ExactFraction.Of(view, stratificationColumnName, SeedOr(seed)), numberOfFolds);
    }

    /// <summary>Keeps columns in memory from the first time they are read.</summary>
    /// <param name="input">The view.</param>
    /// <param name="columnsToPrefetch">Columns to read together on the first pass; others are kept too, when they are asked for.</param>
    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        ArgumentNullException.ThrowIfNull(columnsToPrefetch);
        BlockView view = BlockView.Of(input);
        return new CachedView(view, [.. columnsToPrefetch.Select(name => view.Schema[name].Index)]);
    }

    /// <summary>The first rows.</summary>
    /// <param name="input">The view.</param>
    /// <param name="count">How many, at least 1.</param>
    public IDataView TakeRows(IDataView input, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new TakenView(BlockView.Of(input), skipCount: 0, count);
    }

    /// <summary>The rows after the first ones.</summary>
    /// <param name="input">The view.</param>
    /// <param name="count">How many to leave out, at least 1.</param>
    public IDataView SkipRows(IDataView input, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new TakenView(BlockView.Of(input), count, long.MaxValue);
    }

    /// <summary>The rows whose number in a column is between two bounds.</summary>
    /// <remarks>NaN is between no bounds. ML.NET takes Single and Double here; any number column is taken.</remarks>
    /// <param name="input">The view.</param>
    /// <param name="columnName">A number, not a vector.</param>
    /// <param name="lowerBound">The smallest number let through.</param>
    /// <param name="upperBound">Above the largest number let through; infinity as a value is let through by no bound.</param>
    /// <exception cref="ArgumentException">There is no such column, or it holds no numbers; or the bounds are NaN or out of order.</exception>
    public IDataView FilterRowsByColumn(
        IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        BlockView view = BlockView.Of(input);
        DataViewSchema.Column column = RowTest.Require(view.Schema, columnName, nameof(columnName));
        if (column.Type is not NumberDataViewType)
        {
            throw new ArgumentException(
                $"Column '{columnName}' is {column.Type}; rows are let through by a number." +
                (column.Type is KeyDataViewType ? $" For keys there is {nameof(FilterRowsByKeyColumnFraction)}." : ""),
                nameof(columnName));
        }

        CheckBounds(lowerBound, upperBound);
        return new FilteredView(view, [column.Index], RowTest.NumberBetween(column, lowerBound, upperBound));
    }

    /// <summary>The rows whose key lies in a share of all keys; after hashing, a random share of what was hashed.</summary>
    /// <remarks>Key k of n, counted from 1, lies at (k − ½)/n. A missing key lies nowhere and is left out.</remarks>
    /// <param name="input">The view.</param>
    /// <param name="columnName">A key, not a vector.</param>
    /// <param name="lowerBound">Start of the share, in [0, 1]; belongs to it.</param>
    /// <param name="upperBound">End of the share, in [0, 1]; does not belong to it.</param>
    /// <exception cref="ArgumentException">There is no such column, or it holds no keys; or the bounds are NaN or out of order.</exception>
    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        BlockView view = BlockView.Of(input);
        DataViewSchema.Column column = RowTest.Require(view.Schema, columnName, nameof(columnName));
        if (column.Type is not KeyDataViewType key)
        {
            throw new ArgumentException(
                $"Column '{columnName}' is {column.Type}; a share of the rows is taken by a key." +
                (column.Type is NumberDataViewType ? $" For numbers there is {nameof(FilterRowsByColumn)}." : ""),
                nameof(columnName));
        }

        CheckBounds(lowerBound, upperBound);
        return new FilteredView(view, [column.Index], RowTest.KeyFractionBetween(column, key.Count, lowerBound, upperBound));
    }

    /// <summary>The rows in which none of some columns' values is missing: no NaN, no key 0, in a vector no such element.</summary>
    /// <param name="input">The view.</param>
    /// <param name="columns">At least one column of Single, Double, keys, or vectors of these.</param>
    /// <exception cref="ArgumentException">No column is named, or one is absent or of a type whose values are never missing.</exception>
    public IDataView FilterRowsByMissingValues(IDataView input, params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        BlockView view = BlockView.Of(input);
        if (columns.Length == 0)
        {
            throw new ArgumentException($"Name the columns to look for missing values in; there {view.Schema.Describe()}.", nameof(columns));
        }

        DataViewSchema.Column[] tested = [.. columns.Select(name => RowTest.Require(view.Schema, name, nameof(columns)))];
        Func<Block, int, bool>[] isMissing = [.. tested.Select(column => RowTest.IsMissing(column) ?? throw new ArgumentException(
            $"Column '{column.Name}' is {column.Type}, whose values are never missing. Missing can be Single, Double, keys, and elements of vectors of these.",
            nameof(columns)))];
        return new FilteredView(
            view, [.. tested.Select(column => column.Index)], (block, row) => !Array.Exists(isMissing, test => test(block, row)));
    }

    /// <summary>About as many rows as there are, drawn with replacement: some come several times, about 37 % (1/e) not at all.</summary>
    /// <remarks>
    /// How often a row comes is Poisson-distributed with mean 1 and depends on the seed and the row alone: the sample streams, is the same on
    /// every pass, and with its complement under the same seed holds every row. Copies follow one another; a split deals them to one side.
    /// </remarks>
    /// <param name="input">The view.</param>
    /// <param name="seed">Chooses the sample; null for the context's seed, and where that is null too, for chance.</param>
    /// <param name="complement">Whether to give the rows that are not in the sample of that seed (out of bag), once each.</param>
    public IDataView BootstrapSample(IDataView input, int? seed = null, bool complement = false)
    {
        BlockView view = BlockView.Of(input);
        return new BootstrapView(view, RowFraction.By(view, samplingKeyColumnName: null, SeedOr(seed)).FractionOf, complement);
    }

    private static TrainTestData Split(BlockView view, int[] columns, Func<Block, int, double> fractionOf, double testFraction) => new(
        new FilteredView(view, columns, (block, row) => fractionOf(block, row) >= testFraction, byChance: true),
        new FilteredView(view, columns, (block, row) => fractionOf(block, row) < testFraction, byChance: true));

    private static TrainTestData[] Folds(BlockView view, int[] columns, Func<Block, int, double> fractionOf, int numberOfFolds)
    {
        int FoldOf(Block block, int row) => (int)(fractionOf(block, row) * numberOfFolds);
        return [.. Enumerable.Range(0, numberOfFolds).Select(fold => new TrainTestData(
            new FilteredView(view, columns, (block, row) => FoldOf(block, row) != fold, byChance: true),
            new FilteredView(view, columns, (block, row) => FoldOf(block, row) == fold, byChance: true)))];
    }

    private static void CheckFraction(double testFraction)
    {
        if (!(testFraction > 0 && testFraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction, "The share to test on must be above 0 and below 1.");
        }
    }

    private static void CheckFolds(int numberOfFolds)
    {
        if (numberOfFolds < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(numberOfFolds), numberOfFolds, "Cross-validation needs at least 2 folds.");
        }
    }

    private static void CheckBounds(double lowerBound, double upperBound)
    {
        if (!(lowerBound <= upperBound))
        {
            throw new ArgumentException($"The lower bound ({lowerBound}) must not be above the upper ({upperBound}), and neither may be NaN.", nameof(lowerBound));
        }
    }

    private static IEnumerable<TRow> Enumerate<TRow>(BlockView view, RowWriter<TRow> writer, bool reuseRowObject)
        where TRow : class, new()
    {
        using BlockReader reader = view.OpenReader(writer.Columns);
        TRow? reused = reuseRowObject ? new TRow() : null;

        // The first row comes without waiting for others, as with a cursor.
        for (int rows = 1; reader.Read(rows) is { } block; rows = Math.Min(rows * 2, BlockView.DefaultBlockRows))
        {
            for (int row = 0; row < block.RowCount; row++)
            {
                TRow target = reused ?? new TRow();
                writer.Write(block, row, target);
                yield return target;
            }
        }
    }

    private int SeedOr(int? seed)
    {
        if ((seed ?? _environment.Seed) is { } given)
        {
            return given;
        }

        int drawn = RandomNumberGenerator.GetInt32(int.MaxValue);
        _environment.Report(nameof(DataOperationsCatalog), ChannelMessageKind.Info, $"No seed was given: drew {drawn}. Give it to get the same rows again.");
        return drawn;
    }

    /// <summary>A view dealt into two.</summary>
    public readonly struct TrainTestData
    {
        /// <summary>The rows to train on.</summary>
        public readonly IDataView TrainSet;

        /// <summary>The rows to test on.</summary>
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet)
        {
            TrainSet = trainSet;
            TestSet = testSet;
        }
    }
}
