using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Every element type that a column can hold, through models that change nothing.</summary>
public sealed class ElementTypeTests
{
    private readonly MLContext _context = new(seed: 1);

    public ElementTypeTests() => TestModels.RequireRuntime();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_element_type_goes_in_and_comes_out_unchanged(int rowCount)
    {
        AllTypes[] rows = [.. Enumerable.Range(0, rowCount).Select(AllTypes.Row)];
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("types")).Fit(view);
        IDataView scored = model.Transform(view);

        AllOutputs[] outputs = [.. _context.Data.CreateEnumerable<AllOutputs>(scored, reuseRowObject: false)];

        Assert.Equal(rowCount, outputs.Length);
        for (int row = 0; row < rowCount; row++)
        {
            Assert.Equal(rows[row].in_float, outputs[row].out_float);
            Assert.Equal(rows[row].in_double, outputs[row].out_double);
            Assert.Equal(rows[row].in_int8, outputs[row].out_int8);
            Assert.Equal(rows[row].in_uint8, outputs[row].out_uint8);
            Assert.Equal(rows[row].in_int16, outputs[row].out_int16);
            Assert.Equal(rows[row].in_uint16, outputs[row].out_uint16);
            Assert.Equal(rows[row].in_int32, outputs[row].out_int32);
            Assert.Equal(rows[row].in_uint32, outputs[row].out_uint32);
            Assert.Equal(rows[row].in_int64, outputs[row].out_int64);
            Assert.Equal(rows[row].in_uint64, outputs[row].out_uint64);
            Assert.Equal(rows[row].in_bool, outputs[row].out_bool);
            Assert.Equal(rows[row].in_string, outputs[row].out_string);
        }
    }

    [Fact]
    public void Half_precision_is_single_in_columns_rounded_to_nearest_even()
    {
        // 1 + 2^-11 lies between the halves 1 and 1 + 2^-10, 1 + 3·2^-11 between 1 + 2^-10 and 1 + 2^-9: ties go to the even one.
        float[] values = [1f + MathF.Pow(2, -11), 1f + (3 * MathF.Pow(2, -11))];
        Assert.Equal([1f, 1f + MathF.Pow(2, -9)], Through("in_float16", values));

        // bfloat16 has 7 bits behind the point.
        values = [1f + MathF.Pow(2, -8), 1f + (3 * MathF.Pow(2, -8))];
        Assert.Equal([1f, 1f + MathF.Pow(2, -6)], Through("in_bfloat16", values));
        Assert.Equal([float.NaN, float.NegativeInfinity], Through("in_bfloat16", [float.NaN, float.NegativeInfinity]));
        Assert.Equal([float.NaN, float.PositiveInfinity], Through("in_float16", [float.NaN, 70000]));
    }

    [Fact]
    public void A_key_column_feeds_its_unsigned_integers_with_0_for_missing()
    {
        var row = AllTypes.Row(0);
        row.in_uint32 = [0, 2];
        var definition = SchemaDefinition.Create(typeof(AllTypes));
        definition["in_uint32"].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(uint), 3), 2);
        IDataView view = _context.Data.LoadFromEnumerable([row], definition);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("types")).Fit(view);

        Assert.Equal([0u, 2u], model.Transform(view).GetColumn<uint[]>("out_uint32").Single());
    }

    [Fact]
    public void Texts_of_any_script_and_empty_ones_survive()
    {
        var row = AllTypes.Row(0);
        row.in_string = ["Größe 尺寸 🌷", ""];
        IDataView view = _context.Data.LoadFromEnumerable([row]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("types")).Fit(view);

        Assert.Equal(["Größe 尺寸 🌷", ""], model.Transform(view).GetColumn<string[]>("out_string").Single());
    }

    [Fact]
    public void Sparse_vectors_are_filled_with_zeros()
    {
        var row = new VBuffer<float>(3, 1, [2f], [1]);
        IDataView view = _context.Data.LoadFromEnumerable([new SparseRow { X = row }, new SparseRow { X = row }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("slot-names")).Fit(view);

        float[][] scores = [.. model.Transform(view).GetColumn<float[]>("Score")];

        // softmax of (0, 2, 0).
        float other = 1 / (2 + MathF.Exp(2));
        Assert.All(scores, score => Assert.All(score.Zip([other, 1 - (2 * other), other]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f)));
    }

    private float[] Through(string column, float[] values)
    {
        var row = AllTypes.Row(0);
        (column == "in_float16" ? ref row.in_float16 : ref row.in_bfloat16) = values;
        IDataView view = _context.Data.LoadFromEnumerable([row]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("types")).Fit(view);
        return model.Transform(view).GetColumn<float[]>(column.Replace("in_", "out_", StringComparison.Ordinal)).Single();
    }

    private sealed class SparseRow
    {
        [ColumnName("x"), VectorType(3)]
        public VBuffer<float> X;
    }

    private sealed class AllTypes
    {
        [VectorType(2)] public float[] in_float = [];
        [VectorType(2)] public double[] in_double = [];
        [VectorType(2)] public sbyte[] in_int8 = [];
        [VectorType(2)] public byte[] in_uint8 = [];
        [VectorType(2)] public short[] in_int16 = [];
        [VectorType(2)] public ushort[] in_uint16 = [];
        [VectorType(2)] public int[] in_int32 = [];
        [VectorType(2)] public uint[] in_uint32 = [];
        [VectorType(2)] public long[] in_int64 = [];
        [VectorType(2)] public ulong[] in_uint64 = [];
        [VectorType(2)] public bool[] in_bool = [];
        [VectorType(2)] public string[] in_string = [];
        [VectorType(2)] public float[] in_float16 = [];
        [VectorType(2)] public float[] in_bfloat16 = [];

        public static AllTypes Row(int row) => new()
        {
            in_float = [float.MinValue, row],
            in_double = [double.MaxValue, row],
            in_int8 = [sbyte.MinValue, (sbyte)row],
            in_uint8 = [byte.MaxValue, (byte)row],
            in_int16 = [short.MinValue, (short)row],
            in_uint16 = [ushort.MaxValue, (ushort)row],
            in_int32 = [int.MinValue, row],
            in_uint32 = [uint.MaxValue, (uint)row],
            in_int64 = [long.MinValue, row],
            in_uint64 = [ulong.MaxValue, (ulong)row],
            in_bool = [row % 2 == 0, true],
            in_string = [$"row {row}", "b"],
            in_float16 = [row, -2],
            in_bfloat16 = [row, -2],
        };
    }

    private sealed class AllOutputs
    {
        public float[] out_float = [];
        public double[] out_double = [];
        public sbyte[] out_int8 = [];
        public byte[] out_uint8 = [];
        public short[] out_int16 = [];
        public ushort[] out_uint16 = [];
        public int[] out_int32 = [];
        public uint[] out_uint32 = [];
        public long[] out_int64 = [];
        public ulong[] out_uint64 = [];
        public bool[] out_bool = [];
        public string[] out_string = [];
    }
}
