#nullable disable
namespace ImageClassification.DataModels
{
    public class ImageData
    {
        public ImageData(string imagePath, string label)
        {
            ImagePath = imagePath;
            Label = label;
        }

        public readonly string ImagePath;

        public readonly string Label;
    }

    public class InMemoryImageData
    {
        public InMemoryImageData(byte[] image, string label, string imageFileName)
        {
            Image = image;
            Label = label;
            ImageFileName = imageFileName;
        }

        public readonly byte[] Image;

        public readonly string Label;

        public readonly string ImageFileName;
    }

    public class ImagePrediction
    {
        [ResNetMl.Data.ColumnName("Score")]
        public float[] Score;

        [ResNetMl.Data.ColumnName("PredictedLabel")]
        public string PredictedLabel;
    }
}
