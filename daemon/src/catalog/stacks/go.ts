import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, defineStack, type SourceTree, whereSaid } from '#ports/stack.ts'
import { findAssets } from './go-assets.ts'
import { goDockerfile } from './go-dockerfile.ts'
import { type GoModule, readGoModule } from './go-module.ts'
import { chooseWeb, findPrograms, type GoProgram } from './go-programs.ts'
import { chooseGoVersion, GO_VERSION } from './go-version.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'
import { slugIgnore } from './slug-ignore.ts'

/** Packages that are made of C: without a C compiler they build and then fail, or do not build. */
const MADE_OF_C = [
  'github.com/mattn/go-sqlite3',
  'github.com/duckdb/duckdb-go',
  'github.com/marcboeker/go-duckdb',
  'github.com/confluentinc/confluent-kafka-go',
  'github.com/DataDog/zstd',
  'github.com/valyala/gozstd',
  'github.com/chai2010/webp',
  'github.com/tursodatabase/go-libsql',
  'github.com/h2non/bimg',
  'gopkg.in/gographics/imagick',
]

export const go = defineStack({
  name: 'go',
  title: 'Go',
  reads: [
    'go.mod',
    'go.work',
    '.go-version',
    '.tool-versions',
    '.slugignore',
    'Procfile',
    'main.go',
    '/*.go',
    '/*/*.go',
    '/*/*/*.go',
    '/*/*/*/*.go',
  ],

  detect(tree) {
    const file = ['go.work', 'go.mod', 'main.go'].find((path) => tree.paths.has(path))
    if (file !== undefined) return { because: file }
    const program = findPrograms(tree, undefined)[0]
    return program && { because: 'package main in the root' }
  },

  plan(tree, wishes) {
    const module = readGoModule(tree)
    const version = chooseGoVersion(tree, wishes, module)
    const programs = findPrograms(tree, module)
    const web = chooseWeb(programs, module)
    const run = chooseProcesses(tree, wishes, {
      web: web && { command: `bin/${web.program.name}`, where: web.why },
    })
    if (programs.length === 0 && wishes.buildCommand === null)
      throw new CodedError('START_COMMAND_MISSING', {
        reason:
          'No folder of this Go project has a package main with a func main: there is nothing to run.',
      })
    const isSaid = tree.paths.has('Procfile') || Object.keys(wishes.processes ?? {}).length > 0
    const others = isSaid ? [] : programs.filter((one) => one !== web?.program)
    const processes = { ...run.processes, ...processesOf(others) }
    if (processes['web'] === undefined && Object.keys(run.processes).length === 0)
      throw new CodedError('START_COMMAND_MISSING', { reason: whichOf(programs) })

    const cgo = whyCgo(tree, module)
    const vendored = tree.paths.has('vendor/modules.txt')
    const assets = findAssets(tree)
    const ignored = slugIgnore(tree)
    const secrets = wishes.buildEnvKeys.filter((key) => wishes.envKeys.includes(key))
    const sums = sumsOf(tree, module, vendored)
    return {
      stack: 'go',
      summary: [
        version.because,
        vendored ? 'vendor/ (no modules are fetched)' : sums.because,
        wishes.buildCommand === null
          ? `go build ${programs.map(({ folder }) => pathOf(folder)).join(' ')}`
          : `build: ${wishes.buildCommand} (${whereSaid(wishes, 'buildCommand')})`,
        cgo === undefined ? 'static binaries, without C' : `with C: ${cgo}`,
        ...(assets.length === 0 ? [] : [`beside the binaries: ${assets.join(', ')}`]),
        ...run.because,
        ...others.map(({ name }) => `${processName(name)}: bin/${name} (not started until scaled)`),
        ...ignored.because,
      ].map(plainText),
      alternatives: alternativesOf(tree, others, run.releaseCommand).map(plainText),
      images: [{ stack: 'go', version: GO_VERSION }],
      dockerfile: goDockerfile({
        toolchain: version.toolchain,
        folders: programs.map(({ folder }) => pathOf(folder)),
        rootName: programs.find(({ folder }) => folder === '.')?.name,
        cgo: cgo !== undefined,
        prepare: sums.prepare,
        buildCommand: wishes.buildCommand,
        assets,
        secrets,
        command: processes['web'] ?? null,
      }),
      buildEnvKeys: secrets,
      ignore: ['.git', ...ignored.patterns],
      processes,
      releaseCommand: run.releaseCommand,
      env: {},
    } satisfies BuildPlan
  },
})

const pathOf = (folder: string): string => (folder === '.' ? '.' : `./${folder}`)

const processName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '') || 'program'

const processesOf = (programs: readonly GoProgram[]): Record<string, string> =>
  Object.fromEntries(
    programs
      .map(({ name }) => [processName(name), `bin/${name}`] as const)
      .filter(([name]) => name !== 'web' && name !== 'release'),
  )

const whichOf = (programs: readonly GoProgram[]): string =>
  `There are ${programs.length} programs (${programs.map(({ name }) => plainText(name)).join(', ')}), and none is named or looks like a web server: write a Procfile such as "web: bin/${programs[0]?.name ?? 'app'}", or set startCommand.`

function whyCgo(tree: SourceTree, module: GoModule | undefined): string | undefined {
  const made = MADE_OF_C.find((name) =>
    [...(module?.requires ?? [])].some((path) => path === name || path.startsWith(`${name}/`)),
  )
  if (made !== undefined) return `${made} needs it`
  const own = [...tree.paths].find(
    (path) =>
      path.endsWith('.go') &&
      !path.startsWith('vendor/') &&
      /^import[ \t]+"C"/m.test((tree.read(path) ?? '').slice(0, 65_536)),
  )
  return own === undefined ? undefined : `${own} imports "C"`
}

/** What go needs before it builds, where files that belong in a repository are not in it. */
function sumsOf(
  tree: SourceTree,
  module: GoModule | undefined,
  vendored: boolean,
): { because: string; prepare: string | null } {
  if (module === undefined)
    return {
      because:
        'no go.mod: it is made for this build; run go mod init and go mod tidy, and commit both files',
      prepare: 'go mod init app && go mod tidy',
    }
  const hasSums = module.folders.some((folder) =>
    tree.paths.has(folder === '.' ? 'go.sum' : `${folder}/go.sum`),
  )
  if (module.requires.size === 0) return { because: 'no modules of others', prepare: null }
  if (hasSums || vendored || module.file === 'go.work')
    return { because: `modules of ${module.file}`, prepare: null }
  return {
    because: 'no go.sum: modules are not checked against it; run go mod tidy and commit it',
    prepare: 'go mod tidy',
  }
}

function alternativesOf(
  tree: SourceTree,
  others: readonly GoProgram[],
  release: string | null,
): string[] {
  const migrates = others.find(({ name }) => /^(migrate|migrations?|dbmigrate)$/.test(name))
  return [
    ...(migrates && release === null
      ? [`Write "release: bin/${migrates.name}" in a Procfile to run it before each release.`]
      : []),
    ...(tree.paths.has('package.json')
      ? ['package.json is not built: commit what it makes, or use a Dockerfile with both.']
      : []),
  ]
}
