using ResNetMl.Runtime;

namespace ResNetMl.Foundation.Tests.Data.Context;

public sealed class MLContextTests
{
    // Witness: ML.NET's samples filter on e.Message.StartsWith("[Source=ImageClassificationTrainer;").
    [Fact]
    public void A_message_is_written_as_ML_NET_writes_it()
    {
        var context = new MLContext();
        var heard = new List<LoggingEventArgs>();
        context.Log += (sender, message) =>
        {
            Assert.Same(context, sender);
            heard.Add(message);
        };

        ((IHostEnvironment)context).Report("ImageClassificationTrainer; Training", ChannelMessageKind.Trace, "Epoch 1");

        LoggingEventArgs message = Assert.Single(heard);
        Assert.Equal("[Source=ImageClassificationTrainer; Training, Kind=Trace] Epoch 1", message.Message);
        Assert.Equal("Epoch 1", message.RawMessage);
        Assert.Equal(ChannelMessageKind.Trace, message.Kind);
        Assert.Equal("ImageClassificationTrainer; Training", message.Source);
    }

    [Fact]
    public void Options_are_kept_by_name_and_type()
    {
        var context = new MLContext();

        Assert.True(context.TryAddOption("threads", 4));
        Assert.False(context.TryAddOption("threads", 5));
        Assert.True(context.TryGetOption("threads", out int threads));
        Assert.Equal(4, threads);
        Assert.False(context.TryGetOption("threads", out string? _));
        context.SetOption("threads", 6);
        Assert.Equal(6, context.GetOptionOrDefault<int>("threads"));
        Assert.True(context.RemoveOption("threads"));
        Assert.False(context.RemoveOption("threads"));
        Assert.Equal(0, context.GetOptionOrDefault<int>("threads"));
    }

    [Fact]
    public void Defaults_are_ML_NETs()
    {
        var context = new MLContext();

        Assert.Equal(Path.GetTempPath(), context.TempFilePath);
        Assert.False(context.FallbackToCpu);
        Assert.Null(context.GpuDeviceId);
        Assert.Null(((IHostEnvironment)context).Seed);
        Assert.Equal(3, ((IHostEnvironment)new MLContext(3)).Seed);
        Assert.Throws<ArgumentException>(() => context.TempFilePath = "");
    }

    [Fact]
    public void Every_catalog_leads_back_to_its_context()
    {
        var context = new MLContext();
        ICatalog[] catalogs =
        [
            context.Data, context.Model, context.Transforms, context.Transforms.Conversion, context.MulticlassClassification,
            context.MulticlassClassification.Trainers,
        ];

        Assert.All(catalogs, catalog => Assert.Same(context, catalog.Environment));
    }
}
