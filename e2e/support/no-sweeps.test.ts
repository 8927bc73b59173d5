import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = new URL('../..', import.meta.url).pathname
const SOURCES = ['agent/src', 'daemon/src', 'shared/src']

/** The program alone: comments may name what it never does. */
const codeOf = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<![:'"`])\/\/.*$/gm, '')

const files = SOURCES.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
).map((path) => ({ path, code: codeOf(readFileSync(join(ROOT, path), 'utf8')) }))

const thoseWith = (pattern: RegExp): string[] =>
  files.filter(({ code }) => pattern.test(code)).map(({ path }) => path)

it('reads what it judges', () => {
  expect(files.length).toBeGreaterThan(400)
  expect(codeOf("a // /x/prune\n/* '/y/prune' */ 'http://z'")).toBe("a \n 'http://z'")
})

it('never sweeps: no prune of the engine’s but of build cache, by ids (rule B10)', () => {
  expect(thoseWith(/\/(?:system|volumes|containers|images|networks)\/prune/)).toEqual([])
  expect(
    thoseWith(/['"](?:system|volume|container|image|network|builder|buildx)['"],\s*['"]prune/),
  ).toEqual([])
  expect(thoseWith(/\/build\/prune/)).toEqual(['agent/src/builds/build-cache.ts'])
  const [cache] = files.filter(({ path }) => path === 'agent/src/builds/build-cache.ts')
  expect(cache?.code).toMatch(/filters: JSON\.stringify\(\{ id: \[/)
  expect(cache?.code).not.toMatch(/keep-storage|until/)
})

it('takes volumes away in one place alone, which is asked for by name', () => {
  expect(thoseWith(/'DELETE',\s*[`'"]\/volumes/).toSorted()).toEqual([
    // With everything else of an installation that is ended.
    'agent/src/cli/install/uninstall.ts',
    'agent/src/volumes/remove-volume.ts',
  ])
})

it('asks the agent to remove a volume only where somebody has purged it, or a drill or a restore has just made it', () => {
  expect(
    thoseWith(/\.removeVolume\(/)
      .filter((path) => path.startsWith('daemon/src/core'))
      .toSorted(),
  ).toEqual([
    'daemon/src/core/addons/addon-trash.ts',
    // A server of a drill, which was never anybody's.
    'daemon/src/core/addons/throw-aways.ts',
    'daemon/src/core/restores/restored-volumes.ts',
    'daemon/src/core/volumes/volume-service.ts',
  ])
})
