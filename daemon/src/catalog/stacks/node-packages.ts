import semver from 'semver'
import type { SourceTree } from '#ports/stack.ts'
import type { Manifest } from './node-manifest.ts'
import type { Member } from './node-workspace.ts'

/** How the packages of a project are installed. */
export interface PackageManager {
  name: 'npm' | 'pnpm' | 'yarn'
  /** "npm ci (package-lock.json)". */
  because: string
  /** Put in place first; null where the build image has it. */
  setUp: string | null
  /** Files that decide what is installed, copied before all others. */
  files: string[]
  /** Folders that do. */
  folders: string[]
  /** Where it keeps what it has downloaded. */
  cache: { id: string; target: string }
  env: Record<string, string>
  /** Of one package of the workspace and what it needs, or of all of them. */
  install(kind: 'all' | 'production', only?: Member): string
  /** Takes the dev dependencies out again; null where it cannot. */
  prune: string | null
  /** The command that runs a script of package.json. */
  run: string
}

const PNPM_OF_LOCKFILE: Record<string, string> = { '5': '7', '6': '8', '9': '10' }

/** `tree` is where packages are installed: the root of a workspace. */
export function choosePackageManager(tree: SourceTree, manifest: Manifest): PackageManager {
  const [, named, version = ''] =
    /^(npm|pnpm|yarn)@(\d+(?:\.\d+)*)/.exec(manifest.packageManager ?? '') ?? []
  if (named === 'pnpm' || (named === undefined && tree.paths.has('pnpm-lock.yaml')))
    return pnpm(tree, manifest, named ? version : undefined)
  if (named === 'yarn' || (named === undefined && tree.paths.has('yarn.lock')))
    return isBerry(tree, version) ? yarnBerry(tree, version) : yarnClassic(tree, named)
  if (named === undefined && !hasLockfile(tree)) {
    // Without a lockfile the wish that is left is in engines.
    if (manifest.engines['pnpm'] !== undefined) return pnpm(tree, manifest, undefined)
    if (manifest.engines['yarn'] !== undefined) return yarnClassic(tree, undefined)
  }
  return npm(tree, manifest, version)
}

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock']
export const hasLockfile = ({ paths }: SourceTree): boolean =>
  LOCKFILES.some((name) => paths.has(name))

const VARY = 'versions may differ from build to build'

function npm(tree: SourceTree, manifest: Manifest, named: string): PackageManager {
  const lockfile = present(tree, ['npm-shrinkwrap.json', 'package-lock.json'])[0]
  const bun = present(tree, ['bun.lock', 'bun.lockb'])[0]
  const flags = '--prefer-offline --no-audit --no-fund'
  const command = lockfile === undefined ? 'install' : 'ci'
  const engines = named === '' ? rangeOf(manifest.engines['npm']) : undefined
  const wanted = named === '' ? engines : named
  const program = wanted === undefined ? 'npm' : `npm ${wanted}`
  const why =
    lockfile ??
    (bun === undefined
      ? `no lockfile: ${VARY}; commit package-lock.json`
      : `${bun} is not read, Vastrox has npm, pnpm and yarn: ${VARY}; commit package-lock.json`)
  return {
    name: 'npm',
    because: `${program} ${command} (${why})`,
    setUp: wanted === undefined ? null : setUp('npm', wanted),
    files: present(tree, ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc']),
    folders: foldersOf(tree, ['patches']),
    cache: { id: 'npm', target: '/root/.npm' },
    env: {},
    install: (kind, only) =>
      [
        `npm ${command} ${flags} ${kind === 'all' ? '--include=dev' : '--omit=dev'}`,
        ...(only && kind === 'production'
          ? [`--workspace=${only.directory} --include-workspace-root`]
          : []),
      ].join(' '),
    prune: `npm prune --omit=dev --ignore-scripts ${flags}`,
    run: 'npm run',
  }
}

function pnpm(tree: SourceTree, manifest: Manifest, named: string | undefined): PackageManager {
  const engines = named === undefined ? rangeOf(manifest.engines['pnpm']) : undefined
  const version = named ?? engines ?? pnpmOfLockfile(tree)
  const isLocked = tree.paths.has('pnpm-lock.yaml')
  const flags = `--store-dir=/var/cache/pnpm --prefer-offline ${isLocked ? '--frozen-lockfile' : '--no-frozen-lockfile'}`
  const where =
    named !== undefined
      ? 'packageManager in package.json'
      : engines !== undefined
        ? 'engines.pnpm in package.json'
        : 'pnpm-lock.yaml'
  return {
    name: 'pnpm',
    because: `pnpm ${version} install (${where}${isLocked ? '' : `; no lockfile: ${VARY}`})`,
    setUp: setUp('pnpm', version),
    files: present(tree, [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      '.npmrc',
      '.pnpmfile.cjs',
    ]),
    folders: foldersOf(tree, ['patches']),
    cache: { id: 'pnpm', target: '/var/cache/pnpm' },
    env: {},
    install: (kind, only) =>
      [
        `pnpm install ${flags} --prod=${kind === 'production'}`,
        ...(only ? [`--filter '{./${only.directory}}...'`] : []),
        // Tools of all packages are in the root.
        ...(only && kind === 'all' ? ["--filter '{.}'"] : []),
      ].join(' '),
    prune: `pnpm install ${flags} --prod=true --ignore-scripts`,
    run: 'pnpm run',
  }
}

function pnpmOfLockfile(tree: SourceTree): string {
  // Projects that decide build scripts this way were made with a pnpm that insists on it.
  if (/^allowBuilds:/m.test(tree.read('pnpm-workspace.yaml') ?? '')) return '12'
  const written = /^lockfileVersion:\s*['"]?(\d+)/m.exec(tree.read('pnpm-lock.yaml') ?? '')?.[1]
  return PNPM_OF_LOCKFILE[written ?? ''] ?? '10'
}

function yarnClassic(tree: SourceTree, named: string | undefined): PackageManager {
  const isLocked = tree.paths.has('yarn.lock')
  const flags = `--cache-folder=/var/cache/yarn --prefer-offline --non-interactive${isLocked ? ' --frozen-lockfile' : ''}`
  return {
    name: 'yarn',
    because: `yarn 1 install (${named === undefined ? 'yarn.lock' : 'packageManager in package.json'}${isLocked ? '' : `; no lockfile: ${VARY}`})`,
    setUp: null,
    files: present(tree, ['package.json', 'yarn.lock', '.yarnrc', '.npmrc']),
    folders: foldersOf(tree, ['patches']),
    cache: { id: 'yarn', target: '/var/cache/yarn' },
    env: {},
    install: (kind) => `yarn install ${flags} --production=${kind === 'production'}`,
    prune: `yarn install ${flags} --production=true --ignore-scripts`,
    run: 'yarn run',
  }
}

const isBerry = (tree: SourceTree, version: string): boolean =>
  version === '' ? tree.paths.has('.yarnrc.yml') : Number.parseInt(version, 10) >= 2

function yarnBerry(tree: SourceTree, version: string): PackageManager {
  const committed = /^yarnPath:\s*['"]?([\w./-]{1,200})/m.exec(tree.read('.yarnrc.yml') ?? '')?.[1]
  const program = committed !== undefined && tree.paths.has(committed) ? committed : undefined
  const yarn = program === undefined ? 'yarn' : `node /srv/app/${program}`
  const wanted = version === '' ? '4' : version
  const canPrune = /^([4-9]|\d\d)/.test(/yarn-(\d+)[^/]*\.cjs$/.exec(program ?? '')?.[1] ?? wanted)
  const focus = (only?: Member): string =>
    `${yarn} workspaces focus ${only && only.name !== '' ? only.name : '--all'} --production`
  return {
    name: 'yarn',
    because: `yarn ${program ?? wanted} install (${version === '' ? '.yarnrc.yml' : 'packageManager in package.json'})`,
    setUp: program === undefined ? setUp('@yarnpkg/cli-dist', wanted) : null,
    files: present(tree, [
      'package.json',
      'yarn.lock',
      '.yarnrc.yml',
      ...(program ? [program] : []),
    ]),
    folders: foldersOf(tree, ['patches', '.yarn/patches', '.yarn/plugins']),
    cache: { id: 'yarn-berry', target: '/var/cache/yarn-berry' },
    env: {
      YARN_GLOBAL_FOLDER: '/var/cache/yarn-berry',
      YARN_ENABLE_GLOBAL_CACHE: 'true',
      // The image has no loader for Plug'n'Play; a folder of packages works for every start command.
      YARN_NODE_LINKER: 'node-modules',
      YARN_ENABLE_TELEMETRY: '0',
    },
    install: (kind, only) =>
      kind === 'production' && canPrune ? focus(only) : `${yarn} install --immutable`,
    prune: canPrune ? focus() : null,
    run: `${yarn} run`,
  }
}

const setUp = (program: string, version: string): string =>
  `npm install --global --force --no-audit --no-fund ${/^[\d.]+$/.test(version) ? `${program}@${version}` : `'${program}@${version}'`}`

/** One that npm understands and that can stand between quotes. */
function rangeOf(written: string | undefined): string | undefined {
  const range = written?.trim()
  if (range === undefined || range.length > 100 || !/^[\dxX.^~<>=|* -]+$/.test(range))
    return undefined
  return range === '*' || semver.validRange(range) === null ? undefined : range
}

const present = (tree: SourceTree, names: readonly string[]): string[] =>
  names.filter((name) => tree.paths.has(name))

function foldersOf({ paths }: SourceTree, names: readonly string[]): string[] {
  return names.filter((name) => [...paths].some((path) => path.startsWith(`${name}/`)))
}
