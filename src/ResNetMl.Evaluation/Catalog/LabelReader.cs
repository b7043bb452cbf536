using System.Globalization;
using System.Numerics;
using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>The place among the scores that a label stands for.</summary>
/// <param name="Index">From 0; the number of classes or more where no score stands for the label.</param>
/// <param name="Problem">Why the row cannot be measured; null where it can.</param>
internal readonly record struct LabelPlace(int Index, LeftOutReason? Problem = null);

/// <summary>Reads a label column as places among the scores.</summary>
internal abstract class LabelReader
{
    /// <summary>A reader of a column of keys or of Single.</summary>
    /// <param name="column">The label column.</param>
    /// <param name="places">Where the score of key 1, 2, … stands; null where it is at the key's own place.</param>
    public static LabelReader For(DataViewSchema.Column column, int[]? places)
    {
        if (column.Type is not KeyDataViewType)
        {
            return new Numbers();
        }

        AnnotationTexts? values = AnnotationTexts.Of(column, AnnotationKinds.KeyValues);
        return column.Type.RawType switch
        {
            var type when type == typeof(byte) => new Keys<byte>(places, values),
            var type when type == typeof(ushort) => new Keys<ushort>(places, values),
            var type when type == typeof(ulong) => new Keys<ulong>(places, values),
            _ => new Keys<uint>(places, values),
        };
    }

    public abstract LabelPlace[] Read(Block block, int column);

    /// <summary>A label as it stands in the column, for messages.</summary>
    public abstract string TextOf(Block block, int column, int row);

    private sealed class Numbers : LabelReader
    {
        public override LabelPlace[] Read(Block block, int column)
        {
            ReadOnlySpan<float> labels = block.Values<float>(column);
            var places = new LabelPlace[labels.Length];
            for (int row = 0; row < places.Length; row++)
            {
                float label = labels[row];
                places[row] = float.IsNaN(label) ? new LabelPlace(-1, LeftOutReason.MissingLabel)
                    : label < 0 || label != MathF.Floor(label) || float.IsInfinity(label) ? new LabelPlace(-1, LeftOutReason.InvalidLabel)
                    : new LabelPlace(int.CreateSaturating(label));
            }

            return places;
        }

        public override string TextOf(Block block, int column, int row) => block.Values<float>(column)[row].ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Keys<T>(int[]? places, AnnotationTexts? values) : LabelReader
        where T : struct, IBinaryInteger<T>
    {
        public override LabelPlace[] Read(Block block, int column)
        {
            ReadOnlySpan<T> keys = block.Values<T>(column);
            var read = new LabelPlace[keys.Length];
            for (int row = 0; row < read.Length; row++)
            {
                read[row] = Place(keys[row]);
            }

            return read;
        }

        public override string TextOf(Block block, int column, int row)
        {
            T key = block.Values<T>(column)[row];
            int index = int.CreateSaturating(key) - 1;
            return T.IsZero(key) ? "a missing key" : index < values?.Texts.Count ? $"'{values.Texts[index]}'" : $"key {key}";
        }

        private LabelPlace Place(T key)
        {
            if (T.IsZero(key))
            {
                return new LabelPlace(-1, LeftOutReason.MissingLabel);
            }

            int index = int.CreateSaturating(key) - 1;
            return new LabelPlace(places is not null && index < places.Length ? places[index] : index);
        }
    }
}
