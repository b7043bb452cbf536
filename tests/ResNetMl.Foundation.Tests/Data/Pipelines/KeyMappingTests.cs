using ResNetMl.Data;
using ResNetMl.Transforms;
using static ResNetMl.Transforms.ValueToKeyMappingEstimator;

namespace ResNetMl.Foundation.Tests.Data.Pipelines;

public sealed class KeyMappingTests
{
    private readonly MLContext _context = new(seed: 1);

    // Witness: ML.NET, keys are uint, 1-based, 0 = missing; ByOccurrence is the default.
    [Fact]
    public void Labels_are_numbered_in_the_order_they_occur()
    {
        IDataView view = Labels("dog", "cat", "dog", "bird", "");

        IDataView mapped = _context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);

        Assert.Equal("Key<UInt32, 0-2>", mapped.Schema["Label"].Type.ToString());
        Assert.True(mapped.Schema[0].IsHidden);
        Assert.Equal([1U, 2, 1, 3, 0], mapped.GetColumn<uint>("Label"));
        Assert.Equal(["dog", "cat", "bird"], KeyValues(mapped, "Label"));
    }

    [Fact]
    public void Labels_are_numbered_by_value_when_asked()
    {
        IDataView view = Labels("b", "a", "B", "é", "aa");

        IDataView mapped = _context.Transforms.Conversion.MapValueToKey("Key", "Label", keyOrdinality: KeyOrdinality.ByValue).Fit(view).Transform(view);

        // Letter by letter: upper case before lower case, é (U+00E9) last.
        Assert.Equal(["B", "a", "aa", "b", "é"], KeyValues(mapped, "Key"));
        Assert.Equal([4U, 2, 1, 5, 3], mapped.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Values_that_fitting_has_not_seen_become_0_and_back_the_missing_value()
    {
        IDataView training = Labels("a", "b");
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Key", "Label").Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Key"));

        IDataView mapped = pipeline.Fit(training).Transform(Labels("b", "c", "a"));

        Assert.Equal([2U, 0, 1], mapped.GetColumn<uint>("Key"));
        Assert.Equal(["b", "", "a"], mapped.GetColumn<string>("Back"));
    }

    [Fact]
    public void Numbers_truth_values_and_vectors_are_mapped_there_and_back()
    {
        IDataView view = _context.Data.LoadFromEnumerable(
        [
            new { Number = 5.5F, Flag = true, Words = new[] { "x", "y", "x" } },
            new { Number = float.NaN, Flag = false, Words = new[] { "z", "", "y" } },
            new { Number = -1F, Flag = true, Words = Array.Empty<string>() },
        ]);
        InputOutputColumnPair[] there = [new("NumberKey", "Number"), new("FlagKey", "Flag"), new("WordKeys", "Words")];
        InputOutputColumnPair[] back = [new("NumberKey"), new("FlagKey"), new("WordKeys")];

        IDataView keys = _context.Transforms.Conversion.MapValueToKey(there, keyOrdinality: KeyOrdinality.ByValue).Fit(view).Transform(view);
        IDataView values = _context.Transforms.Conversion.MapKeyToValue(back).Fit(keys).Transform(keys);

        Assert.Equal([2U, 0, 1], keys.GetColumn<uint>("NumberKey"));
        Assert.Equal([2U, 1, 2], keys.GetColumn<uint>("FlagKey"));
        Assert.Equal([[1, 2, 1], [3, 0, 2], []], keys.GetColumn<uint[]>("WordKeys"));
        Assert.Equal("Vector<Key<UInt32, 0-2>>", keys.Schema["WordKeys"].Type.ToString());
        Assert.Equal([5.5F, float.NaN, -1], values.GetColumn<float>("NumberKey"));
        Assert.Equal([true, false, true], values.GetColumn<bool>("FlagKey"));
        Assert.Equal([["x", "y", "x"], ["z", "", "y"], []], values.GetColumn<string[]>("WordKeys"));
    }

    [Fact]
    public void Key_values_can_be_texts_of_numbers()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new { Number = 2.5 }, new { Number = 1.0 }]);

        IDataView mapped = _context.Transforms.Conversion.MapValueToKey("Key", "Number", addKeyValueAnnotationsAsText: true).Fit(view).Transform(view);

        Assert.Equal(["2.5", "1"], KeyValues(mapped, "Key"));
    }

    [Fact]
    public void Key_data_fixes_the_keys()
    {
        IDataView keyData = _context.Data.LoadFromEnumerable([new { Name = "z" }, new { Name = "a" }]);
        IDataView view = Labels("a", "m", "z");

        IDataView mapped = _context.Transforms.Conversion.MapValueToKey(
            "Key", "Label", keyOrdinality: KeyOrdinality.ByValue, keyData: keyData).Fit(view).Transform(view);

        Assert.Equal([2U, 0, 1], mapped.GetColumn<uint>("Key"));
        Assert.Equal(["z", "a"], KeyValues(mapped, "Key"));
    }

    [Fact]
    public void Values_past_the_largest_number_of_keys_become_missing_with_a_warning()
    {
        var warnings = new List<string>();
        _context.Log += (_, message) => warnings.Add(message.Message);
        IDataView view = Labels("a", "b", "c", "a");

        IDataView mapped = _context.Transforms.Conversion.MapValueToKey("Label", maximumNumberOfKeys: 2).Fit(view).Transform(view);

        Assert.Equal([1U, 2, 0, 1], mapped.GetColumn<uint>("Label"));
        Assert.Equal(
            ["[Source=ValueToKeyMappingEstimator, Kind=Warning] Column 'Label' has more than 2 different values: the others become missing (key 0)."],
            warnings);
    }

    [Fact]
    public void What_cannot_be_mapped_is_said_so()
    {
        IDataView labels = Labels("a");
        AssertRefused(
            "ValueToKeyMappingEstimator needs column 'Class'; there is 'Label' (String). (Parameter 'view')",
            () => _context.Transforms.Conversion.MapValueToKey("Class").Fit(labels));
        IDataView keys = _context.Data.LoadFromEnumerable([new KeyRow { Key = 1 }]);
        AssertRefused(
            "ValueToKeyMapping cannot number the values of column 'Key' (Key<UInt32, 0-2>): it must hold texts, numbers, true or false, or vectors of these.",
            () => _context.Transforms.Conversion.MapValueToKey("Key").Fit(keys));
        AssertRefused(
            "KeyToValueMapping cannot map column 'Key' (Key<UInt32, 0-2>): it must be a key that says what its values stand for, as MapValueToKey makes it.",
            () => _context.Transforms.Conversion.MapKeyToValue("Key").Fit(keys));
        AssertRefused(
            "KeyToValueMappingTransformer needs column 'Key'; there is 'Label' (String). (Parameter 'schema')",
            () => _context.Transforms.Conversion.MapKeyToValue("Key").Fit(labels));
        AssertRefused(
            "ValueToKeyMappingTransformer numbers String values, column 'Label' holds Single. Load the data as when the transformer was fitted. (Parameter 'inputSchema')",
            () => _context.Transforms.Conversion.MapValueToKey("Label").Fit(labels).Transform(_context.Data.LoadFromEnumerable([new { Label = 1F }])));
        AssertRefused(
            "keyData must have one column, the values in the order of their keys; there are 'A' (Int32), 'B' (Int32). (Parameter 'keyData')",
            () => _context.Transforms.Conversion.MapValueToKey("Label", keyData: _context.Data.LoadFromEnumerable([new { A = 1, B = 2 }])));
        AssertRefused(
            "keyData lists Int32 values, column 'Label' holds String. Load the key data with that type. (Parameter 'view')",
            () => _context.Transforms.Conversion.MapValueToKey("Label", keyData: _context.Data.LoadFromEnumerable([new { A = 1 }])).Fit(labels));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.Conversion.MapValueToKey("Label", maximumNumberOfKeys: 0));

        Assert.Equal(
            "Column 'Label' has no values to number: there are no rows, or all values are missing. Check the data's source.",
            Assert.Throws<InvalidOperationException>(() => _context.Transforms.Conversion.MapValueToKey("Label").Fit(Labels("", ""))).Message);
    }

    [Fact]
    public void A_column_is_copied_with_its_annotations()
    {
        IDataView view = Labels("b", "a");
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.CopyColumns("Copy", "Label"));

        IDataView mapped = pipeline.Fit(view).Transform(view);

        Assert.Equal([1U, 2], mapped.GetColumn<uint>("Copy"));
        Assert.Equal(["b", "a"], KeyValues(mapped, "Copy"));
    }

    [Fact]
    public void Default_and_enumeration_values_are_ML_NETs()
    {
        Assert.Equal(0, (byte)KeyOrdinality.ByOccurrence);
        Assert.Equal(1, (byte)KeyOrdinality.ByValue);
        Assert.Equal(1_000_000, ValueToKeyMappingEstimator.DefaultMaximumNumberOfKeys);
        Assert.Equal("a", new InputOutputColumnPair("a").InputColumnName);
        Assert.Equal("b", new InputOutputColumnPair("a", "b").InputColumnName);
    }

    internal static string[] KeyValues(IDataView view, string column)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        view.Schema[column].GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => value.ToString())];
    }

    private static void AssertRefused(string message, Action action) => Assert.Equal(message, Assert.Throws<ArgumentException>(action).Message);

    private IDataView Labels(params string[] labels) => _context.Data.LoadFromEnumerable(labels.Select(label => new { Label = label }).ToList());

    private sealed class KeyRow
    {
        [KeyType(3)]
        public uint Key { get; set; }
    }
}
