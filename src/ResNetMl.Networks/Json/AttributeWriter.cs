using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Writes a layer's attributes; the twin of <see cref="AttributeReader"/>.</summary>
internal sealed class AttributeWriter(Utf8JsonWriter writer)
{
    internal AttributeWriter Integer(string name, int value)
    {
        writer.WriteNumber(name, value);
        return this;
    }

    /// <summary>The shortest digits that give back the same bits.</summary>
    internal AttributeWriter Number(string name, float value)
    {
        writer.WriteNumber(name, value);
        return this;
    }

    /// <summary>Leaves out the usual number.</summary>
    internal AttributeWriter NumberUnless(string name, float value, float usual) => value == usual ? this : Number(name, value);

    internal AttributeWriter Boolean(string name, bool value)
    {
        writer.WriteBoolean(name, value);
        return this;
    }

    internal AttributeWriter Choice<TEnum>(string name, TEnum value)
        where TEnum : struct, Enum
    {
        writer.WriteString(name, AttributeReader.NameOf(value));
        return this;
    }

    /// <summary>Leaves out the usual choice.</summary>
    internal AttributeWriter ChoiceUnless<TEnum>(string name, TEnum value, TEnum usual)
        where TEnum : struct, Enum => EqualityComparer<TEnum>.Default.Equals(value, usual) ? this : Choice(name, value);

    internal AttributeWriter Size(string name, Size2d size) => Integers(name, size.Height, size.Width);

    /// <summary>Leaves out the usual size: files from before the attribute have none, and are read as if they had it.</summary>
    internal AttributeWriter SizeUnless(string name, Size2d size, Size2d usual) => size == usual ? this : Size(name, size);

    internal AttributeWriter Shape(string name, Shape shape) => Integers(name, shape.AsSpan());

    internal AttributeWriter Padding(string name, Padding2d padding) =>
        Integers(name, padding.Top, padding.Left, padding.Bottom, padding.Right);

    private AttributeWriter Integers(string name, params ReadOnlySpan<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
        return this;
    }
}
