using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>The parameters and buffers with which training from scratch starts.</summary>
public static class InitialState
{
    /// <summary>A new state dictionary, each tensor as its <see cref="ParameterSpec.Initialization"/> says.</summary>
    /// <remarks>
    /// <para>The same seed gives the same bits on every machine and system. A tensor depends on the seed, its name and its shape alone: a network and
    /// its plain twin start equal, and a layer added elsewhere changes nothing.</para>
    /// <para>The numbers are Philox4x32-10's, keyed by the seed and counted by (name, place); normal numbers are made of them by the polar
    /// method with IEEE-exact operations only. They are not those that PyTorch draws from the same seed.</para>
    /// </remarks>
    /// <param name="definition">The network.</param>
    /// <param name="seed">Any number.</param>
    /// <returns>Single-precision tensors in the order of <see cref="NetworkDefinition.State"/>.</returns>
    public static StateDictionary Create(NetworkDefinition definition, long seed)
    {
        var state = new StateDictionary();
        foreach (ParameterSpec parameter in definition.State)
        {
            var tensor = new Tensor(parameter.Shape);
            Fill(parameter, seed, tensor.Span);
            state.Add(parameter.Name, tensor);
        }

        return state;
    }

    private static void Fill(ParameterSpec parameter, long seed, Span<float> elements)
    {
        switch (parameter.Initialization)
        {
            case Initialization.Zeros:
                elements.Clear();
                break;

            case Initialization.Ones:
                elements.Fill(1);
                break;

            case Initialization.Constant:
                elements.Fill(parameter.Value);
                break;

            case Initialization.HeNormalFanOut:
                new RandomNumbers(seed, parameter.Name).FillNormal(Math.Sqrt(2.0 / parameter.FanOut), elements);
                break;

            case Initialization.UniformFanIn:
                new RandomNumbers(seed, parameter.Name).FillUniform(1 / Math.Sqrt(parameter.FanIn), elements);
                break;

            default:
                throw new ArgumentException($"{parameter.Name} has the unknown initialization {parameter.Initialization}.");
        }
    }
}
