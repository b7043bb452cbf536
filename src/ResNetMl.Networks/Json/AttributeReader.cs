using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Reads a layer's attributes; the twin of <see cref="AttributeWriter"/>.</summary>
internal sealed class AttributeReader(string where, JsonElement element) : JsonObjectReader(where, "attribute", element)
{
    /// <summary>A value of an enumeration as files write it: camelCase.</summary>
    internal static string NameOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    internal float Number(string name, float least, float most)
    {
        JsonElement member = Member(name);
        return member.ValueKind == JsonValueKind.Number && member.TryGetSingle(out float value) && value >= least && value <= most
            ? value
            : throw Wrong(name, $"a number from {least} to {most}", member);
    }

    /// <summary>A number that the writer left out where it is the usual one.</summary>
    internal float NumberOr(string name, float least, float most, float usual) => Has(name) ? Number(name, least, most) : usual;

    internal bool Boolean(string name)
    {
        JsonElement member = Member(name);
        return member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean()
            : throw Wrong(name, "true or false", member);
    }

    internal TEnum Choice<TEnum>(string name, params ReadOnlySpan<TEnum> choices)
        where TEnum : struct, Enum
    {
        JsonElement member = Member(name);
        string? text = member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        foreach (TEnum choice in choices)
        {
            if (NameOf(choice) == text)
            {
                return choice;
            }
        }

        string[] names = [.. choices.ToArray().Select(choice => $"\"{NameOf(choice)}\"")];
        throw Wrong(name, string.Join(" or ", names), member);
    }

    /// <summary>A choice that the writer left out where it is the usual one.</summary>
    internal TEnum ChoiceOr<TEnum>(string name, TEnum usual, params ReadOnlySpan<TEnum> choices)
        where TEnum : struct, Enum => Has(name) ? Choice(name, choices) : usual;

    internal Size2d Size(string name)
    {
        int[] size = Integers(name, 2, 2, "[height, width]", 1, NetworkLimits.MaxWindow);
        return new Size2d(size[0], size[1]);
    }

    /// <summary>A size that the writer left out where it is the usual one.</summary>
    internal Size2d SizeOr(string name, Size2d usual) => Has(name) ? Size(name) : usual;

    /// <summary>A shape, or as many other integers.</summary>
    internal Shape Shape(string name, int least, int fewest = 0, int most = NetworkLimits.MaxRank) =>
        new(Integers(name, fewest, most, "a list of lengths", least, NetworkLimits.MaxLength));

    internal Padding2d Padding(string name)
    {
        int[] sides = Integers(name, 4, 4, "[top, left, bottom, right]", 0, NetworkLimits.MaxWindow);
        return new Padding2d(sides[0], sides[1], sides[2], sides[3]);
    }
}
