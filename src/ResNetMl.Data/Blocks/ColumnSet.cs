using System.Collections;

namespace ResNetMl.Data;

/// <summary>Positions of columns in a schema.</summary>
public sealed class ColumnSet : IEnumerable<int>
{
    private readonly bool[] _contains;

    internal ColumnSet(bool[] contains) => _contains = contains;

    /// <summary>Makes a set.</summary>
    /// <param name="schemaLength">How many columns the schema has.</param>
    /// <param name="positions">Positions below that.</param>
    public ColumnSet(int schemaLength, IEnumerable<int> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        _contains = new bool[schemaLength];
        foreach (int position in positions)
        {
            _contains[position] = true;
        }
    }

    /// <summary>Whether the column at a position is in the set.</summary>
    /// <param name="position">Any number.</param>
    public bool Contains(int position) => position >= 0 && position < _contains.Length && _contains[position];

    /// <summary>The positions, increasing.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int position = 0; position < _contains.Length; position++)
        {
            if (_contains[position])
            {
                yield return position;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
