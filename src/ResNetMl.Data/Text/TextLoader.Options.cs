namespace ResNetMl.Data;

public sealed partial class TextLoader
{
    /// <summary>How text files are read.</summary>
    public sealed class Options
    {
        /// <summary>
        /// The columns; null for those that the file's own schema comment says (<see cref="TextLoaderSaverCatalog.SaveAsText"/> writes it), and where there is
        /// none for a Single <c>Label</c>, the first field, and <c>Features</c>, a vector of Single of all others.
        /// </summary>
        public Column[]? Columns;

        /// <summary>What parts fields; a tab unless set. Any of them parts, and none may be a line's end or the quote.</summary>
        public char[] Separators = ['\t'];

        /// <summary>Whether the first line of each file is left out.</summary>
        public bool HasHeader;

        /// <summary>
        /// A file whose first line names the fields: elements of vectors are named so (<see cref="AnnotationKinds.SlotNames"/>), and
        /// <see cref="LoadColumnNameAttribute"/> finds its fields there. Null for the data sample's own first line, where there is a header.
        /// </summary>
        public string? HeaderFile;

        /// <summary>Accepted for ML.NET's sake and without effect: lines are read as they are needed, and what is computed from them in parallel.</summary>
        public bool UseThreads = true;

        /// <summary>Whether a field that begins with " ends with the next lone ", and may hold separators between them.</summary>
        public bool AllowQuoting;

        /// <summary>Whether a quoted field may hold line ends.</summary>
        public bool ReadMultilines;

        /// <summary>What makes a " inside a quoted field one of its characters: the quote itself, doubled, unless set.</summary>
        public char EscapeChar = '"';

        /// <summary>Whether spaces and tabs at the end of a field are dropped; spaces at its start always are, where space is no separator.</summary>
        public bool TrimWhitespace;

        /// <summary>
        /// Whether a line may hold one sparse part: the number of its fields, then index:value for those that are not 0, to the line's end.
        /// </summary>
        public bool AllowSparse;

        /// <summary>'.' or ',' between a number's whole and its fraction.</summary>
        public char DecimalMarker = '.';

        /// <summary>Whether an empty or absent field of a Single or Double column is NaN rather than 0.</summary>
        public bool MissingRealsAsNaNs;

        /// <summary>How many fields lines have, for ranges up to the end; null to count those of the data sample's first line.</summary>
        public int? InputSize;

        /// <summary>How many rows to read at most; null for all.</summary>
        public long? MaxRows;

        /// <summary>What is handed in may be changed afterwards; what was built does not follow.</summary>
        internal Options Copied() => new()
        {
            Columns = Columns, Separators = [.. Separators], HasHeader = HasHeader, HeaderFile = HeaderFile, UseThreads = UseThreads,
            AllowQuoting = AllowQuoting, ReadMultilines = ReadMultilines, EscapeChar = EscapeChar, TrimWhitespace = TrimWhitespace,
            AllowSparse = AllowSparse, DecimalMarker = DecimalMarker, MissingRealsAsNaNs = MissingRealsAsNaNs, InputSize = InputSize, MaxRows = MaxRows,
        };
    }

    /// <summary>One column of the view and the fields it is read from.</summary>
    public sealed class Column
    {
        /// <summary>A column to be described by its properties.</summary>
        public Column()
        {
        }

        /// <summary>A column of one field.</summary>
        /// <param name="name">The column's name.</param>
        /// <param name="dataKind">What the field is read as.</param>
        /// <param name="index">The field, counted from 0.</param>
        public Column(string name, DataKind dataKind, int index)
            : this(name, dataKind, [new Range(index)])
        {
        }

        /// <summary>A vector of adjacent fields.</summary>
        /// <param name="name">The column's name.</param>
        /// <param name="dataKind">What the fields are read as.</param>
        /// <param name="minIndex">First field, counted from 0.</param>
        /// <param name="maxIndex">Last field.</param>
        public Column(string name, DataKind dataKind, int minIndex, int maxIndex)
            : this(name, dataKind, [new Range(minIndex, maxIndex)])
        {
        }

        /// <summary>A vector of ranges of fields, or a key.</summary>
        /// <param name="name">The column's name.</param>
        /// <param name="dataKind">What the fields are read as.</param>
        /// <param name="source">The fields, in the order of the elements.</param>
        /// <param name="keyCount">Makes it a key; null for a plain value.</param>
        public Column(string name, DataKind dataKind, Range[] source, KeyCount? keyCount = null)
        {
            Name = name;
            DataKind = dataKind;
            Source = source;
            KeyCount = keyCount;
        }

        /// <summary>The column's name.</summary>
        public string? Name { get; set; }

        /// <summary>The fields it is read from: one makes a value, several or a range make a vector.</summary>
        public Range[]? Source { get; set; }

        /// <summary>What the fields are read as; Single unless set.</summary>
        public DataKind DataKind { get; set; } = DataKind.Single;

        /// <summary>Makes it a key, of Byte, UInt16, UInt32 or UInt64; null for a plain value.</summary>
        public KeyCount? KeyCount { get; set; }
    }

    /// <summary>Adjacent fields of a line.</summary>
    public sealed class Range
    {
        /// <summary>A range to be described by its properties.</summary>
        public Range()
        {
        }

        /// <summary>One field.</summary>
        /// <param name="index">Counted from 0.</param>
        public Range(int index)
        {
            Min = index;
            Max = index;
        }

        /// <summary>Some fields.</summary>
        /// <param name="min">The first, counted from 0.</param>
        /// <param name="max">The last; null for that of the line, the same in all lines.</param>
        public Range(int min, int? max)
        {
            Min = min;
            Max = max;
            AutoEnd = max is null;
            ForceVector = true;
        }

        /// <summary>The first field, counted from 0.</summary>
        public int Min { get; set; }

        /// <summary>The last field; null for <see cref="Min"/>, unless the range is up to the end.</summary>
        public int? Max { get; set; }

        /// <summary>Whether the range goes to the end of the line, and all lines are as long as the first.</summary>
        public bool AutoEnd { get; set; }

        /// <summary>Whether the range goes to the end of each line, and vectors differ in length; no other range may follow.</summary>
        public bool VariableEnd { get; set; }

        /// <summary>Whether the range is every field that no other column or range names; needs lines of a known length, and takes no other range beside it.</summary>
        public bool AllOther { get; set; }

        /// <summary>Whether a single field makes a vector of one element.</summary>
        public bool ForceVector { get; set; }
    }
}
