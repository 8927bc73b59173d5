import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Plugin, rolldown } from 'rolldown'
import { buildManual } from '#support/manual/build-manual.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Entry {
  /** File in the bundle, without ending. */
  name: string
  source: string
  /** Its stand-in in the tests of supervisor and installer. */
  standIn?: string
}

/** Every program of ours that is installed. */
const ENTRIES: Entry[] = [
  { name: 'supervisor', source: 'agent/src/supervisor/main.ts' },
  { name: 'agent', source: 'agent/src/main.ts', standIn: 'e2e/support/stand-ins/agent.ts' },
  { name: 'daemon', source: 'daemon/src/main.ts', standIn: 'e2e/support/stand-ins/daemon.ts' },
  { name: 'log-search', source: 'daemon/src/adapters/system/log-search-worker.ts' },
  { name: 'proxy', source: 'daemon/src/proxy/main.ts', standIn: 'e2e/support/stand-ins/proxy.ts' },
  { name: 'firewall-guard', source: 'agent/src/firewall/guard.ts' },
  { name: 'exposure-probe', source: 'agent/src/exposure/probe-program.ts' },
  { name: 'install', source: 'agent/src/cli/install/main.ts' },
  { name: 'vastrox', source: 'agent/src/cli/main.ts' },
]
/** What git starts: its hook of a push, and what stands in for ssh and its questions. */
const HOOKS = {
  'proc-receive': 'daemon/src/adapters/git/proc-receive-hook.ts',
  'git-helper': 'daemon/src/adapters/git/external-helper.ts',
}

interface Beside {
  name: string
  from: string
  /** The packages that lead to it, where `from` has it not itself. */
  via?: readonly string[]
  keep: (path: string) => boolean
}

/** Packages with a compiled part, and the npm that goes into images: copied beside the bundle, not into it. */
const BESIDE: Beside[] = [
  { name: 'npm', from: 'agent', keep: () => true },
  {
    name: 'better-sqlite3',
    from: 'daemon',
    keep: (path) =>
      /^(package\.json|LICENSE|lib(\/|$)|prebuilds$)/.test(path) ||
      path.startsWith(`prebuilds/linux-${process.arch}`),
  },
  // Read when a source has a compose file, which few have.
  {
    name: 'yaml',
    from: 'daemon',
    keep: (path) => /^(package\.json|LICENSE|dist(\/|$))/.test(path),
  },
  { name: '@node-rs/argon2', from: 'daemon', keep: () => true },
  {
    name: `@node-rs/argon2-linux-${process.arch}-gnu`,
    from: 'daemon/node_modules/@node-rs/argon2',
    keep: () => true,
  },
]

/** ssh2 and what it needs as it runs: its JavaScript, and the binding that was compiled for this Node. */
const SSH2: Beside[] = [
  {
    name: 'ssh2',
    from: 'daemon',
    keep: (path) =>
      /^(package\.json|LICENSE)$/.test(path) ||
      (/^lib(\/|$)/.test(path) &&
        !/\/crypto\/(src|build\/(?!Release(\/sshcrypto\.node)?$))/.test(path)),
  },
  { name: 'asn1', from: 'daemon', via: ['ssh2'], keep: () => true },
  { name: 'safer-buffer', from: 'daemon', via: ['ssh2', 'asn1'], keep: () => true },
  { name: 'bcrypt-pbkdf', from: 'daemon', via: ['ssh2'], keep: () => true },
  { name: 'tweetnacl', from: 'daemon', via: ['ssh2', 'bcrypt-pbkdf'], keep: () => true },
]

interface BundleOptions {
  outDir: string
  /** Tiny processes in place of agent, daemon and proxy, and no dashboard. */
  standIns?: boolean
}

/**
 * Builds everything that is installed into `outDir`, which is emptied first. Returns its name: the
 * version and a digest of every file, so that equal bundles have equal names.
 */
export async function bundle({ outDir, standIns = false }: BundleOptions): Promise<string> {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  for (const entry of ENTRIES)
    await bundleProgram(entry.name, join(ROOT, (standIns && entry.standIn) || entry.source), outDir)
  if (standIns) await mkdir(join(outDir, 'dashboard'))
  else {
    await bundleHooks(outDir)
    await copyPackages(outDir)
    await buildDashboard(join(outDir, 'dashboard'))
    await buildManual(join(outDir, 'dashboard/docs'), version)
  }
  await cp(join(ROOT, 'examples'), join(outDir, 'examples'), { recursive: true })
  const name = `${version}-${await digestOf(outDir)}`
  await writeFile(join(outDir, 'VERSION'), `${name}\n`)
  return name
}

const HTTP_NAMES = Object.keys(http).filter((name) => /^[A-Za-z_]\w*$/.test(name))
/** Getters that load all of undici, which no process of ours needs from here. */
const HEAVY_HTTP_NAMES = new Set(['WebSocket', 'CloseEvent', 'MessageEvent'])

/**
 * `import 'node:http'` as ESM reads every export of it, and some are getters that load undici: 7 MB a
 * process. Asked for by name it costs 1 MB.
 */
const leanHttp = {
  name: 'lean-http',
  resolveId: (id: string) => (id === 'node:http' || id === 'http' ? '\0lean-http' : null),
  load: (id: string) =>
    id === '\0lean-http'
      ? `const http = process.getBuiltinModule('node:http')
export default http
export const { ${HTTP_NAMES.filter((name) => !HEAVY_HTTP_NAMES.has(name)).join(', ')} } = http
`
      : null,
}

/**
 * Fastify's own compilers of JSON Schema: Ajv and a maker of serializers, 0.5 MB of text. Every server
 * of ours has compilers for zod in their place, and a second one would be a bug.
 */
const noSchemaCompilers = {
  name: 'no-schema-compilers',
  resolveId: (id: string) => (COMPILERS.test(id) ? `\0none:${id}` : null),
  load: (id: string) =>
    id.startsWith('\0none:')
      ? `export default () => () => { throw new Error('${id.slice(6)} is not in the bundle') }
export { StandaloneValidator, StandaloneSerializer }
const StandaloneValidator = undefined
const StandaloneSerializer = undefined
`
      : null,
}
const COMPILERS = /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/

/**
 * A logger that no server of ours has, and the requests of fastify's that only tests make: text alone,
 * since neither is ever run.
 */
const noLoggerNoInject = {
  name: 'no-logger-no-inject',
  resolveId: (id: string) => (UNUSED.test(id) ? `\0unused:${id}` : null),
  load: (id: string) =>
    id.startsWith('\0unused:') ? `throw new Error('${id.slice(8)} is not in the bundle')` : null,
}
const UNUSED = /^(pino|light-my-request)$/

/**
 * What fast-jwt reads RSA and EC keys with. Our access tokens have one key, of HMAC (DESIGN decision 8):
 * a key that would have to be read is a bug.
 */
const noKeyReader = {
  name: 'no-key-reader',
  resolveId: (id: string) => (id === 'asn1.js' ? '\0no-keys:asn1.js' : null),
  load: (id: string) =>
    id === '\0no-keys:asn1.js'
      ? `const decode = () => { throw new Error('asn1.js is not in the bundle') }
export const define = () => ({ decode })
`
      : null,
}

/**
 * zod keeps a set of the names of its ancestors with each schema, though those of one class are equal, and
 * with each schema a bound copy of every method that was ever called on it. Of some thousands that is
 * megabytes. The set is shared here; a method is bound anew whenever it is asked for, as is done anyway.
 */
const leanZod = {
  name: 'lean-zod',
  transform(code: string, id: string): string | null {
    const [, file] = /\/zod\/v4\/core\/(core|util)\.js$/.exec(id) ?? []
    if (file === 'core')
      return replaceOnce(
        code,
        'const deferred = inst._zod.deferred;',
        `const traits = inst._zod.traits;
        if (_.sharedTraits?.size === traits.size) inst._zod.traits = _.sharedTraits;
        else if (!_.sharedTraits) Object.defineProperty(_, 'sharedTraits', { value: traits });
        const deferred = inst._zod.deferred;`,
      )
    if (file === 'util') return replaceOnce(code, 'own(this, key, fn.bind(this))', 'fn.bind(this)')
    return null
  },
}

/** Another version of a package may look otherwise, which must be seen and not lost. */
function replaceOnce(code: string, from: string, to: string): string {
  const parts = code.split(from)
  if (parts.length !== 2) throw new Error(`zod has no longer exactly one ${from}`)
  return parts.join(to)
}

/**
 * V8 keeps the text of a program for as long as it runs, in two bytes a character as soon as one of them
 * is beyond ASCII: a single ellipsis made 2.3 MB of the daemon 4.6. As an escape each means the same
 * in strings, templates, regular expressions and names.
 */
export const escapeWide = (code: string): string =>
  code.replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** After the minifier, which writes escapes as characters. */
const oneByte: Plugin = {
  name: 'one-byte',
  generateBundle: (_options, output) => {
    for (const chunk of Object.values(output)) {
      if (chunk.type !== 'chunk') continue
      if (/String\.raw`[^`]*[\u0080-\uffff]/.test(chunk.code))
        throw new Error('a raw template with a character beyond ASCII cannot be escaped')
      chunk.code = escapeWide(chunk.code)
    }
  },
}

/**
 * One file and its lazily imported chunks, without comments, but not minified: a stack trace reads, and
 * a crash does not print a line of a megabyte.
 */
async function bundleProgram(name: string, input: string, outDir: string): Promise<void> {
  const build = await rolldown({
    input: { [name]: input },
    platform: 'node',
    external: [...BESIDE, ...SSH2].map((each) => each.name),
    plugins: [leanHttp, leanZod, noSchemaCompilers, noLoggerNoInject, noKeyReader],
    logLevel: 'warn',
  })
  await build.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: `${name}-[name]-[hash].mjs`,
    minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: false } },
    comments: { legal: true, annotation: false, jsdoc: false },
    plugins: [oneByte],
  })
  await build.close()
}

/** git starts them: one file each, CommonJS, since a file without ending is read as that without a detour. */
async function bundleHooks(outDir: string): Promise<void> {
  for (const [name, source] of Object.entries(HOOKS)) {
    const build = await rolldown({ input: join(ROOT, source), platform: 'node', logLevel: 'warn' })
    await build.write({ file: join(outDir, 'hooks', name), format: 'cjs', minify: false })
    await build.close()
    await chmod(join(outDir, 'hooks', name), 0o755)
  }
}

async function copyPackages(outDir: string): Promise<void> {
  for (const { name, from, via = [], keep } of [...BESIDE, ...SSH2]) {
    let start = join(ROOT, from)
    for (const each of via) start = await packageDirectory(each, start)
    const source = await packageDirectory(name, start)
    await cp(source, join(outDir, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) => path === source || keep(path.slice(source.length + 1)),
    })
  }
}

async function packageDirectory(name: string, from: string): Promise<string> {
  const start = await realpath(from)
  const found = createRequire(join(start, 'x.js'))
    .resolve.paths(name)
    ?.map((directory) => join(directory, name))
    .find((directory) => existsSync(directory))
  if (found === undefined) throw new Error(`${name} is not installed: run pnpm install`)
  return realpath(found)
}

async function buildDashboard(outDir: string): Promise<void> {
  const { build } = await import('vite')
  await build({
    root: join(ROOT, 'dashboard'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
}

async function digestOf(directory: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  for (const path of files.map((file) => join(file.parentPath, file.name)).toSorted())
    hash.update(`${path.slice(directory.length)}\0`).update(await readFile(path))
  return hash.digest('hex').slice(0, 8)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(ROOT, 'dist') },
      'stand-ins': { type: 'boolean', default: false },
    },
  })
  console.log(await bundle({ outDir: values.out, standIns: values['stand-ins'] }))
}
