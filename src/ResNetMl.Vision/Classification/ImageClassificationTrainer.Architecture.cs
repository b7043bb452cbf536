namespace ResNetMl.Vision;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>Whose features are learned from. ML.NET's four keep their numbers.</summary>
    /// <remarks>
    /// The weights come from <see cref="Options.WeightsPath"/> or as <see cref="WeightsStore"/> finds them under the value's name. V1 and V2 name the residual
    /// networks of He et al. 2015 and 2016, followed by their depth.
    /// </remarks>
    public enum Architecture
    {
        /// <summary>ResNet-101, pre-activation; images of 299×299.</summary>
        ResnetV2101 = 0,

        /// <summary>Inception v3 (Szegedy et al. 2015); images of 299×299. From a file of your own: none is published in the catalogue.</summary>
        InceptionV3 = 1,

        /// <summary>MobileNetV2 (Sandler et al. 2018); images of 224×224. From a file of your own: none is published in the catalogue.</summary>
        MobilenetV2 = 2,

        /// <summary>ResNet-50, pre-activation; images of 299×299. The default.</summary>
        ResnetV250 = 3,

        /// <summary>ResNet-18, post-activation; images of 299×299.</summary>
        ResnetV118 = 4,

        /// <summary>ResNet-34, post-activation; images of 299×299.</summary>
        ResnetV134 = 5,

        /// <summary>ResNet-50, post-activation; images of 299×299.</summary>
        ResnetV150 = 6,

        /// <summary>ResNet-101, post-activation; images of 299×299.</summary>
        ResnetV1101 = 7,

        /// <summary>ResNet-152, post-activation; images of 299×299.</summary>
        ResnetV1152 = 8,

        /// <summary>ResNet-18, pre-activation; images of 299×299.</summary>
        ResnetV218 = 9,

        /// <summary>ResNet-34, pre-activation; images of 299×299.</summary>
        ResnetV234 = 10,

        /// <summary>ResNet-152, pre-activation; images of 299×299.</summary>
        ResnetV2152 = 11,
    }
}
