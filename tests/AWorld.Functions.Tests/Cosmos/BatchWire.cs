using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;

namespace AWorld.Functions.Tests.Cosmos;

enum BatchVerb { Create = 0, Delete = 4, Replace = 5, Upsert = 20 }

sealed record BatchOperation(BatchVerb Verb, string? Id, byte[]? Body, string? IfMatch);

sealed record BatchResult(int Status, string? ETag, double Charge);

/// <summary>The body of a transactional batch and of its answer: records of hybrid rows, in the layout that the service defines.</summary>
static class BatchWire
{
    static readonly (string Path, TypeKind Type, StorageKind Storage)[] Operation =
    [
        ("operationType", TypeKind.Int32, StorageKind.Fixed), ("resourceType", TypeKind.Int32, StorageKind.Fixed),
        ("partitionKey", TypeKind.Utf8, StorageKind.Variable), ("effectivePartitionKey", TypeKind.Binary, StorageKind.Variable),
        ("id", TypeKind.Utf8, StorageKind.Variable), ("binaryId", TypeKind.Binary, StorageKind.Variable), ("resourceBody", TypeKind.Binary, StorageKind.Variable),
        ("indexingDirective", TypeKind.Utf8, StorageKind.Sparse), ("ifMatch", TypeKind.Utf8, StorageKind.Sparse), ("ifNoneMatch", TypeKind.Utf8, StorageKind.Sparse),
        ("timeToLiveInSeconds", TypeKind.Int32, StorageKind.Sparse), ("minimalReturnPreference", TypeKind.Boolean, StorageKind.Sparse),
    ];

    static readonly (string Path, TypeKind Type, StorageKind Storage)[] Answer =
    [
        ("statusCode", TypeKind.Int32, StorageKind.Fixed), ("subStatusCode", TypeKind.Int32, StorageKind.Fixed),
        ("eTag", TypeKind.Utf8, StorageKind.Variable), ("resourceBody", TypeKind.Binary, StorageKind.Variable),
        ("retryAfterMilliseconds", TypeKind.UInt32, StorageKind.Sparse), ("requestCharge", TypeKind.Float64, StorageKind.Sparse),
    ];

    static readonly SchemaId OperationId = new(2145473648), AnswerId = new(2145473649);

    static readonly LayoutResolverNamespace Layouts = new(
        new() { Name = "Batch", Schemas = [Schema("BatchOperation", OperationId, Operation), Schema("BatchResult", AnswerId, Answer)] },
        SystemSchema.LayoutResolver);

    static Schema Schema(string name, SchemaId id, (string Path, TypeKind Type, StorageKind Storage)[] properties) => new()
    {
        Name = name,
        SchemaId = id,
        Type = TypeKind.Schema,
        Properties = [.. properties.Select(property => new Property { Path = property.Path, PropertyType = new PrimitivePropertyType(property.Type) { Storage = property.Storage } })],
    };

    public static async Task<List<BatchOperation>> Read(byte[] body)
    {
        var operations = new List<BatchOperation>();
        using var stream = new MemoryStream(body);
        var result = await stream.ReadRecordIOAsync((ReadOnlyMemory<byte> record) =>
        {
            operations.Add(ReadOperation(record));
            return Result.Success;
        }, (Func<ReadOnlyMemory<byte>, Result>?)null, new MemorySpanResizer<byte>(body.Length));
        return result == Result.Success ? operations : throw new InvalidDataException($"not a batch: {result}");
    }

    static BatchOperation ReadOperation(ReadOnlyMemory<byte> record)
    {
        var row = new RowBuffer(record.Length);
        if (!row.ReadFrom(record.Span, HybridRowVersion.V1, Layouts))
        {
            throw new InvalidDataException("not an operation of a batch");
        }
        var reader = new RowReader(ref row);
        var (verb, id, ifMatch) = (-1, (string?)null, (string?)null);
        byte[]? content = null;
        while (reader.Read())
        {
            _ = reader.Path.ToString() switch
            {
                "operationType" => reader.ReadInt32(out verb),
                "id" => reader.ReadString(out id),
                "resourceBody" => reader.ReadBinary(out content),
                "ifMatch" => reader.ReadString(out ifMatch),
                _ => Result.Success,
            };
        }
        return new((BatchVerb)verb, id, content, ifMatch);
    }

    public static async Task<byte[]> Write(IReadOnlyList<BatchResult> results)
    {
        using var stream = new MemoryStream();
        var written = await stream.WriteRecordIOAsync(default(Segment), (long index, out ReadOnlyMemory<byte> record) =>
        {
            record = index < results.Count ? Row(results[(int)index]) : default;
            return Result.Success;
        });
        return written == Result.Success ? stream.ToArray() : throw new InvalidDataException($"{written}");
    }

    static byte[] Row(BatchResult result)
    {
        var row = new RowBuffer(256, new MemorySpanResizer<byte>(256));
        row.InitLayout(HybridRowVersion.V1, Layouts.Resolve(AnswerId), Layouts);
        var written = RowWriter.WriteBuffer(ref row, result, static (ref RowWriter writer, TypeArgument type, BatchResult result) =>
        {
            _ = writer.WriteInt32("statusCode", result.Status);
            if (result.ETag is { } etag)
            {
                _ = writer.WriteString("eTag", etag);
            }
            return writer.WriteFloat64("requestCharge", result.Charge);
        });
        return written == Result.Success ? row.ToArray() : throw new InvalidDataException($"{written}");
    }
}
