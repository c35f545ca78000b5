using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AWorld.Platform;

/// <summary>Only published entities take part in the game.</summary>
public enum Stage { Draft, Published, Archived }

/// <summary>Where an entity's content comes from.</summary>
public enum Origin { Catalog, Custom, Ai }

/// <summary>What can be matched, referenced or tagged. Written as it is spelt here.</summary>
[JsonConverter(typeof(SpeltEnumConverter<EntityType>))]
public enum EntityType
{
    Activity, Quiz, Slide, Story, Tag, LearningPath, LearningGroup, Mission, User, Media,
    MissionConfiguration, MissionRule, RewardRule, VirtualCurrency, BadgeConfiguration, StreakConfiguration, StreakRule,
    RuntimeLeaderboardConfiguration, RuntimeLeaderboard, LearningPathRule,
}

/// <summary>One entity (an id is required), any of a type (an id is forbidden), or any that carries a tag (its id is required).</summary>
public enum MatchKind { Instance, Entity, Tag }

/// <summary>A tag on an entity or a user.</summary>
public sealed record TagAssignment(string TagId, int Priority, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>An entity's texts in one language.</summary>
public abstract record Translation
{
    [Required, Language] public string Lang { get; init; } = "";
    [JsonIgnore] public DateTimeOffset CreatedAt { get; init; }
    [JsonIgnore] public DateTimeOffset UpdatedAt { get; init; }
}

public record LabelTranslation([property: Required, Text(TextAttribute.Name)] string Label, [property: Text(TextAttribute.Prose, Lines = true)] string? Description = null) : Translation;

public sealed record DescriptionTranslation([property: Text(TextAttribute.Prose, Lines = true)] string? Description = null) : Translation;

public static class Translations
{
    public const int Most = 10;

    /// <summary>The one to show: the user's language, else its base language, else the default one.</summary>
    public static T Choose<T>(this IReadOnlyList<T> translations, string? lang, string defaultLang) where T : Translation =>
        Find(translations, lang)
        ?? (lang is null ? null : Find(translations, lang.Split('-', '_')[0]))
        ?? Find(translations, defaultLang)
        ?? translations[0];

    static T? Find<T>(IReadOnlyList<T> translations, string? lang) where T : Translation =>
        translations.FirstOrDefault(translation => string.Equals(translation.Lang, lang, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// A configuration entity of a workspace. Its JSON is what clients send; what the platform keeps about it (ignored in
/// that JSON) is set when it is loaded.
/// </summary>
public abstract record Configured
{
    [JsonIgnore] public string Id { get; init; } = "";
    [JsonIgnore] public Stage Stage { get; init; }

    /// <summary>1, 2, 3 …: grows with every change, tag assignments included; also its ETag.</summary>
    [JsonIgnore] public long Version { get; init; }

    [JsonIgnore] public DateTimeOffset CreatedAt { get; init; }
    [JsonIgnore] public DateTimeOffset UpdatedAt { get; init; }
    [JsonIgnore] public IReadOnlyList<TagAssignment> Tags { get; init; } = [];
    [JsonIgnore] public virtual Origin Origin => Origin.Custom;
    [JsonIgnore] public abstract IReadOnlyList<Translation> Texts { get; }

    [Required, Language] public string DefaultLang { get; init; } = "";

    /// <summary>The same entity with its translations changed one by one.</summary>
    internal abstract Configured MapTexts(Func<Translation, Translation> change);
}

/// <typeparam name="TText">The texts it has in each language.</typeparam>
public abstract record Configured<TText> : Configured where TText : Translation
{
    [Required, MinLength(1, ErrorMessage = "must hold 1 to 10 translations"), MaxLength(Platform.Translations.Most, ErrorMessage = "must hold 1 to 10 translations")]
    public IReadOnlyList<TText> Translations { get; init; } = [];

    [JsonIgnore] public sealed override IReadOnlyList<Translation> Texts => Translations;

    internal sealed override Configured MapTexts(Func<Translation, Translation> change) =>
        this with { Translations = [.. Translations.Select(text => (TText)change(text))] };
}
