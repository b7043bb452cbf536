using System.Reflection;
using System.Text.RegularExpressions;
using ResNetMl.Architecture.Tests.PublicSurface;

namespace Compatibility.MemberTable;

/// <summary>What programs can see of the rooms that ML.NET's users meet: lines of members by full name of their type.</summary>
internal static class Surface
{
    private static readonly string[] Rooms =
        ["ResNetMl.Data", "ResNetMl.Evaluation", "ResNetMl.Vision", "ResNetMl.OnnxTransformer", "ResNetMl.Extensions"];

    private static readonly Regex TypeName =
        new(@"^(?:(?!delegate).)*?\b(class|struct|interface|enum|record)\b (struct )?(?<name>[\w.]+(<[^>:]*>)?)", RegexOptions.CultureInvariant);

    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Types { get; } = Read();

    private static Dictionary<string, IReadOnlySet<string>> Read()
    {
        var types = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        string space = "";
        HashSet<string> members = [];
        foreach (string line in Rooms.SelectMany(room => SurfaceWriter.Write(Assembly.Load(new AssemblyName(room))).Split('\n')))
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal))
            {
                space = line["namespace ".Length..];
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                members.Add(line.Trim());
            }
            else if (TypeName.Match(line) is { Success: true } type)
            {
                members = [];
                types.Add($"{space}.{type.Groups["name"].Value}", members);
            }
        }

        return types;
    }
}
