using System.Reflection;
using ResNetMl.Data;
using ResNetMl.Transforms;

namespace ResNetMl.Runtime;

/// <summary>The program's own parts of pipelines, which saved models may name: custom mappings, and loaders of its own transformers.</summary>
/// <remarks>A model's file names parts, never an assembly or a type: only what was registered here, and this product's own, is ever made.</remarks>
public sealed class ComponentCatalog
{
    private readonly Lock _lock = new();
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly Dictionary<string, Type> _mappings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TransformerLoaderAttribute> _loaders = new(StringComparer.Ordinal);

    internal ComponentCatalog()
    {
    }

    /// <summary>Makes the parts of an assembly known: its classes with <see cref="CustomMappingFactoryAttributeAttribute"/>, and the
    /// transformers it names with <see cref="TransformerLoaderAttribute"/>.</summary>
    /// <param name="assembly">Usually the program's own; registering it again changes nothing.</param>
    /// <param name="throwOnError">Whether a part that cannot be used, or whose name is taken, is an error; otherwise it is left out.</param>
    /// <exception cref="InvalidOperationException">A name is taken, or a class with the attribute is no factory that can be made.</exception>
    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (_lock)
        {
            if (!_assemblies.Add(assembly))
            {
                return;
            }

            foreach (TransformerLoaderAttribute loader in assembly.GetCustomAttributes<TransformerLoaderAttribute>())
            {
                if (!_loaders.TryAdd(loader.Name, loader) && throwOnError)
                {
                    throw new InvalidOperationException($"{assembly.GetName().Name} registers the loader '{loader.Name}', whose name is taken.");
                }
            }

            foreach (Type type in assembly.GetTypes())
            {
                if (type.GetCustomAttribute<CustomMappingFactoryAttributeAttribute>() is { } named)
                {
                    Register(type, named.ContractName, throwOnError);
                }
            }
        }
    }

    internal Type? FindMapping(string contractName)
    {
        lock (_lock)
        {
            return _mappings.GetValueOrDefault(contractName);
        }
    }

    internal TransformerLoaderAttribute? FindLoader(string name)
    {
        lock (_lock)
        {
            return _loaders.GetValueOrDefault(name);
        }
    }

    private void Register(Type type, string contractName, bool throwOnError)
    {
        bool isFactory = CustomMapping.Base(type) is not null && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null;
        if (isFactory && _mappings.TryAdd(contractName, type))
        {
            return;
        }

        if (throwOnError)
        {
            throw new InvalidOperationException(isFactory
                ? $"{type.Name} names the contract '{contractName}', which {_mappings[contractName].Name} has. Give one of them another name."
                : $"{type.Name} names the contract '{contractName}', but is no CustomMappingFactory<TSrc, TDst> with a constructor without parameters.");
        }
    }
}
