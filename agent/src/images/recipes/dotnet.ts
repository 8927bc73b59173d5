import { addUser, installPackages, upgradePackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

const UBUNTU = 'ubuntu:24.04'

/**
 * .NET of Ubuntu's own packages on Ubuntu's official image: Debian has none, and no other source of
 * the SDK is asked. So there is no .NET where no image registry answers.
 */
export const dotnet = defineRecipe({
  stack: 'dotnet',
  title: '.NET',
  versions: [{ version: '8.0', suite: null, needsRegistry: true }],
  seconds: 60,
  registryReason: 'the .NET SDK comes only from there',
  official: () => UBUNTU,
  dockerfile: ({ version, official }) =>
    [
      `FROM ${official} AS system`,
      upgradePackages(),
      '',
      'FROM system AS runtime',
      installPackages(['ca-certificates', 'tzdata', 'libatomic1', `aspnetcore-runtime-${version}`]),
      // Ubuntu's image has a user 1000 of its own.
      `RUN (userdel --remove ubuntu || true) 2>/dev/null; ${addUser('app')} && dotnet --list-runtimes`,
      'ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1',
      'CMD ["dotnet"]',
      '',
      'FROM runtime AS build',
      installPackages([`dotnet-sdk-${version}`, 'git']),
      'RUN dotnet --version',
      '',
    ].join('\n'),
})
