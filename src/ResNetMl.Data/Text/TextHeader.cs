namespace ResNetMl.Data;

/// <summary>What a text file's first lines say of all its lines: how many fields there are, how they are called, and which columns they make.</summary>
/// <param name="options">How files are read.</param>
/// <param name="sample">A file like those to be read; null where there is none.</param>
internal sealed class TextHeader(TextLoader.Options options, IMultiStreamSource? sample)
{
    /// <summary>How many fields a line has.</summary>
    /// <exception cref="ArgumentException">Nothing says so.</exception>
    public int CountFields()
    {
        if (options.InputSize is { } count)
        {
            return count;
        }

        var split = new LineFields(options);
        using TextLines? lines = sample is null ? null : new TextLines(sample, options, split);
        var fields = new List<ReadOnlyMemory<char>>();
        return lines?.Read() is { } line && split.Split(line.AsMemory(), fields) < 0
            ? fields.Count
            : throw new ArgumentException(
                "A range goes to the end of the line, and nothing says how many fields lines have: set InputSize, or give a data sample with a line.");
    }

    /// <summary>What the header calls each field; null where there is no header to read.</summary>
    public IReadOnlyList<string>? NamesOrNull()
    {
        IMultiStreamSource? source = options.HeaderFile is { } path ? new MultiFileSource(path) : options.HasHeader ? sample : null;
        if (source is not { Count: > 0 })
        {
            return null;
        }

        // The header is the first line that holds fields, read as if it were a row.
        TextLoader.Options asRow = options.Copied();
        asRow.HasHeader = false;
        asRow.AllowSparse = false;
        var split = new LineFields(asRow);
        using var lines = new TextLines(source, asRow, split);
        var fields = new List<ReadOnlyMemory<char>>();
        return lines.Read() is { } line && split.Split(line.AsMemory(), fields) < 0 ? [.. fields.Select(field => field.ToString())] : null;
    }

    /// <summary>The position of a field that the header names.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="member">Who wants it, for the message.</param>
    public int IndexOf(string name, string member)
    {
        IReadOnlyList<string> names = NamesOrNull() ?? throw new ArgumentException(
            $"{member} has [LoadColumnName(\"{name}\")], and there is no header: set hasHeader with a file or data sample at hand, or HeaderFile.");
        int index = names.ToList().IndexOf(name);
        return index >= 0 ? index : throw new ArgumentException(
            $"{member} has [LoadColumnName(\"{name}\")], but the header names {string.Join(", ", names.Select(known => $"'{known}'"))}.");
    }

    /// <summary>Options with the columns that the file itself says, or else a label and features.</summary>
    /// <exception cref="ArgumentException">There is neither a schema comment nor a line to count the fields of.</exception>
    public TextLoader.Options Inferred()
    {
        TextLoader.Options inferred = options.Copied();
        if (sample is { Count: > 0 } && TextSchemaComment.Read(sample) is { } comment)
        {
            inferred.Columns = comment.Columns;
            inferred.HasHeader = comment.HasHeader;
            inferred.Separators = comment.Separators ?? inferred.Separators;

            // Where the comment is, its writer quotes what would be misread, and leaves zeros out of long vectors.
            inferred.AllowQuoting = true;
            inferred.ReadMultilines = true;
            inferred.AllowSparse = true;
            return inferred;
        }

        int count;
        try
        {
            count = CountFields();
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                "A text loader needs columns: set Options.Columns, or load into a class whose members have [LoadColumn(index)]. " +
                "To take them from a file, give a data sample with a line.");
        }

        inferred.Columns = count == 1
            ? [new TextLoader.Column("Label", DataKind.Single, 0)]
            : [
                new TextLoader.Column("Label", DataKind.Single, 0),
                new TextLoader.Column("Features", DataKind.Single, [new TextLoader.Range(1, count - 1)]),
            ];
        return inferred;
    }
}
