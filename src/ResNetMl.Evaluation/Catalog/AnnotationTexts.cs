using System.Globalization;
using System.Reflection;
using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>The values of a vector annotation, such as the labels that keys or scores stand for.</summary>
/// <param name="ItemType">What the values are.</param>
/// <param name="Texts">Each as text that is the same in every culture.</param>
internal sealed record AnnotationTexts(DataViewType ItemType, IReadOnlyList<string> Texts)
{
    /// <summary>The values of an annotation, or null where the column has none of that name.</summary>
    public static AnnotationTexts? Of(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is not { Type: VectorDataViewType vector })
        {
            return null;
        }

        MethodInfo read = typeof(AnnotationTexts).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;
        return new AnnotationTexts(
            vector.ItemType, (IReadOnlyList<string>)read.MakeGenericMethod(vector.ItemType.RawType).Invoke(null, [column, kind])!);
    }

    private static string[] Read<T>(DataViewSchema.Column column, string kind)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(kind, ref values);
        return [.. values.DenseValues().Select(value => value is IFormattable number
            ? number.ToString(null, CultureInfo.InvariantCulture)
            : value?.ToString() ?? "")];
    }
}
