using System.Reflection;

namespace ResNetMl.Data;

/// <summary>Makes objects of generic classes whose type arguments are known only at run time, such as a column's raw type.</summary>
/// <remarks>What a constructor or method throws comes through as it is, not wrapped by reflection.</remarks>
internal static class GenericTypes
{
    /// <param name="definition">The class without type arguments, such as <c>typeof(BlockColumn&lt;&gt;)</c>; it has one public constructor.</param>
    /// <param name="typeArguments">Its type arguments.</param>
    /// <param name="arguments">What its constructor takes.</param>
    public static T New<T>(Type definition, Type[] typeArguments, params object?[] arguments)
        => (T)definition.MakeGenericType(typeArguments).GetConstructors()[0]
            .Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    /// <param name="type">The class that has the method.</param>
    /// <param name="method">A static method that is not public, with one type argument.</param>
    /// <param name="typeArgument">Its type argument.</param>
    /// <param name="arguments">What it takes.</param>
    public static T Call<T>(Type type, string method, Type typeArgument, params object?[] arguments)
        => (T)type.GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(typeArgument)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;
}
