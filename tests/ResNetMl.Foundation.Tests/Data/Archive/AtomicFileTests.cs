using System.Text;
using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Archive;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_and_nothing_else_is_left()
    {
        File.WriteAllText(Target, "old");

        AtomicFile.Write(Target, stream => stream.Write(Encoding.UTF8.GetBytes("new")));

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal(["model.zip"], _folder.Files());
    }

    [Fact]
    public void A_disk_that_is_full_half_way_leaves_the_old_file()
    {
        File.WriteAllText(Target, "old");

        var error = Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[200_000]);
            throw new IOException("No space left on device.");
        }));

        Assert.Equal($"Cannot write '{Target}': No space left on device. The earlier file, if any, is unchanged.", error.Message);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["model.zip"], _folder.Files());
    }

    // A disk that is full in truth: a memory file system of 256 KiB, which takes root to mount.
    [Fact]
    public void A_full_file_system_leaves_the_old_model()
    {
        string mount = _folder["small"];
        Directory.CreateDirectory(mount);
        if (!Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount))
        {
            Assert.Skip("Needs the right to mount a small file system.");
        }

        try
        {
            string model = Path.Combine(mount, "model.zip");
            ModelArchive.Write(model, "Test", 1, [ModelPart.FromText("a", "old")]);

            var error = Assert.Throws<IOException>(
                () => ModelArchive.Write(model, "Test", 1, [ModelPart.FromBytes("a", new byte[1_000_000])]));

            Assert.StartsWith($"Cannot write '{model}': No space left on device", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("The earlier file, if any, is unchanged.", error.Message, StringComparison.Ordinal);
            using ModelArchive archive = ModelArchive.Open(model);
            Assert.Equal("old", archive.ReadText("a"));
            Assert.Single(Directory.GetFiles(mount));
        }
        finally
        {
            Assert.True(Run("umount", mount));
        }
    }

    [Fact]
    public void An_error_of_the_writer_itself_passes_through_and_leaves_the_old_file()
    {
        File.WriteAllText(Target, "old");

        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(Target, _ => throw new OperationCanceledException()));

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["model.zip"], _folder.Files());
    }

    // No process has the number 999999999: Linux goes up to 4,194,304.
    [Fact]
    public void What_a_killed_writer_left_is_removed_and_other_files_are_not()
    {
        const string random = "0123456789abcdef0123456789abcdef";
        string[] kept =
        [
            $".model.zip.{Environment.ProcessId}.{random}.tmp", $".model.zip.999999999.{random}.tmp.tmp", ".model.zip.notes.tmp",
            $".other.zip.999999999.{random}.tmp",
        ];
        foreach (string name in (string[])[.. kept, $".model.zip.999999999.{random}.tmp"])
        {
            File.WriteAllText(_folder[name], "");
        }

        AtomicFile.Write(Target, _ => { });

        Assert.Equal(kept.Append("model.zip").Order(StringComparer.Ordinal), _folder.Files());
    }

    [Fact]
    public void A_leftover_that_is_locked_belongs_to_a_writer_that_this_machine_does_not_see()
    {
        const string name = ".model.zip.999999999.0123456789abcdef0123456789abcdef.tmp";
        using var locked = new FileStream(_folder[name], FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        AtomicFile.Write(Target, _ => { });

        Assert.Equal([name, "model.zip"], _folder.Files());
    }

    [Fact]
    public async Task A_reader_finds_a_whole_model_while_several_writers_replace_it()
    {
        ModelArchive.Write(Target, "Test", 1, [ModelPart.FromBytes("a", new byte[50_000])]);
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            int reads = 0;
            while (!stop.IsCancellationRequested || reads == 0)
            {
                using ModelArchive archive = ModelArchive.Open(Target);
                archive.Verify();
                reads++;
            }

            return reads;
        });

        Parallel.For(0, 30, new ParallelOptions { MaxDegreeOfParallelism = 3 }, number =>
            ModelArchive.Write(Target, "Test", 1, [ModelPart.FromBytes("a", Enumerable.Repeat((byte)number, 50_000).ToArray())]));
        await stop.CancelAsync();

        Assert.True(await reader > 0);
        Assert.Equal(["model.zip"], _folder.Files());
    }

    [Fact]
    public void The_new_file_has_the_old_ones_permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs Unix permissions.");
            return;
        }

        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        AtomicFile.Write(Target, _ => { });

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void What_another_writer_is_writing_is_left_alone_and_the_later_wins()
    {
        AtomicFile.Write(Target, outer =>
        {
            AtomicFile.Write(Target, inner => inner.WriteByte((byte)'i'));
            outer.WriteByte((byte)'o');
        });

        Assert.Equal("o", File.ReadAllText(Target));
        Assert.Equal(["model.zip"], _folder.Files());
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_replaced()
    {
        File.WriteAllText(_folder["real.zip"], "old");
        File.CreateSymbolicLink(Target, _folder["real.zip"]);

        AtomicFile.Write(Target, stream => stream.WriteByte((byte)'n'));

        Assert.Equal("n", File.ReadAllText(_folder["real.zip"]));
        Assert.NotNull(new FileInfo(Target).LinkTarget);
    }

    [Fact]
    public void A_missing_folder_and_a_folder_of_that_name_are_said_so()
    {
        string inMissing = Path.Combine(_folder["absent"], "m.zip");
        var missing = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(inMissing, _ => { }));
        Assert.Equal($"Cannot write '{inMissing}': there is no folder '{_folder["absent"]}'. Create it first.", missing.Message);

        var taken = Assert.Throws<IOException>(() => AtomicFile.Write(_folder.Path, _ => { }));
        Assert.Equal($"Cannot write '{_folder.Path}': a folder has that name. Give the name of a file.", taken.Message);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
