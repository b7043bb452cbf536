using System.Text.Json;

namespace ResNetMl.Networks;

/// <summary>Reads the members of one JSON object, each by name and type, and knows which were not asked for.</summary>
/// <param name="where">Begins each message: <c>node 'conv1'</c>.</param>
/// <param name="kind">What its members are called in messages: <c>attribute</c>.</param>
/// <param name="element">The object.</param>
internal class JsonObjectReader(string where, string kind, JsonElement element)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The element itself, if it is an object.</summary>
    internal static JsonElement RequireObject(string where, JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element
        : throw new NetworkFormatException($"{Capitalized(where)}: expected an object, got {Describe(element)}.");

    internal static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>The member of a name.</summary>
    internal JsonElement Member(string name)
    {
        _asked.Add(name);
        return element.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new NetworkFormatException($"{Capitalized(where)} lacks the {kind} '{name}'. Has the file been edited or cut?");
    }

    /// <summary>Whether there is a member of a name; it may then be asked for.</summary>
    internal bool Has(string name)
    {
        _asked.Add(name);
        return element.TryGetProperty(name, out _);
    }

    internal int Integer(string name, int least, int most)
    {
        JsonElement member = Member(name);
        return IsInteger(member, least, most, out int value)
            ? value
            : throw Wrong(name, $"an integer from {least} to {most}", member);
    }

    internal string Text(string name)
    {
        JsonElement member = Member(name);
        return IsName(member, out string? text) ? text : throw Wrong(name, NameRule, member);
    }

    internal IReadOnlyList<string> Texts(string name)
    {
        JsonElement[] items = Items(name, NetworkLimits.MaxInputs);
        return
        [
            .. items.Select(item => IsName(item, out string? text) ? text : throw Wrong(name, $"each to be {NameRule}", item)),
        ];
    }

    internal JsonElement[] Items(string name, int most)
    {
        JsonElement member = Member(name);
        if (member.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, "an array", member);
        }

        int length = member.GetArrayLength();
        return length <= most
            ? [.. member.EnumerateArray()]
            : throw new NetworkFormatException($"{Capitalized(where)}, {kind} '{name}': expected at most {most:N0} items, got {length:N0}.");
    }

    /// <summary>Integers of an array.</summary>
    internal int[] Integers(string name, int fewest, int most, string meaning, int least, int greatest)
    {
        JsonElement member = Member(name);
        if (member.ValueKind == JsonValueKind.Array && member.GetArrayLength() is int count && count >= fewest && count <= most)
        {
            int[] values = new int[count];
            int index = 0;
            foreach (JsonElement item in member.EnumerateArray())
            {
                if (!IsInteger(item, least, greatest, out values[index++]))
                {
                    throw Wrong(name, $"{meaning}, integers from {least} to {greatest}", member);
                }
            }

            return values;
        }

        throw Wrong(name, $"{meaning}, integers from {least} to {greatest}", member);
    }

    /// <summary>Refuses members that were not asked for: ignoring one would change what the file says.</summary>
    internal void RequireNothingElse()
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                throw new NetworkFormatException(
                    $"{Capitalized(where)} has an unknown {kind} '{Shortened(member.Name)}'; known: {string.Join(", ", _asked.DefaultIfEmpty("none"))}.");
            }
        }
    }

    protected NetworkFormatException Wrong(string name, string expected, JsonElement got) =>
        new($"{Capitalized(where)}, {kind} '{name}': expected {expected}, got {Describe(got)}.");

    private static string NameRule { get; } = $"a text of 1 to {NetworkLimits.MaxNameLength} characters, none of them a control character";

    private static bool IsInteger(JsonElement element, int least, int most, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value) && value >= least && value <= most;
    }

    private static bool IsName(JsonElement element, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return text is { Length: > 0 and <= NetworkLimits.MaxNameLength } && !text.Any(char.IsControl);
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        _ => Shortened(element.GetRawText()),
    };

    private static string Shortened(string text) => text.Length <= 60 ? text : $"{text[..60]}…";
}
