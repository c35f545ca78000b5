using AWorld.Platform;

namespace AWorld.Learning;

sealed class LearningModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddResource(Quizzes.Resource);

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        ReadQuizzes.Map(routes);
        SubmitQuiz.Map(routes);
    }
}
