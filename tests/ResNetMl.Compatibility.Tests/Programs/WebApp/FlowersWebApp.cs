#nullable disable
using System;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using ResNetMl;
using ResNetMl.Extensions;
using static SampleImageClassification.FlowersModel;

namespace FlowersWebApp
{
    /// <summary>The services of a web application that answers with a pool of prediction engines.</summary>
    public static class Startup
    {
        public static void ConfigureServices(IServiceCollection services, string modelPath)
        {
            services.AddPredictionEnginePool<ModelInput, ModelOutput>()
                .FromFile(modelName: "FlowersModel", filePath: modelPath, watchForChanges: true);
            services.AddTransient<PredictController>();
        }
    }

    public class PredictController
    {
        private readonly PredictionEnginePool<ModelInput, ModelOutput> _predictionEnginePool;

        public PredictController(PredictionEnginePool<ModelInput, ModelOutput> predictionEnginePool)
        {
            _predictionEnginePool = predictionEnginePool;
        }

        public string Post(byte[] image)
        {
            if (image == null || image.Length == 0)
            {
                return "400";
            }

            ModelOutput prediction = _predictionEnginePool.Predict(modelName: "FlowersModel", example: new ModelInput { ImageSource = image });

            return prediction.PredictedLabel;
        }

        public float Confidence(byte[] image)
        {
            PredictionEngine<ModelInput, ModelOutput> engine = _predictionEnginePool.GetPredictionEngine("FlowersModel");
            try
            {
                return engine.Predict(new ModelInput { ImageSource = image }).Score.Max();
            }
            finally
            {
                _predictionEnginePool.ReturnPredictionEngine("FlowersModel", engine);
            }
        }

        public bool HasModel() => _predictionEnginePool.GetModel("FlowersModel") != null;
    }
}
