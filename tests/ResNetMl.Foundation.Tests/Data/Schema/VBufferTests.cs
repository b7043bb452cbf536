using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Schema;

public sealed class VBufferTests
{
    [Fact]
    public void A_dense_vector_gives_its_elements()
    {
        var vector = new VBuffer<float>(3, [1, 2, 3, 99]);

        Assert.True(vector.IsDense);
        Assert.Equal([1, 2, 3], vector.GetValues().ToArray());
        Assert.Equal([1, 2, 3], vector.DenseValues());
        Assert.True(vector.GetIndices().IsEmpty);
        Assert.Equal(2, vector.GetItemOrDefault(1));
        Assert.Equal([new(0, 1), new(1, 2), new(2, 3)], vector.Items());
    }

    [Fact]
    public void A_sparse_vector_gives_zeros_between_its_elements()
    {
        var vector = new VBuffer<float>(5, 2, [7, 8], [1, 4]);
        float item = 5;
        vector.GetItemOrDefault(0, ref item);
        var dense = new float[] { 9, 9, 9, 9, 9, 9 };
        vector.CopyTo(dense);

        Assert.False(vector.IsDense);
        Assert.Equal([0, 7, 0, 0, 8], vector.DenseValues());
        Assert.Equal([7, 8], vector.GetValues().ToArray());
        Assert.Equal([1, 4], vector.GetIndices().ToArray());
        Assert.Equal([new(1, 7), new(4, 8)], vector.Items());
        Assert.Equal([new(0, 0), new(1, 7), new(2, 0), new(3, 0), new(4, 8)], vector.Items(all: true));
        Assert.Equal(0, item);
        Assert.Equal([0, 7, 0, 0, 8, 9], dense);
    }

    [Fact]
    public void The_default_is_the_vector_without_elements()
    {
        VBuffer<byte> vector = default;

        Assert.Equal(0, vector.Length);
        Assert.True(vector.IsDense);
        Assert.Empty(vector.DenseValues());
        Assert.Throws<ArgumentOutOfRangeException>(() => vector.GetItemOrDefault(0));
    }

    [Fact]
    public void A_copy_shares_nothing_and_reuses_a_long_enough_array()
    {
        float[] target = new float[10];
        var source = new VBuffer<float>(2, [1, 2]);
        var copy = new VBuffer<float>(10, target);

        source.CopyTo(ref copy);
        VBufferEditor<float> editor = VBufferEditor.CreateFromBuffer(ref copy);
        editor.Values[0] = 5;

        Assert.Equal([5, 2], copy.DenseValues());
        Assert.Equal([1, 2], source.DenseValues());
        Assert.Equal(5, target[0]);
    }

    [Fact]
    public void A_copy_onto_a_buffer_that_shares_its_array_gets_its_own()
    {
        var source = new VBuffer<int>(4, 2, [1, 2], [0, 3]);
        VBuffer<int> alias = source;

        source.CopyTo(ref alias);
        VBufferEditor.CreateFromBuffer(ref alias).Values[0] = 9;

        Assert.Equal([1, 0, 0, 2], source.DenseValues());
        Assert.Equal([9, 0, 0, 2], alias.DenseValues());
    }

    // ML.NET leaves a previous row's elements where nothing is written (its image trainer then gives them out as scores); ours do not.
    [Fact]
    public void An_editor_starts_from_zeros_never_from_a_previous_row()
    {
        var buffer = new VBuffer<float>(3, [1, 2, 3]);

        VBufferEditor<float> editor = VBufferEditor.Create(ref buffer, 3);
        editor.Values[1] = 7;
        buffer = editor.Commit();

        Assert.Equal([0, 7, 0], buffer.DenseValues());
    }

    [Fact]
    public void An_editor_writes_sparse_vectors_too()
    {
        VBuffer<float> buffer = default;

        VBufferEditor<float> editor = VBufferEditor.Create(ref buffer, 5, valuesCount: 2);
        editor.Values[0] = 1;
        editor.Indices[0] = 2;
        editor.Values[1] = 3;
        editor.Indices[1] = 4;
        buffer = editor.Commit();

        Assert.Equal([0, 0, 1, 0, 3], buffer.DenseValues());
    }

    [Fact]
    public void Counts_and_indices_that_do_not_fit_are_refused()
    {
        Assert.Equal(
            "A vector of 3 elements cannot have 3 values in an array of 2. (Parameter 'valuesCount')",
            Assert.Throws<ArgumentException>(() => new VBuffer<float>(3, [1, 2])).Message);
        Assert.Equal(
            "A sparse vector of 2 values needs as many indices, got 0. (Parameter 'indices')",
            Assert.Throws<ArgumentException>(() => new VBuffer<float>(3, 2, [1, 2], null)).Message);
        Assert.Equal(
            "Indices of a sparse vector increase and stay below its length (3), got 0 after 1. (Parameter 'indices')",
            Assert.Throws<ArgumentException>(() => new VBuffer<float>(3, 2, [1, 2], [1, 0])).Message);
        Assert.Equal(
            "Indices of a sparse vector increase and stay below its length (3), got 3 after 0. (Parameter 'indices')",
            Assert.Throws<ArgumentException>(() => new VBuffer<float>(3, 2, [1, 2], [0, 3])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(-1, null));
    }
}
