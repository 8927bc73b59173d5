import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

/** The table of section 3 of the design, written down once more: who may import whom. */
const MAY_IMPORT: Record<string, string[]> = {
  http: ['http', 'core', 'lib'],
  ssh: ['ssh', 'core', 'commands', 'lib'],
  ftp: ['ftp', 'core', 'lib'],
  jobs: ['jobs', 'core', 'lib'],
  commands: ['commands', 'core', 'lib'],
  core: ['core', 'store', 'ports', 'lib'],
  store: ['store', 'lib'],
  ports: ['ports', 'lib'],
  adapters: ['adapters', 'ports', 'lib'],
  catalog: ['catalog', 'ports', 'lib'],
  proxy: ['proxy', 'ports', 'lib'],
  lib: ['lib'],
}
const LAYERS = Object.keys(MAY_IMPORT)

/** Packages and modules that a layer must not get by any name. */
const MUST_NOT_USE: [layer: string, name: string][] = [
  ['core', 'fastify'],
  ['core', '@fastify/cookie'],
  ['core', 'better-sqlite3'],
  ['core', 'dockerode'],
  ['core', 'node:child_process'],
  ['core', 'node:fs'],
  ['core', 'node:fs/promises'],
  ['core', 'node:net'],
  ['core', 'undici'],
  ['http', 'better-sqlite3'],
  ['http', 'simple-git'],
  ['jobs', 'fastify'],
  ['store', 'fastify'],
  ['store', 'undici'],
  ['ports', 'node:fs'],
  ['ports', 'better-sqlite3'],
  ['adapters', 'better-sqlite3'],
  ['adapters', 'fastify'],
  ['catalog', 'node:child_process'],
  ['catalog', 'fastify'],
  ['proxy', 'better-sqlite3'],
  ['proxy', 'fastify'],
  ['lib', 'undici'],
  ['lib', 'fastify'],
]

const ROOT = resolve(import.meta.dirname, '../..')
const Report = z.object({
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })),
})
let home: string
let flagged: Set<string>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-lint-'))
  await symlink(join(ROOT, 'node_modules'), join(home, 'node_modules'))
  await symlink(join(ROOT, 'oxlint.config.ts'), join(home, 'oxlint.config.ts'))
  for (const layer of LAYERS)
    for (const other of LAYERS) await write(fileOf(layer, other), `#${other}/thing.ts`)
  for (const [layer, name] of MUST_NOT_USE) await write(fileOf(layer, name), name)
  await write('daemon/src/core/up-and-over.ts', '../store/thing.ts')
  await write('shared/src/with-node.ts', 'node:fs')
  await write('dashboard/src/with-node.ts', '@vastrox/shared/node/run.ts')
  await write('dashboard/src/ui/with-feature.ts', '#features/apps/queries.ts')
  flagged = await lint()
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('the lint rule on imports', () => {
  it('fails for every pair of layers that the design forbids, and for no other', () => {
    const forbidden = LAYERS.flatMap((layer) =>
      LAYERS.filter((other) => !MAY_IMPORT[layer]?.includes(other)).map((other) =>
        fileOf(layer, other),
      ),
    )
    const pairs = LAYERS.flatMap((layer) => LAYERS.map((other) => fileOf(layer, other)))

    expect(forbidden).toHaveLength(110)
    expect(pairs.filter((file) => flagged.has(file))).toEqual(forbidden)
  })

  it('fails for packages and modules of node that are not of the layer', () => {
    const files = MUST_NOT_USE.map(([layer, name]) => fileOf(layer, name))

    expect(files.filter((file) => !flagged.has(file))).toEqual([])
  })

  it.each([
    ['a way round the layer by a relative path', 'daemon/src/core/up-and-over.ts'],
    ['a module of node in what the browser runs too', 'shared/src/with-node.ts'],
    ['hands for the host in the dashboard', 'dashboard/src/with-node.ts'],
    ['a feature in what features are made of', 'dashboard/src/ui/with-feature.ts'],
  ])('fails for %s', (_, file) => {
    expect(flagged).toContain(file)
  })
})

const fileOf = (layer: string, imported: string): string =>
  `daemon/src/${layer}/deep/imports-${imported.replaceAll(/[^a-z0-9]+/g, '-')}.ts`

async function write(file: string, imported: string): Promise<void> {
  const path = join(home, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `import { thing } from '${imported}'\n\nexport const use = thing\n`)
}

/** Files that break a rule on imports. */
async function lint(): Promise<Set<string>> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint')
  const args = [process.execPath, oxlint, '--format=json', '.']
  const { stdout } = await run('/usr/bin/env', args, {
    cwd: home,
    timeoutMs: 60_000,
    env: { PATH: process.env['PATH'] ?? '' },
  })
  const { diagnostics } = Report.parse(JSON.parse(stdout.toString()))
  const restricted = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'))
  return new Set(restricted.map(({ filename }) => filename))
}
