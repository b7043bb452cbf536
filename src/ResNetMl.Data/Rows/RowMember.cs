using System.Linq.Expressions;
using System.Reflection;

namespace ResNetMl.Data;

/// <summary>A public field or property of a row class, read and written by compiled code rather than by reflection.</summary>
internal sealed class RowMember
{
    private RowMember(MemberInfo info, Type type, bool canRead, bool canWrite)
    {
        Info = info;
        Type = type;
        CanRead = canRead;
        CanWrite = canWrite;
    }

    public MemberInfo Info { get; }

    public string Name => Info.Name;

    public Type Type { get; }

    public bool CanRead { get; }

    public bool CanWrite { get; }

    public static IEnumerable<RowMember> Of(Type rowType)
    {
        const BindingFlags publicMembers = BindingFlags.Public | BindingFlags.Instance;
        IEnumerable<RowMember> fields = rowType.GetFields(publicMembers)
            .Select(field => new RowMember(field, field.FieldType, canRead: true, canWrite: !field.IsInitOnly));
        IEnumerable<RowMember> properties = rowType.GetProperties(publicMembers)
            .Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => new RowMember(
                property, property.PropertyType, property.GetMethod?.IsPublic == true, property.SetMethod?.IsPublic == true));

        // Where a derived class hides a member, only its own counts.
        return fields.Concat(properties)
            .Where(member => member.Info.GetCustomAttribute<NoColumnAttribute>() is null)
            .GroupBy(member => member.Name)
            .Select(sameName => sameName.MaxBy(member => Depth(member.Info.DeclaringType))!);
    }

    public Func<TRow, TMember> Getter<TRow, TMember>()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, TMember>>(Expression.MakeMemberAccess(row, Info), row).Compile();
    }

    public Action<TRow, TMember> Setter<TRow, TMember>()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        ParameterExpression value = Expression.Parameter(typeof(TMember));
        return Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(Expression.MakeMemberAccess(row, Info), value), row, value).Compile();
    }

    private static int Depth(Type? type)
    {
        int depth = 0;
        for (; type is not null; type = type.BaseType)
        {
            depth++;
        }

        return depth;
    }
}
