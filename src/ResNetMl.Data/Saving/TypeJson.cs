using System.Text.Json;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Data;

/// <summary>Data-view types as JSON: <c>"Single"</c>, <c>{"key": "UInt32", "count": 10}</c>, <c>{"vector": "Byte", "dimensions": [0]}</c>,
/// <c>{"image": [224, 299]}</c> (height, width; 0, 0 where sizes differ).</summary>
internal static class TypeJson
{
    private static readonly PrimitiveDataViewType[] Named =
    [
        TextDataViewType.Instance, BooleanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance,
        TimeSpanDataViewType.Instance, .. NumberDataViewType.All,
    ];

    public static bool CanWrite(DataViewType type) => type switch
    {
        KeyDataViewType or ImageDataViewType => true,
        VectorDataViewType vector => CanWrite(vector.ItemType),
        _ => Named.Contains(type),
    };

    public static void Write(Utf8JsonWriter json, DataViewType type)
    {
        switch (type)
        {
            case KeyDataViewType key:
                json.WriteStartObject();
                json.WriteString("key", RawTypes.PrimitiveOf(key.RawType)!.ToString());
                json.WriteNumber("count", key.Count);
                json.WriteEndObject();
                break;
            case ImageDataViewType image:
                json.WriteStartObject();
                json.WriteStartArray("image");
                json.WriteNumberValue(image.Height);
                json.WriteNumberValue(image.Width);
                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case VectorDataViewType vector:
                json.WriteStartObject();
                json.WritePropertyName("vector");
                Write(json, vector.ItemType);
                json.WriteStartArray("dimensions");
                foreach (int length in vector.Dimensions)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(type.ToString());
                break;
        }
    }

    public static DataViewType Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return NamedType(json);
        }

        if (json.TryGetProperty("key", out JsonElement key))
        {
            return new KeyDataViewType(NamedType(key).RawType, json.GetProperty("count").GetUInt64());
        }

        if (json.TryGetProperty("image", out JsonElement image))
        {
            (int height, int width) = (image[0].GetInt32(), image[1].GetInt32());
            return height == 0 && width == 0 ? new ImageDataViewType() : new ImageDataViewType(height, width);
        }

        return Read(json.GetProperty("vector")) is PrimitiveDataViewType item
            ? new VectorDataViewType(item, [.. json.GetProperty("dimensions").EnumerateArray().Select(length => length.GetInt32())])
            : throw new JsonException("a vector of vectors");
    }

    private static PrimitiveDataViewType NamedType(JsonElement json)
        => Array.Find(Named, type => type.ToString() == json.GetString()) ?? throw new JsonException($"no type is called '{json.GetString()}'");
}
