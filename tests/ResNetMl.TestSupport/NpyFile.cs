using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using ResNetMl.Tensors;

namespace ResNetMl.TestSupport;

/// <summary>Reads arrays that numpy.save wrote: single precision, row-major (numpy.lib.format, versions 1 and 2).</summary>
public static partial class NpyFile
{
    /// <summary>The array as a tensor of its shape.</summary>
    /// <param name="path">A .npy file of dtype &lt;f4 in C order.</param>
    public static Tensor Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        bool isLong = file[6] >= 2;
        int start = isLong ? 12 : 10;
        int length = isLong ? BinaryPrimitives.ReadInt32LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        string header = Encoding.Latin1.GetString(file.Slice(start, length));
        if (!header.Contains("'descr': '<f4'", StringComparison.Ordinal) || !header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: expected single precision in C order, got {header.Trim()}");
        }

        int[] shape = [.. Number().Matches(ShapeText().Match(header).Groups[1].Value).Select(axis => int.Parse(axis.Value, CultureInfo.InvariantCulture))];
        return new Tensor(new Shape(shape), MemoryMarshal.Cast<byte, float>(file[(start + length)..]));
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapeText();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
