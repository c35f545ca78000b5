using System.Text.Json.Serialization;

namespace AWorld.Game;

/// <summary>What an event is about and what rules match on; the wire form is the name as written here.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GameEntity>))]
public enum GameEntity { Activity, Mission, Quiz, Tag, LearningPath, LearningGroup, Slide, User }

/// <summary>INSTANCE: one entity; ENTITY: any of its type; TAG: any that carries the tag.</summary>
public enum MatchType { Instance, Entity, Tag }

/// <summary>Who acted, for whom nothing is implied: the user of the token, the machine client, and the operation it came through.</summary>
/// <param name="Via">The operation's id, such as <c>activityLogs/create</c>.</param>
public sealed record Actor(string? UserId, string? ClientId, string? PrincipalId, string Via);
