import type { SourceTree } from '#ports/stack.ts'
import { textOf, withoutComments } from './java-xml.ts'

export interface DotnetProject {
  /** `src/Shop/Shop.csproj`. */
  path: string
  /** Of the program: AssemblyName, or what the file is called. */
  name: string
  isWeb: boolean
  isProgram: boolean
  isTest: boolean
  /** `net8.0`; undefined where it is said elsewhere. */
  framework: string | undefined
}

const MAX_PROJECTS = 100
const PROJECT = /\.(cs|fs|vb)proj$/

export function readProjects(tree: SourceTree): DotnetProject[] {
  const shared = textOf(
    withoutComments(tree.read('Directory.Build.props') ?? ''),
    'TargetFramework',
  )
  return [...tree.paths]
    .filter((path) => PROJECT.test(path) && /^[\w./ +-]+$/.test(path))
    .toSorted((one, other) => depth(one) - depth(other) || one.localeCompare(other))
    .slice(0, MAX_PROJECTS)
    .map((path) => readProject(path, tree.read(path) ?? '', shared))
}

function readProject(path: string, written: string, shared: string | undefined): DotnetProject {
  const text = withoutComments(written)
  const file = (path.split('/').at(-1) ?? path).replace(PROJECT, '')
  const sdk = /<Project\s+Sdk="([\w.]{1,100})/.exec(text)?.[1] ?? ''
  const isWeb = sdk === 'Microsoft.NET.Sdk.Web'
  const frameworks = textOf(text, 'TargetFrameworks')?.split(';').toSorted().at(-1)
  return {
    path,
    name: textOf(text, 'AssemblyName')?.replace(/^\$\(MSBuildProjectName\)$/, file) ?? file,
    isWeb,
    isProgram:
      isWeb ||
      sdk === 'Microsoft.NET.Sdk.Worker' ||
      /^exe$/i.test(textOf(text, 'OutputType') ?? ''),
    isTest: /Microsoft\.NET\.Test\.Sdk|xunit|nunit|mstest/i.test(text),
    framework: textOf(text, 'TargetFramework') ?? frameworks ?? shared,
  }
}

const WEB_NAME = /(^|[._-])(web|api|server|app|site|host|gateway)$/i

/** The program that visitors reach; undefined where there is none. */
export function chooseProject(projects: readonly DotnetProject[]): DotnetProject | undefined {
  const programs = projects.filter(({ isProgram, isTest }) => isProgram && !isTest)
  const web = programs.filter(({ isWeb }) => isWeb)
  const candidates = web.length > 0 ? web : programs
  return candidates.find(({ name }) => WEB_NAME.test(name)) ?? candidates[0]
}

const depth = (path: string): number => path.split('/').length
