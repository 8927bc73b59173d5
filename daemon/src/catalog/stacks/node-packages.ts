import type { SourceTree } from '#ports/stack.ts'
import type { Manifest } from './node-manifest.ts'

/** How the packages of a project are installed. */
export interface PackageManager {
  name: 'npm' | 'pnpm' | 'yarn'
  /** "npm ci (package-lock.json)". */
  because: string
  /** Put in place first; null where the build image has it. */
  setUp: string | null
  /** Files that decide what is installed, copied before all others. */
  files: string[]
  /** Where it keeps what it has downloaded. */
  cache: { id: string; target: string }
  env: Record<string, string>
  install(kind: 'all' | 'production'): string
  /** Takes the dev dependencies out again; null where it cannot. */
  prune: string | null
  /** The command that runs a script of package.json. */
  run: string
}

const PNPM_OF_LOCKFILE: Record<string, string> = { '5': '7', '6': '8', '9': '10' }

export function choosePackageManager(tree: SourceTree, manifest: Manifest): PackageManager {
  const [, named, version = ''] =
    /^(npm|pnpm|yarn)@(\d+(?:\.\d+)*)/.exec(manifest.packageManager ?? '') ?? []
  if (named === 'pnpm' || (named === undefined && tree.paths.has('pnpm-lock.yaml')))
    return pnpm(tree, named ? version : undefined)
  if (named === 'yarn' || (named === undefined && tree.paths.has('yarn.lock')))
    return isBerry(tree, version) ? yarnBerry(tree, version) : yarnClassic(tree, named)
  return npm(tree)
}

function npm(tree: SourceTree): PackageManager {
  const lockfile = present(tree, ['npm-shrinkwrap.json', 'package-lock.json'])[0]
  const flags = '--prefer-offline --no-audit --no-fund'
  const command = lockfile === undefined ? 'install' : 'ci'
  return {
    name: 'npm',
    because:
      lockfile === undefined
        ? 'npm install (no lockfile: versions may differ from build to build; commit package-lock.json)'
        : `npm ci (${lockfile})`,
    setUp: null,
    files: present(tree, ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc']),
    cache: { id: 'npm', target: '/root/.npm' },
    env: {},
    install: (kind) => `npm ${command} ${flags} ${kind === 'all' ? '--include=dev' : '--omit=dev'}`,
    prune: `npm prune --omit=dev --ignore-scripts ${flags}`,
    run: 'npm run',
  }
}

function pnpm(tree: SourceTree, named: string | undefined): PackageManager {
  const version = named ?? pnpmOfLockfile(tree)
  const hasLockfile = tree.paths.has('pnpm-lock.yaml')
  const flags = `--store-dir=/var/cache/pnpm --prefer-offline ${hasLockfile ? '--frozen-lockfile' : '--no-frozen-lockfile'}`
  return {
    name: 'pnpm',
    because: `pnpm ${version} install (${named === undefined ? 'pnpm-lock.yaml' : 'packageManager in package.json'}${hasLockfile ? '' : '; no lockfile: versions may differ from build to build'})`,
    setUp: `npm install --global --force --no-audit --no-fund pnpm@${version}`,
    files: present(tree, [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      '.npmrc',
      '.pnpmfile.cjs',
    ]),
    cache: { id: 'pnpm', target: '/var/cache/pnpm' },
    env: {},
    install: (kind) => `pnpm install ${flags} --prod=${kind === 'production'}`,
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
  const hasLockfile = tree.paths.has('yarn.lock')
  const flags = `--cache-folder=/var/cache/yarn --prefer-offline --non-interactive${hasLockfile ? ' --frozen-lockfile' : ''}`
  return {
    name: 'yarn',
    because: `yarn 1 install (${named === undefined ? 'yarn.lock' : 'packageManager in package.json'}${hasLockfile ? '' : '; no lockfile: versions may differ from build to build'})`,
    setUp: null,
    files: present(tree, ['package.json', 'yarn.lock', '.yarnrc', '.npmrc']),
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
  const yarn = program === undefined ? 'yarn' : `node ${program}`
  const wanted = version === '' ? '4' : version
  const canPrune = /^([4-9]|\d\d)/.test(/yarn-(\d+)[^/]*\.cjs$/.exec(program ?? '')?.[1] ?? wanted)
  return {
    name: 'yarn',
    because: `yarn ${program ?? wanted} install (${version === '' ? '.yarnrc.yml' : 'packageManager in package.json'})`,
    setUp:
      program === undefined
        ? `npm install --global --force --no-audit --no-fund @yarnpkg/cli-dist@${wanted}`
        : null,
    files: present(tree, [
      'package.json',
      'yarn.lock',
      '.yarnrc.yml',
      ...(program ? [program] : []),
    ]),
    cache: { id: 'yarn-berry', target: '/var/cache/yarn-berry' },
    env: {
      YARN_GLOBAL_FOLDER: '/var/cache/yarn-berry',
      // The image has no loader for Plug'n'Play; a folder of packages works for every start command.
      YARN_NODE_LINKER: 'node-modules',
      YARN_ENABLE_TELEMETRY: '0',
    },
    install: (kind) =>
      kind === 'production' && canPrune
        ? `${yarn} workspaces focus --all --production`
        : `${yarn} install --immutable`,
    prune: canPrune ? `${yarn} workspaces focus --all --production` : null,
    run: `${yarn} run`,
  }
}

const present = (tree: SourceTree, names: readonly string[]): string[] =>
  names.filter((name) => tree.paths.has(name))
