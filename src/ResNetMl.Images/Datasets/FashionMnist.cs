namespace ResNetMl.Images;

/// <summary>70,000 grey images of clothing: Xiao, Rasul, Vollgraf 2017, https://arxiv.org/abs/1708.07747.</summary>
internal static class FashionMnist
{
    private static readonly DatasetRecipe Recipe = new(
        Files:
        [
            new("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            new("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            new("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            new("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        ],
        TrainingFile: "train-images-idx3-ubyte",
        TestFile: "t10k-images-idx3-ubyte",
        DebianPackage: "dataset-fashion-mnist",
        InstalledFolder: "/usr/share/datasets/fashion-mnist");

    internal static CatalogueEntry Entry { get; } = new(Recipe)
    {
        Name = "fashion-mnist",
        Description = "clothing in 10 classes, 28×28 grey",
        TrainingImages = 60_000,
        TestImages = 10_000,

        // The published names (README of the origin, "Labels") in the form of folder names, as in the sample of this repository.
        Labels = ["t-shirt-top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"],
        SizeBytes = 30_878_517,
        License = "MIT",
        Origin = "Zalando SE, https://github.com/zalandoresearch/fashion-mnist",
    };
}
