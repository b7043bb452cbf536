using System.Globalization;
using System.Text;

namespace ResNetMl.Interchange.Tests.Onnx.BackendTests;

/// <summary>The page docs/results/onnx-backend-tests.md: how many tests are in scope, which these are, and by which rule every other is not.</summary>
internal static class BackendTestTable
{
    internal static string Write()
    {
        (BackendTestCase Test, string? Exclusion)[] tests = [.. BackendTestCase.All().Select(test => (test, BackendTestScope.Exclusion(test)))];
        var page = new StringBuilder();
        page.Append(
            """
            # ONNX's backend tests

            Debian's `libonnx-testdata` (ONNX 1.12) holds ONNX's own tests of its operators: a model, its inputs and the outputs it must give.
            `BackendTests` runs every test in scope through the import and both backends, with the bounds of ONNX's own runner (relative 1e-3, absolute
            1e-7), and all pass; the same test fails where this page is not what it would write:

                RESNETML_UPDATE_RESULTS=1 dotnet test -c Release tests/ResNetMl.Interchange.Tests --filter BackendTests

            In scope, by rule: the operators of [onnx-operators.md](../onnx-operators.md); at most 5 axes, each of length 1 or more; every graph input and
            output float32, or an int64 input, which the harness turns into an initializer (a shape, an axis, a pad, an index). Inputs that a layer keeps as its
            weights (W and B of `Conv`, the statistics of `BatchNormalization`, scale and bias of `InstanceNormalization`, the value of `Pad`, the ratio of
            `Dropout`) become initializers likewise. One input at least is data.


            """);
        page.Append("| folder | tests | in scope, all passing | excluded |\n|---|---:|---:|---:|\n");
        foreach (string group in BackendTestCase.Groups)
        {
            int all = tests.Count(test => IsIn(test.Test, group));
            int inScope = tests.Count(test => IsIn(test.Test, group) && test.Exclusion is null);
            page.Append(CultureInfo.InvariantCulture, $"| `{group}` | {all} | {inScope} | {all - inScope} |\n");
        }

        page.Append("\n## Excluded, by rule\n\n| rule | tests | names |\n|---|---:|---|\n");
        foreach (IGrouping<string, (BackendTestCase Test, string? Exclusion)> rule in tests
            .Where(test => test.Exclusion is not null)
            .GroupBy(test => test.Exclusion!, StringComparer.Ordinal)
            .OrderBy(rule => rule.Key, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {rule.Key} | {rule.Count()} | {Names(rule.Select(test => test.Test))} |\n");
        }

        page.Append("\n## In scope\n\n| folder | names |\n|---|---|\n");
        foreach (string group in BackendTestCase.Groups)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{group}` | {Names(tests.Where(test => IsIn(test.Test, group) && test.Exclusion is null).Select(test => test.Test))} |\n");
        }

        return page.ToString();
    }

    private static bool IsIn(BackendTestCase test, string group) => test.Name.StartsWith($"{group}/", StringComparison.Ordinal);

    private static string Names(IEnumerable<BackendTestCase> tests) => string.Join(", ", tests.Select(test => test.Name.Split('/')[1]["test_".Length..]));
}
