using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>The columns of a model's input, as the part <c>schema.json</c> of a model.</summary>
public static class SchemaPart
{
    /// <summary>The part's name.</summary>
    public const string Name = "schema.json";

    /// <summary>The columns as a part. Annotations that are texts, numbers or vectors of these are kept, others left out.</summary>
    /// <param name="schema">The columns, hidden ones too.</param>
    /// <exception cref="NotSupportedException">A column is of a type that no file can describe.</exception>
    public static ModelPart Of(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (DataViewSchema.Column column in schema)
        {
            if (!TypeJson.CanWrite(column.Type))
            {
                throw new NotSupportedException(
                    $"Column '{column.Name}' is {column.Type}, which a saved schema cannot describe. Save with the schema of the data as it was " +
                    "loaded, before any transform, or with null.");
            }
        }

        return new ModelPart(Name, stream => Write(stream, schema));
    }

    /// <summary>The columns that a model says its input has, or null where it does not say.</summary>
    /// <param name="archive">An opened model.</param>
    /// <exception cref="ModelFormatException">The part is damaged.</exception>
    public static DataViewSchema? Read(ModelArchive archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        return archive.Contains(Name)
            ? new ComponentReader(new MLContext(), archive, folder: "", loaderVersion: 1, depth: 0).ReadJson(Name, Read)
            : null;
    }

    private static void Write(Stream stream, DataViewSchema schema)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (DataViewSchema.Column column in schema)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WritePropertyName("type");
            TypeJson.Write(json, column.Type);
            json.WriteStartArray("annotations");
            foreach (DataViewSchema.Column annotation in column.Annotations.Schema)
            {
                AnnotationValue.For(annotation)?.Write(json, column.Annotations, annotation);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static DataViewSchema Read(JsonElement root)
    {
        var builder = new DataViewSchema.Builder();
        foreach (JsonElement column in root.EnumerateArray())
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            foreach (JsonElement annotation in column.GetProperty("annotations").EnumerateArray())
            {
                DataViewType type = TypeJson.Read(annotation.GetProperty("type"));
                AnnotationValue.For(type).Read(annotations, annotation.GetProperty("name").GetString()!, type, annotation.GetProperty("value"));
            }

            builder.AddColumn(column.GetProperty("name").GetString()!, TypeJson.Read(column.GetProperty("type")), annotations.ToAnnotations());
        }

        return builder.ToSchema();
    }

    /// <summary>Writes and reads the value of one annotation, by its raw type.</summary>
    private abstract class AnnotationValue
    {
        public static AnnotationValue? For(DataViewSchema.Column annotation) => TypeJson.CanWrite(annotation.Type) ? For(annotation.Type) : null;

        public static AnnotationValue For(DataViewType type) => type is VectorDataViewType vector
            ? GenericTypes.New<AnnotationValue>(typeof(VectorValue<>), [vector.ItemType.RawType])
            : GenericTypes.New<AnnotationValue>(typeof(SingleValue<>), [type.RawType]);

        public void Write(Utf8JsonWriter json, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
        {
            json.WriteStartObject();
            json.WriteString("name", annotation.Name);
            json.WritePropertyName("type");
            TypeJson.Write(json, annotation.Type);
            json.WritePropertyName("value");
            WriteValue(json, annotations, annotation);
            json.WriteEndObject();
        }

        public abstract void Read(DataViewSchema.Annotations.Builder annotations, string name, DataViewType type, JsonElement value);

        protected abstract void WriteValue(Utf8JsonWriter json, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation);
    }

    private sealed class SingleValue<T> : AnnotationValue
        where T : notnull
    {
        public override void Read(DataViewSchema.Annotations.Builder annotations, string name, DataViewType type, JsonElement value)
        {
            var read = (T)ValueJson.Read(value, (PrimitiveDataViewType)type);
            annotations.Add(name, type, (ref T destination) => destination = read);
        }

        protected override void WriteValue(Utf8JsonWriter json, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
        {
            T value = default!;
            annotations.GetGetter<T>(annotation)(ref value);
            ValueJson.Write(json, value);
        }
    }

    private sealed class VectorValue<T> : AnnotationValue
        where T : notnull
    {
        public override void Read(DataViewSchema.Annotations.Builder annotations, string name, DataViewType type, JsonElement value)
        {
            PrimitiveDataViewType itemType = ((VectorDataViewType)type).ItemType;
            T[] items = [.. value.EnumerateArray().Select(item => (T)ValueJson.Read(item, itemType))];
            var read = new VBuffer<T>(items.Length, items);
            annotations.Add(name, type, (ref VBuffer<T> destination) => read.CopyTo(ref destination));
        }

        protected override void WriteValue(Utf8JsonWriter json, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
        {
            VBuffer<T> value = default;
            annotations.GetGetter<VBuffer<T>>(annotation)(ref value);
            json.WriteStartArray();
            foreach (T item in value.DenseValues())
            {
                ValueJson.Write(json, item);
            }

            json.WriteEndArray();
        }
    }
}
