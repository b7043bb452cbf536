using ResNetMl.Data;

namespace ResNetMl;

public sealed partial class DataViewSchema
{
    /// <summary>Named values that belong to a column as a whole, such as what its keys stand for; <see cref="AnnotationKinds"/> has the names.</summary>
    /// <remarks>Immutable. A value is fetched when asked for, so that a million key values cost nothing until then.</remarks>
    public sealed class Annotations
    {
        private readonly Delegate[] _getters;

        private Annotations(DataViewSchema schema, Delegate[] getters)
        {
            Schema = schema;
            _getters = getters;
        }

        /// <summary>No annotations.</summary>
        public static Annotations Empty { get; } = new(new DataViewSchema([]), []);

        /// <summary>Names and types of the annotations.</summary>
        public DataViewSchema Schema { get; }

        /// <summary>The getter of an annotation.</summary>
        /// <param name="column">A column of <see cref="Schema"/>.</param>
        /// <typeparam name="TValue">The raw type of that column.</typeparam>
        /// <exception cref="InvalidOperationException">The annotation is of another type; the message says which.</exception>
        public ValueGetter<TValue> GetGetter<TValue>(Column column)
        {
            Schema.Check(column);
            return _getters[column.Index] as ValueGetter<TValue>
                ?? throw new InvalidOperationException(
                    $"Annotation '{column.Name}' is {column.Type}, read as {RawTypes.NameOf(column.Type.RawType)}, not as {RawTypes.NameOf(typeof(TValue))}.");
        }

        /// <summary>Reads an annotation.</summary>
        /// <param name="kind">Its name, such as <see cref="AnnotationKinds.KeyValues"/>.</param>
        /// <param name="value">Receives the value.</param>
        /// <typeparam name="TValue">The raw type of the annotation.</typeparam>
        /// <exception cref="InvalidOperationException">There is no such annotation, or it is of another type.</exception>
        public void GetValue<TValue>(string kind, ref TValue value)
        {
            Column column = Schema.GetColumnOrNull(kind)
                ?? throw new InvalidOperationException($"There is no annotation '{kind}'; there {Schema.Describe()}.");
            GetGetter<TValue>(column)(ref value);
        }

        /// <summary>Written as {KeyValues: Vector&lt;String, 3&gt;}.</summary>
        public override string ToString() => $"{{{string.Join(", ", Schema)}}}";

        internal Delegate GetterOf(int index) => _getters[index];

        /// <summary>Makes annotations one by one.</summary>
        public sealed class Builder
        {
            private readonly List<DetachedColumn> _columns = [];
            private readonly List<Delegate> _getters = [];

            /// <summary>Adds an annotation whose value is fetched when asked for.</summary>
            /// <param name="name">Its name, not taken yet.</param>
            /// <param name="type">What it is.</param>
            /// <param name="getter">Writes the value into the caller's variable, copying; called any number of times, on any thread.</param>
            /// <param name="annotations">Annotations of the annotation; null for none.</param>
            /// <typeparam name="TValue">The raw type of <paramref name="type"/>.</typeparam>
            /// <exception cref="ArgumentException">The getter is of another type than the annotation, or the name is taken.</exception>
            public void Add<TValue>(string name, DataViewType type, ValueGetter<TValue> getter, Annotations? annotations = null)
            {
                ArgumentNullException.ThrowIfNull(getter);
                ArgumentNullException.ThrowIfNull(type);
                if (type.RawType != typeof(TValue))
                {
                    throw new ArgumentException(
                        $"Annotation '{name}' is {type}, read as {RawTypes.NameOf(type.RawType)}, but its getter serves {RawTypes.NameOf(typeof(TValue))}.",
                        nameof(getter));
                }

                AddGetter(name, type, getter, annotations);
            }

            /// <summary>Adds an annotation with a value at hand that needs no copying, such as a number.</summary>
            /// <param name="name">Its name, not taken yet.</param>
            /// <param name="type">What it is.</param>
            /// <param name="value">The value.</param>
            /// <typeparam name="TValue">The raw type of <paramref name="type"/>.</typeparam>
            public void AddPrimitiveValue<TValue>(string name, PrimitiveDataViewType type, TValue value)
                => Add(name, type, (ref TValue destination) => destination = value);

            /// <summary>Adds the annotations of another column that a test lets through.</summary>
            /// <param name="annotations">Annotations to add; null adds none.</param>
            /// <param name="selector">Whether to take the annotation of a name.</param>
            public void Add(Annotations? annotations, Func<string, bool> selector)
            {
                ArgumentNullException.ThrowIfNull(selector);
                foreach (Column column in (annotations ?? Empty).Schema)
                {
                    if (selector(column.Name))
                    {
                        AddGetter(column.Name, column.Type, annotations!._getters[column.Index], column.Annotations);
                    }
                }
            }

            /// <summary>Adds what keys stand for (<see cref="AnnotationKinds.KeyValues"/>).</summary>
            /// <param name="values">The text of key 1, 2, …</param>
            public void AddKeyValues(IReadOnlyList<string> values) => AddTexts(AnnotationKinds.KeyValues, values);

            /// <summary>Adds what each element of a vector is (<see cref="AnnotationKinds.SlotNames"/>).</summary>
            /// <param name="names">The name of element 0, 1, …</param>
            public void AddSlotNames(IReadOnlyList<string> names) => AddTexts(AnnotationKinds.SlotNames, names);

            /// <summary>Adds a vector of texts.</summary>
            /// <param name="name">The annotation's name, not taken yet.</param>
            /// <param name="texts">The texts, copied.</param>
            public void AddTexts(string name, IReadOnlyList<string> texts)
            {
                ArgumentNullException.ThrowIfNull(texts);
                var buffer = new VBuffer<ReadOnlyMemory<char>>(texts.Count, [.. texts.Select(text => text.AsMemory())]);
                Add(
                    name,
                    new VectorDataViewType(TextDataViewType.Instance, texts.Count),
                    (ref VBuffer<ReadOnlyMemory<char>> destination) => buffer.CopyTo(ref destination));
            }

            /// <summary>The annotations added so far.</summary>
            public Annotations ToAnnotations() => _columns.Count == 0 ? Empty : new(new DataViewSchema(_columns), [.. _getters]);

            private void AddGetter(string name, DataViewType type, Delegate getter, Annotations? annotations)
            {
                if (_columns.Any(column => column.Name == name))
                {
                    throw new ArgumentException($"There already is an annotation '{name}'.", nameof(name));
                }

                _columns.Add(new DetachedColumn(name, type, annotations));
                _getters.Add(getter);
            }
        }
    }
}
