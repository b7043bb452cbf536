namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>The difference that a failing surface test shows, on small texts.</summary>
public sealed class LineDifferenceTests
{
    [Fact]
    public void Equal_texts_have_no_difference() => Assert.Equal("", LineDifference.Between("class A\n    int B\n", "class A\n    int B\n"));

    [Fact]
    public void A_changed_member_is_shown_below_its_type()
    {
        string difference = LineDifference.Between("class A\n    int B\n    int C\n", "class A\n    int B\n    long C\n");

        Assert.Equal("  class A\n-     int C\n+     long C", difference);
    }

    [Fact]
    public void An_added_type_is_shown_with_its_members()
    {
        string difference = LineDifference.Between("class A\n", "class A\nclass D\n    int E\n");

        Assert.Equal("+ class D\n+     int E", difference);
    }
}
