using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

public static class SettingsServices
{
    /// <summary>Options of a section. What is missing or wrong stops the start, by its whole name.</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section) where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new Check<T>(section));
        return services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
    }

    sealed class Check<T>(string section) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var problems = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new(options), problems, validateAllProperties: true) ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(problems.Select(problem => $"{string.Join(", ", problem.MemberNames.Select(member => $"{section}:{member}"))}: {problem.ErrorMessage}"));
        }
    }
}

/// <summary>An address that begins with https://, unless it is on this machine.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpsAttribute() : ValidationAttribute("must begin with https://")
{
    public override bool IsValid(object? value) => value is not Uri address || address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback);
}
