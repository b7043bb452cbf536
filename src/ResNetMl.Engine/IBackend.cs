using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>An implementation of the operators: compiles an operation list into plans that run it.</summary>
/// <remarks>
/// Every backend computes the same function up to rounding; one suite of tests holds them to it. Layouts inside a plan are the
/// backend's own affair: tensors at the border are always fp32 and row-major, the batch first: [N, C, H, W], [N, features] or any other rank.
/// </remarks>
public interface IBackend
{
    /// <summary>Its name on the command line: <c>onednn</c> or <c>managed</c>.</summary>
    string Name { get; }

    /// <summary>Library, version and instruction set, for people: <c>oneDNN 2.6.3, AVX-512</c>. Recorded in checkpoints.</summary>
    string Description { get; }

    /// <summary>Whether it computes in this precision on this CPU; <see cref="Precision.Auto"/> always.</summary>
    /// <param name="precision">The precision asked for.</param>
    bool Supports(Precision precision);

    /// <summary>Makes operations and weights ready for scoring.</summary>
    /// <param name="operations">From <see cref="Lowering.ForInference"/>, or a list for one operation.</param>
    /// <param name="weights">Every tensor the operations name; copied, reordered as the backend likes.</param>
    /// <param name="options">Threads and precision.</param>
    /// <exception cref="NotSupportedException">The precision is not to be had here; the message names what is.</exception>
    CompiledNetwork Compile(OperationList operations, StateDictionary weights, CompileOptions options);

    /// <summary>Makes a plan that runs operations forward and backward.</summary>
    /// <param name="operations">From <see cref="Lowering.ForTraining"/>, or a list for one operation.</param>
    /// <param name="weights">Every tensor the operations name; copied into the plan's master weights.</param>
    /// <param name="batchSize">Images in a step, ≥ 1; fixed for the plan.</param>
    /// <param name="options">Threads and precision.</param>
    /// <exception cref="NotSupportedException">The precision is not to be had here; the message names what is.</exception>
    TrainingPlan CreateTrainingPlan(OperationList operations, StateDictionary weights, int batchSize, CompileOptions options);
}
