using System.Globalization;
using System.Numerics;

namespace ResNetMl.Data;

/// <summary>Reads a field's text as a value.</summary>
/// <param name="text">The field; empty where the line has none.</param>
/// <param name="value">Receives the value, or what stands for a missing one where the text is none.</param>
/// <returns>Whether the text is a value; empty text is one.</returns>
internal delegate bool FieldParser<T>(ReadOnlyMemory<char> text, out T value);

/// <summary>The parsers of the types that a text file can hold. Numbers and dates are written the same way in every culture.</summary>
internal static class FieldParser
{
    private static readonly string[] TrueWords = ["1", "+1", "true", "t", "yes", "y", "on"];
    private static readonly string[] FalseWords = ["", "0", "-1", "false", "f", "no", "n", "off"];

    /// <summary>The parser of a type.</summary>
    /// <param name="type">A primitive type.</param>
    /// <param name="options">Say how fractions are written, and what an empty number is.</param>
    /// <typeparam name="T">The type's raw type.</typeparam>
    public static FieldParser<T> For<T>(DataViewType type, TextLoader.Options options) => (FieldParser<T>)(object)(type switch
    {
        KeyDataViewType key => GenericTypes.Call<object>(typeof(FieldParser), nameof(Key), typeof(T), key.Count),
        TextDataViewType => new FieldParser<ReadOnlyMemory<char>>(Text),
        BooleanDataViewType => new FieldParser<bool>(Truth),
        DateTimeDataViewType => new FieldParser<DateTime>(Date),
        DateTimeOffsetDataViewType => new FieldParser<DateTimeOffset>(DateWithOffset),
        TimeSpanDataViewType => new FieldParser<TimeSpan>(Duration),
        _ when type == NumberDataViewType.Single || type == NumberDataViewType.Double
            => GenericTypes.Call<object>(typeof(FieldParser), nameof(Real), typeof(T), options),
        _ => GenericTypes.Call<object>(typeof(FieldParser), nameof(Integer), typeof(T)),
    });

    private static bool Text(ReadOnlyMemory<char> text, out ReadOnlyMemory<char> value)
    {
        value = text;
        return true;
    }

    private static bool Truth(ReadOnlyMemory<char> text, out bool value)
    {
        string word = text.Span.Trim().ToString();
        value = TrueWords.Contains(word, StringComparer.OrdinalIgnoreCase);
        return value || FalseWords.Contains(word, StringComparer.OrdinalIgnoreCase);
    }

    private static bool Date(ReadOnlyMemory<char> text, out DateTime value)
    {
        value = default;
        return text.Span.IsWhiteSpace() || DateTime.TryParse(text.Span, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }

    private static bool DateWithOffset(ReadOnlyMemory<char> text, out DateTimeOffset value)
    {
        value = default;
        return text.Span.IsWhiteSpace()
            || DateTimeOffset.TryParse(text.Span, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
    }

    private static bool Duration(ReadOnlyMemory<char> text, out TimeSpan value)
    {
        value = default;
        return text.Span.IsWhiteSpace() || TimeSpan.TryParse(text.Span, CultureInfo.InvariantCulture, out value);
    }

    private static object Integer<T>()
        where T : INumber<T>
    {
        return new FieldParser<T>(Parse);

        static bool Parse(ReadOnlyMemory<char> text, out T value)
        {
            value = T.Zero;
            return text.Span.IsWhiteSpace() || T.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out value!);
        }
    }

    private static object Real<T>(TextLoader.Options options)
        where T : IFloatingPointIeee754<T>
    {
        var format = (NumberFormatInfo)CultureInfo.InvariantCulture.NumberFormat.Clone();
        format.NumberDecimalSeparator = options.DecimalMarker.ToString();
        T ofEmpty = options.MissingRealsAsNaNs ? T.NaN : T.Zero;
        return new FieldParser<T>(Parse);

        bool Parse(ReadOnlyMemory<char> text, out T value)
        {
            if (text.Span.IsWhiteSpace())
            {
                value = ofEmpty;
                return true;
            }

            if (T.TryParse(text.Span, NumberStyles.Float, format, out value!))
            {
                return true;
            }

            value = T.NaN;
            return text.Span.Trim() is "?";
        }
    }

    /// <summary>Keys are counted from 0 in the file and from 1 in the column; 0 is missing.</summary>
    private static object Key<T>(ulong count)
        where T : INumber<T>
    {
        return new FieldParser<T>(Parse);

        bool Parse(ReadOnlyMemory<char> text, out T value)
        {
            bool isKey = ulong.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out ulong number) && number < count;
            value = isKey ? T.CreateChecked(number + 1) : T.Zero;
            return isKey || text.Span.IsWhiteSpace();
        }
    }
}
