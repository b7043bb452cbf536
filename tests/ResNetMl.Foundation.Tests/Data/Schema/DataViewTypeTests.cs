using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Schema;

public sealed class DataViewTypeTests
{
    [Fact]
    public void Types_have_the_raw_types_of_ML_NET()
    {
        Assert.Equal(typeof(ReadOnlyMemory<char>), TextDataViewType.Instance.RawType);
        Assert.Equal(typeof(bool), BooleanDataViewType.Instance.RawType);
        Assert.Equal(typeof(float), NumberDataViewType.Single.RawType);
        Assert.Equal(typeof(uint), new KeyDataViewType(typeof(uint), 3).RawType);
        Assert.Equal(typeof(VBuffer<byte>), new VectorDataViewType(NumberDataViewType.Byte).RawType);
        Assert.Equal(10, NumberDataViewType.All.Select(type => type.RawType).Distinct().Count());
    }

    [Fact]
    public void Types_are_equal_by_value()
    {
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(uint), 3UL));
        Assert.NotEqual<DataViewType>(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(uint), 4));
        Assert.NotEqual<DataViewType>(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(byte), 3));
        Assert.NotEqual<DataViewType>(new KeyDataViewType(typeof(uint), 3), NumberDataViewType.UInt32);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3, 224, 224), new VectorDataViewType(NumberDataViewType.Single, 3, 224, 224));
        Assert.NotEqual(new VectorDataViewType(NumberDataViewType.Single, 12), new VectorDataViewType(NumberDataViewType.Single, 3, 4));
        Assert.Equal(
            new VectorDataViewType(new KeyDataViewType(typeof(uint), 2), 5).GetHashCode(),
            new VectorDataViewType(new KeyDataViewType(typeof(uint), 2), 5).GetHashCode());
    }

    [Fact]
    public void Types_are_written_as_in_ML_NET()
    {
        Assert.Equal("String", TextDataViewType.Instance.ToString());
        Assert.Equal("Boolean", BooleanDataViewType.Instance.ToString());
        Assert.Equal("DateTime", DateTimeDataViewType.Instance.ToString());
        Assert.Equal("TimeSpan", TimeSpanDataViewType.Instance.ToString());
        Assert.Equal("Single", NumberDataViewType.Single.ToString());
        Assert.Equal("Key<UInt32, 0-9>", new KeyDataViewType(typeof(uint), 10).ToString());
        Assert.Equal("Vector<Byte>", new VectorDataViewType(NumberDataViewType.Byte).ToString());
        Assert.Equal("Vector<Single, 3, 224, 224>", new VectorDataViewType(NumberDataViewType.Single, 3, 224, 224).ToString());
        Assert.Equal("Vector<Single, *, 4>", new VectorDataViewType(NumberDataViewType.Single, 0, 4).ToString());
    }

    [Fact]
    public void A_vectors_size_is_the_product_of_its_dimensions_and_0_where_rows_differ()
    {
        Assert.Equal(3 * 224 * 224, new VectorDataViewType(NumberDataViewType.Single, 3, 224, 224).Size);
        Assert.True(new VectorDataViewType(NumberDataViewType.Single, 3).IsKnownSize);
        Assert.False(new VectorDataViewType(NumberDataViewType.Single, 0, 4).IsKnownSize);
        Assert.Equal([0], new VectorDataViewType(NumberDataViewType.Single).Dimensions);
    }

    [Fact]
    public void Impossible_types_are_refused()
    {
        Assert.Equal(
            "A key is stored as byte, ushort, uint or ulong, not as Int32. (Parameter 'type')",
            Assert.Throws<ArgumentException>(() => new KeyDataViewType(typeof(int), 3)).Message);
        Assert.StartsWith(
            "A key of Byte has 1 to 255 values.", Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(byte), 256)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "A key of UInt32 has 1 to 4294967295 values.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(uint), -1)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "A vector has at least one dimension and none below 0 (0 where rows differ), got [3, -1]. (Parameter 'dimensions')",
            Assert.Throws<ArgumentException>(() => new VectorDataViewType(NumberDataViewType.Single, 3, -1)).Message);
        Assert.Equal(
            "A vector of [100000, 100000] has more than 2,147,483,647 elements. (Parameter 'dimensions')",
            Assert.Throws<ArgumentException>(() => new VectorDataViewType(NumberDataViewType.Single, 100_000, 100_000)).Message);
    }
}
