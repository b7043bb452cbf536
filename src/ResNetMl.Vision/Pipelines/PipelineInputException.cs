namespace ResNetMl.Vision;

/// <summary>A saved pipeline cannot be fed with single images, or says nothing that is a label; the message names the columns.</summary>
/// <param name="message">Where, what was expected, what was found, what next.</param>
public sealed class PipelineInputException(string message) : InvalidOperationException(message);
