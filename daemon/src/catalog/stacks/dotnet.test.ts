import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const project = (sdk: string, inside = ''): string =>
  `<Project Sdk="${sdk}"><PropertyGroup><TargetFramework>net8.0</TargetFramework>${inside}</PropertyGroup></Project>`
const WEB = project('Microsoft.NET.Sdk.Web')

const TREES: Record<string, Files> = {
  'a web project in the root': { 'Shop.csproj': WEB, 'Program.cs': '' },
  'a solution with a web project, a worker, a library and tests': {
    'Shop.sln': '',
    'src/Shop.Api/Shop.Api.csproj': project(
      'Microsoft.NET.Sdk.Web',
      '<AssemblyName>api</AssemblyName>',
    ),
    'src/Shop.Jobs/Shop.Jobs.fsproj': project('Microsoft.NET.Sdk.Worker'),
    'src/Shop/Shop.csproj': project('Microsoft.NET.Sdk'),
    'test/Shop.Tests/Shop.Tests.csproj': `${project('Microsoft.NET.Sdk.Web')}<!-- --><PackageReference Include="xunit" />`,
    'package.json': '{}',
  },
  'a console program whose framework stands elsewhere': {
    'Tool.vbproj':
      '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>',
    'Directory.Build.props':
      '<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>',
  },
  'global.json': {
    'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    'global.json': '{ "sdk": { "version": "8.0.404" } }',
  },
}

describe('the plan for .NET', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    await expect(planText(planOf(TREES[name] ?? {}))).toMatchFileSnapshot(planFile('dotnet', name))
  })
})

describe('what cannot be built is refused in words', () => {
  it.each<[what: string, files: Files, reason: string]>([
    [
      'a library',
      { 'Shop.csproj': project('Microsoft.NET.Sdk') },
      'No project of this source is a program: an OutputType of Exe, or the Sdk Microsoft.NET.Sdk.Web or .Worker.',
    ],
    [
      'a .NET that cannot be had',
      { 'Shop.csproj': WEB.replace('net8.0', 'net6.0') },
      'TargetFramework net6.0 is 6.0; there is no such .NET here. Vastrox has 8.0.',
    ],
    [
      'a single file',
      { 'app.cs': '#:sdk Microsoft.NET.Sdk.Web\nvar app = WebApplication.Create();' },
      'a single file, which needs .NET 10 and later: is 10.0; there is no such .NET here. Vastrox has 8.0.',
    ],
  ])('%s', (_what, files, reason) => {
    expect(() => planOf(files)).toThrow(expect.objectContaining({ details: { reason } }))
  })
})
