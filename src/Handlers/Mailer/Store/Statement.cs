using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>One SQL statement, compiled once. Its parameters are <c>$1</c>, <c>$2</c>, … and are given in that order.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is a constant of this program; values travel as parameters only
        _command.CommandText = sql;
#pragma warning restore CA2100
    }

    /// <summary>Runs it; the number of rows that changed.</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row as a whole number; null when there is no row or it is NULL.</summary>
    public long? Number(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteScalar() as long?;
    }

    /// <summary>All rows; the whole answer is held, so the statement says LIMIT where a stranger decides how many there are.</summary>
    public List<T> Rows<T>(Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        Bind(values);
        using var reader = _command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (_command.Parameters.Count == i)
            {
                _command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            }

            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
