namespace AWorld.Missions;

/// <summary>INDIVIDUAL stops at its target; a GROUP's one counter keeps counting past it.</summary>
public enum MissionType { Individual, Group }
