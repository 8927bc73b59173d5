import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type BuildPlan,
  defineStack,
  type SourceTree,
  type Wishes,
  whereSaid,
} from '#ports/stack.ts'
import { CA_MOUNT, exportSecrets, runShell, secretMounts, secretsDigest } from './build-steps.ts'
import { chooseProject, type DotnetProject, readProjects } from './dotnet-project.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'

/** Their images come from a registry alone: no distribution packages the SDK. Newest first. */
export const DOTNET_VERSIONS: readonly string[] = ['8.0']

const WITH_CA =
  'if test -s /run/vastrox/ca.pem; then export SSL_CERT_FILE=/run/vastrox/ca.pem; fi; '
const CACHE = '--mount=type=cache,id=nuget,target=/root/.nuget/packages'

export const dotnet = defineStack({
  name: 'dotnet',
  title: '.NET',
  reads: [
    '*.csproj',
    '*.fsproj',
    '*.vbproj',
    '/Directory.Build.props',
    '/global.json',
    '/*.cs',
    'Procfile',
  ],

  detect(tree) {
    const root = [...tree.paths].filter((path) => !path.includes('/'))
    const file =
      root.find((path) => /\.slnx?$/.test(path)) ??
      root.find((path) => /\.(cs|fs|vb)proj$/.test(path))
    if (file !== undefined) return { because: plainText(file) }
    const single = singleFile(tree)
    return single === undefined ? undefined : { because: plainText(single) }
  },

  plan(tree, wishes) {
    const projects = readProjects(tree)
    const single = projects.length === 0 ? singleFile(tree) : undefined
    const project = single === undefined ? chooseProject(projects) : undefined
    if (!project && single === undefined)
      throw new CodedError('START_COMMAND_MISSING', {
        reason:
          'No project of this source is a program: an OutputType of Exe, or the Sdk Microsoft.NET.Sdk.Web or .Worker.',
      })
    const version = versionOf(tree, wishes, project, single)
    const others = projects.filter((one) => one !== project && one.isProgram && !one.isTest)
    const name = project?.name ?? single?.replace(/\.cs$/, '') ?? 'app'
    const path = project?.path ?? single ?? ''
    const start = `dotnet ${quoted(`${name}.dll`)}`
    const isWeb = project?.isWeb ?? true
    const run = chooseProcesses(tree, wishes, {
      web: {
        command: isWeb ? `ASPNETCORE_URLS=http://0.0.0.0:$PORT ${start}` : start,
        where: isWeb ? 'ASP.NET Core' : 'the program',
      },
    })
    const secrets = wishes.buildEnvKeys.filter((key) => wishes.envKeys.includes(key))
    const build =
      wishes.buildCommand ??
      `dotnet publish ${quoted(path)} --configuration Release --output /srv/out/app --nologo -p:UseAppHost=false`
    return {
      stack: 'dotnet',
      summary: [
        `.NET ${version.version} (${version.because})`,
        single === undefined
          ? `project ${path}${others.length === 0 ? '' : `, of ${others.length + 1} programs`}`
          : `${path} alone, without a project`,
        `build: ${build}${wishes.buildCommand === null ? '' : ` (${whereSaid(wishes, 'buildCommand')})`}`,
        ...run.because,
      ].map(plainText),
      alternatives: others.map((one) =>
        plainText(`Set rootDirectory to ${folderOf(one.path)} to run ${one.name} instead.`),
      ),
      images: [{ stack: 'dotnet', version: version.version }],
      dockerfile: [
        'FROM @BUILD@ AS build',
        'WORKDIR /srv/app',
        'ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1',
        'COPY . .',
        ...secretsDigest(secrets),
        runShell(
          [CACHE, CA_MOUNT, ...secretMounts(secrets)],
          `${WITH_CA}${exportSecrets(secrets)}mkdir -p /srv/out/app; ${build}`,
        ),
        '',
        'FROM @RUNTIME@',
        'ENV DOTNET_gcServer=0 DOTNET_EnableDiagnostics=0',
        'COPY --chown=1000:1000 --from=build /srv/out/app /srv/app',
        'WORKDIR /srv/app',
        'USER 1000:1000',
        `CMD ${JSON.stringify(['/bin/sh', '-c', run.processes['web'] ?? start])}`,
        '',
      ].join('\n'),
      buildEnvKeys: secrets,
      ignore: ['.git', 'bin', 'obj'],
      processes: run.processes,
      releaseCommand: run.releaseCommand,
      env: { ASPNETCORE_ENVIRONMENT: 'Production' },
    } satisfies BuildPlan
  },
})

/** A program in one file (`dotnet run app.cs`), the only C# in the root. */
function singleFile(tree: SourceTree): string | undefined {
  const files = [...tree.paths].filter((path) => /^[\w-]+\.cs$/.test(path))
  const [only] = files
  const isProgram =
    only !== undefined &&
    /^#:(sdk|package)\b|WebApplication\.|Console\./m.test(tree.read(only) ?? '')
  return files.length === 1 && isProgram ? only : undefined
}

function versionOf(
  tree: SourceTree,
  wishes: Wishes,
  project: DotnetProject | undefined,
  single: string | undefined,
): { version: string; because: string } {
  const sdk = /"version"\s*:\s*"(\d{1,2}\.\d{1,2})\./.exec(tree.read('global.json') ?? '')?.[1]
  const framework = /^net(\d{1,2}\.\d)/.exec(project?.framework ?? '')?.[1]
  const said =
    wishes.version !== null
      ? { version: wishes.version, because: `version in ${whereSaid(wishes, 'version')}` }
      : framework !== undefined
        ? { version: framework, because: `TargetFramework net${framework}` }
        : sdk !== undefined
          ? { version: sdk, because: 'sdk.version in global.json' }
          : {
              version: single === undefined ? '8.0' : '10.0',
              because:
                single === undefined
                  ? 'the default'
                  : 'a single file, which needs .NET 10 and later:',
            }
  const version = DOTNET_VERSIONS.find((one) => one === said.version || one === `${said.version}.0`)
  if (version !== undefined) return { ...said, version }
  throw new CodedError('STACK_NOT_DETECTED', {
    reason: `${plainText(said.because)} is ${plainText(said.version)}; there is no such .NET here. Vastrox has ${DOTNET_VERSIONS.join(', ')}.`,
  })
}

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/') || '.'
