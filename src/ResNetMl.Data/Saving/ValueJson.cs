using System.Globalization;
using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>Single values as JSON, exactly: numbers so that they read back to the same bits, NaN and infinities as texts.</summary>
internal static class ValueJson
{
    public static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case ReadOnlyMemory<char> text:
                json.WriteStringValue(text.Span);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float or double:
                json.WriteStringValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case DateTime time:
                json.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case TimeSpan time:
                json.WriteStringValue(time.ToString("c", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>The value in its raw type.</summary>
    public static object Read(JsonElement json, PrimitiveDataViewType type)
    {
        Type raw = type.RawType;
        return type switch
        {
            TextDataViewType => (json.GetString() ?? throw new JsonException("a text is null")).AsMemory(),
            BooleanDataViewType => json.GetBoolean(),
            DateTimeDataViewType => DateTime.ParseExact(json.GetString()!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            DateTimeOffsetDataViewType => DateTimeOffset.ParseExact(json.GetString()!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            TimeSpanDataViewType => TimeSpan.ParseExact(json.GetString()!, "c", CultureInfo.InvariantCulture),
            _ when raw == typeof(float) => json.ValueKind == JsonValueKind.String
                ? float.Parse(json.GetString()!, CultureInfo.InvariantCulture)
                : json.GetSingle(),
            _ when raw == typeof(double) => json.ValueKind == JsonValueKind.String
                ? double.Parse(json.GetString()!, CultureInfo.InvariantCulture)
                : json.GetDouble(),
            _ when raw == typeof(ulong) => json.GetUInt64(),
            _ => Convert.ChangeType(json.GetInt64(), raw, CultureInfo.InvariantCulture),
        };
    }
}
