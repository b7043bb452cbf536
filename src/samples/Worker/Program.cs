// A service that sorts the photographs put into a folder:
//   dotnet run -c Release --Model flowers.zip --Folder inbox
// moves inbox/a.jpg to inbox/<its label>/a.jpg, and a file that is no image to inbox/unreadable/.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ResNetMl.Extensions;
using Worker;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddPredictionEnginePool<Photograph, Answer>()
    .FromFile(builder.Configuration["Model"] ?? "model.zip")
    .WarmUp();
builder.Services.AddHostedService<SortingService>();
builder.Build().Run();
