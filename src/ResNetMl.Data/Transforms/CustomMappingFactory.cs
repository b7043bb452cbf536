using System.Reflection;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Gives a saved custom mapping its code back: derive from it, and put <see cref="CustomMappingFactoryAttributeAttribute"/> on the class.</summary>
/// <typeparam name="TSrc">What the delegate reads.</typeparam>
/// <typeparam name="TDst">What it writes.</typeparam>
public abstract class CustomMappingFactory<TSrc, TDst>
    where TSrc : class, new()
    where TDst : class, new()
{
    /// <summary>The code of the mapping.</summary>
    public abstract Action<TSrc, TDst> GetMapping();
}

/// <summary>Names the contract that a <see cref="CustomMappingFactory{TSrc, TDst}"/> keeps; written <c>[CustomMappingFactoryAttribute("name")]</c>, as in ML.NET.</summary>
/// <param name="contractName">The name given to <c>CustomMapping</c>, not empty.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomMappingFactoryAttributeAttribute(string contractName) : Attribute
{
    /// <summary>The name given to <c>CustomMapping</c>.</summary>
    public string ContractName { get; } = contractName;
}

/// <summary>How custom mappings are saved: by the name of their contract alone.</summary>
internal static class CustomMapping
{
    public const string LoaderName = "CustomMapping";
    public const string PartName = "contract.json";

    private static CustomMappingTransformer<TSrc, TDst> Make<TSrc, TDst>(CustomMappingFactory<TSrc, TDst> factory, string contract)
        where TSrc : class, new()
        where TDst : class, new()
        => new(factory.GetMapping(), contract, input: null, output: null);

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            string contract = reader.ReadJson(PartName, root => root.GetString() ?? "");
            Type factoryType = (reader.Environment as MLContext)?.ComponentCatalog.FindMapping(contract) ?? throw new ModelFormatException(
                ModelFormatError.NotAModel,
                $"'{reader.FileName}' has a custom mapping '{contract}', whose code no registered assembly has. Put a class with " +
                $"[CustomMappingFactoryAttribute(\"{contract}\")] into the program and call " +
                "mlContext.ComponentCatalog.RegisterAssembly(typeof(ThatClass).Assembly) before loading.");
            Type factory = Base(factoryType)!;
            MethodInfo make = typeof(CustomMapping).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!;
            return (ITransformer)make.MakeGenericMethod(factory.GetGenericArguments())
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Activator.CreateInstance(factoryType), contract], null)!;
        }
    }

    /// <summary>The factory class that a type derives from, with its type arguments, or null.</summary>
    public static Type? Base(Type type)
    {
        for (Type? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.IsGenericType && ancestor.GetGenericTypeDefinition() == typeof(CustomMappingFactory<,>))
            {
                return ancestor;
            }
        }

        return null;
    }
}
