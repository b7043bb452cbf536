using System.Reflection;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Data;

/// <summary>Which .NET types of members stand for which columns.</summary>
internal static class MemberTypes
{
    /// <summary>The column type of a member, from its .NET type and attributes.</summary>
    public static DataViewType ColumnTypeOf(Type rowType, RowMember member)
    {
        if (member.Info.GetCustomAttribute<DataViewTypeAttribute>() is { } special)
        {
            return special.ColumnType;
        }

        if (member.Type == typeof(MLImage))
        {
            return new ImageDataViewType();
        }

        VectorTypeAttribute? vector = member.Info.GetCustomAttribute<VectorTypeAttribute>();
        Type? itemType = ItemTypeOf(member.Type);
        PrimitiveDataViewType item = RawTypes.PrimitiveOf(itemType ?? member.Type) ?? throw new ArgumentException(
            $"{rowType.Name}.{member.Name} is a {RawTypes.NameOf(member.Type)}, which cannot be a column. Columns are numbers, bool, string, " +
            "DateTime, DateTimeOffset, TimeSpan, arrays of these, MLImage, or types with an attribute of their own; leave the member out with [NoColumn].");
        if (vector is not null && itemType is null)
        {
            throw new ArgumentException(
                $"{rowType.Name}.{member.Name} has [VectorType] but is a {RawTypes.NameOf(member.Type)}. Make it an array or remove the attribute.");
        }

        if (member.Info.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(item.RawType))
            {
                throw new ArgumentException(
                    $"{rowType.Name}.{member.Name} has [KeyType] but is a {RawTypes.NameOf(member.Type)}. Keys are byte, ushort, uint or ulong.");
            }

            item = new KeyDataViewType(item.RawType, key.Count ?? LargestOf(item.RawType));
        }

        return itemType is null ? item : new VectorDataViewType(item, vector is null ? [0] : [.. vector.Dimensions]);
    }

    /// <summary>The .NET type of a vector member's elements, or null where the member is no vector.</summary>
    public static Type? ItemTypeOf(Type memberType)
        => memberType.IsArray && memberType.GetArrayRank() == 1 ? memberType.GetElementType()
            : memberType.IsGenericType && memberType.GetGenericTypeDefinition() == typeof(VBuffer<>) ? memberType.GetGenericArguments()[0]
            : null;

    internal static ulong LargestOf(Type type)
        => type == typeof(byte) ? byte.MaxValue : type == typeof(ushort) ? ushort.MaxValue : type == typeof(uint) ? uint.MaxValue : ulong.MaxValue;
}
