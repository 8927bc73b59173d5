import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp, untilSettled } from '#support/apps.ts'
import { containersOf, docker } from '#support/engine.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'
import { type OpenLoopResult, runOpenLoop } from '../bench/open-loop.ts'
import { median } from '../bench/statistics.ts'

const vastrox = connectInstallation()
const HOSTILE = 'hostile'
const TWIN = 'hostile-twin'
const NEIGHBOUR = 'peaceful'
const FILES = resolve(import.meta.dirname, '../apps/hostile')

const IS_LONG = process.env['VASTROX_LONG'] === '1'
const ROUND_MS = IS_LONG ? 5_000 : 1_500
const ROUNDS = IS_LONG ? 5 : 1
const RATE_PER_SECOND = 100
const MIB = 2 ** 20
/** A fork bomb, all CPU, all memory, 1 GB of logs, and a disk that fills. */
const ACTS = ['/fork', '/cpu', '/memory', '/log', ...(IS_LONG ? ['/disk?1000'] : [])]

const Report = z.object({
  succeeded: z.array(z.string()),
  tried: z.int(),
  uid: z.int(),
  capabilities: z.string(),
  noNewPrivileges: z.string(),
  seccomp: z.string(),
  devices: z.array(z.string()),
})
const HARMLESS_DEVICES = [
  'console',
  'core',
  'fd',
  'full',
  'mqueue',
  'null',
  'ptmx',
  'pts',
  'random',
  'shm',
  'stderr',
  'stdin',
  'stdout',
  'tty',
  'urandom',
  'zero',
]

const copies: WorkingCopy[] = []
async function pushHostile(app: string): Promise<string> {
  const copy = createWorkingCopy(vastrox.remote(app))
  copies.push(copy)
  await copy.init()
  copy.copyFrom(FILES)
  await copy.commit('hostile')
  const { exitCode, output } = await copy.push('--force', 'main')
  expect(exitCode, output).toBe(0)
  return output
}
const ask = async (app: string, path: string): Promise<string> =>
  (await vastrox.visit(app, path)).body
const reportOf = async (path: string) => Report.parse(JSON.parse(await ask(HOSTILE, path)))
const containerOf = async (app: string): Promise<string> => {
  const [name] = await containersOf(vastrox.config.instance, app)
  if (name === undefined) throw new Error(`${app} has no container`)
  return name
}

beforeAll(async () => {
  copies.push(await pushTinyApp(vastrox, NEIGHBOUR, 'v1'))
  await pushHostile(HOSTILE)
  await vastrox.api('PATCH', `/apps/${HOSTILE}`, { watchMs: 0, drainMs: 0, stopGraceMs: 500 })
})
afterAll(async () => {
  for (const app of [HOSTILE, TWIN, NEIGHBOUR]) await destroyApp(vastrox, app)
  for (const copy of copies) copy.remove()
})

describe('a hostile build (rules section 7)', () => {
  it('is no more on the server than any program in a container', async () => {
    const report = await reportOf('/build')

    expect(report).toMatchObject({ succeeded: [], uid: 0, seccomp: '2' })
    expect(report.tried).toBeGreaterThan(15)
    expect(HARMLESS_DEVICES).toEqual(expect.arrayContaining(report.devices))
  })

  it('has neither the cache nor the results of another app’s', async () => {
    await pushHostile(TWIN)
    const [mine, theirs] = [await ask(HOSTILE, '/mine'), await ask(TWIN, '/mine')]

    expect(mine.trim().split('\n')).toHaveLength(1)
    expect(theirs.trim().split('\n')).toHaveLength(1)
    expect(theirs).not.toBe(mine)
  })

  it.each([
    ['the image of another app', `FROM vastrox-${vastrox.config.instance}/${NEIGHBOUR}:x`],
    [
      'its files',
      `FROM scratch\nCOPY --from=vastrox-${vastrox.config.instance}/${NEIGHBOUR}:x / /x`,
    ],
    ['privileges', 'FROM vastrox/node:26\nRUN --security=insecure true'],
    ['the network of the server', 'FROM vastrox/node:26\nRUN --network=host true'],
    ['devices', 'FROM vastrox/node:26\nRUN --device=nvidia.com/gpu=all true'],
    ['another build program', '# syntax=evil/frontend:1\nFROM vastrox/node:26'],
  ])('is refused for asking for %s', async (_what, dockerfile) => {
    const copy = copies.at(-1)
    copy?.write({ Dockerfile: `${dockerfile}\nCMD ["true"]\n` })
    await copy?.commit('ask for it')
    const pushed = await copy?.push()

    expect(pushed?.exitCode).not.toBe(0)
    expect(pushed?.output).toMatch(
      /may build on public images|leave the fence|server itself|no devices|not allowed/,
    )
  })
})

describe('a hostile app (rules section 7)', () => {
  it('gets nowhere as root of its container', async () => {
    const report = await reportOf('/run')

    expect(report).toMatchObject({
      succeeded: [],
      uid: 0,
      capabilities: '00000000000004e3',
      noNewPrivileges: '1',
      seccomp: '2',
    })
    expect(HARMLESS_DEVICES).toEqual(expect.arrayContaining(report.devices))
  })

  it('may bind low ports and nothing else where it is shut in strictly, and run nothing it wrote', async () => {
    const changed = await vastrox.api('PATCH', `/apps/${HOSTILE}`, { isolation: 'strict' })
    expect(changed.body).toContain('"needsRedeploy":["isolation"]')
    await vastrox.api('POST', `/apps/${HOSTILE}/restart`)
    await untilSettled(vastrox, HOSTILE)

    expect(await reportOf('/run')).toMatchObject({
      succeeded: [],
      capabilities: '0000000000000400',
    })
    expect(JSON.parse(await ask(HOSTILE, '/write'))).toEqual({
      '/srv/hostile/x': 'EROFS',
      '/etc/x': 'EROFS',
      '/tmp/x': 'written',
      '/run/x': 'written',
      '/var/tmp/x': 'written',
    })
    await vastrox.api('PATCH', `/apps/${HOSTILE}`, { isolation: 'compatible' })
    await vastrox.api('POST', `/apps/${HOSTILE}/restart`)
    await untilSettled(vastrox, HOSTILE)
  })
})

describe('beside an app that takes all that it can get (promises 2, 3)', () => {
  const visit = (durationMs = ROUND_MS): Promise<OpenLoopResult> =>
    runOpenLoop({
      port: vastrox.config.httpPort,
      host: vastrox.hostOf(NEIGHBOUR),
      ratePerSecond: RATE_PER_SECOND,
      durationMs,
      accept: (status, body) => status === 200 && body.startsWith('v1'),
    })

  /** Asked all the while; the slowest answer. */
  async function slowestOfDaemon(stop: AbortSignal): Promise<number> {
    let slowest = 0
    while (!stop.aborted) {
      const begunAt = performance.now()
      const answer = await vastrox.api('GET', `/apps/${NEIGHBOUR}`)
      if (answer.status !== 200) throw new Error(`the daemon says ${answer.status}`)
      slowest = Math.max(slowest, performance.now() - begunAt)
      await sleep(100)
    }
    return slowest
  }

  const p99s = new Map<string, { quiet: number[]; beside: number[] }>()
  const settling: OpenLoopResult[] = []

  for (const act of Array.from({ length: ROUNDS }, () => ACTS).flat())
    it(`its neighbour and the daemon go on: ${act}`, async () => {
      const container = await containerOf(HOSTILE)
      // Asked beforehand: what fills its disk is replaced.
      const logPath = await docker('inspect', '-f', '{{.LogPath}}', container)
      // Compared with --long alone.
      const before = IS_LONG ? await visit() : undefined
      await ask(HOSTILE, act)
      const over = new AbortController()
      const daemon = slowestOfDaemon(over.signal)
      // What it begins with is over in a second and a half, and is no part of what is compared (record 149).
      if (IS_LONG) settling.push(await visit(1_500))
      const during = await visit()
      over.abort()
      const slowest = await daemon
      const logBytes = logBytesOf(logPath)
      if (IS_LONG) {
        // Killed again and again it would be taken for one that crashes in a loop.
        await vastrox.api('POST', `/apps/${HOSTILE}/restart`)
        await untilSettled(vastrox, HOSTILE)
      } else await docker('kill', container).catch(() => 'it has ended by itself')
      await until('the hostile app to be back', async () => (await ask(HOSTILE, '/')) === 'hostile')
      const seen = p99s.get(act) ?? { quiet: [], beside: [] }
      p99s.set(act, seen)
      if (before) seen.quiet.push(before.latencyMs.p99)
      seen.beside.push(during.latencyMs.p99)
      const [beside, daemonMs] = [during.latencyMs.p99, slowest].map(Math.round)
      const quiet = before ? ` (${Math.round(before.latencyMs.p99)} ms without)` : ''
      console.log(`beside ${act}: p99 ${beside} ms${quiet}, daemon ${daemonMs} ms`)

      expect((before?.failed ?? 0) + during.failed).toBe(0)
      expect(settling.reduce((sum, { failed }) => sum + failed, 0)).toBe(0)
      expect(slowest).toBeLessThan(3_000)
      expect(logBytes).toBeLessThan(31 * MIB)
    })

  // A ratio needs a quiet machine and more rounds: it is asked for with --long, of each act by itself.
  const compared = IS_LONG ? ACTS.map((act) => [act]) : [ACTS]
  const goal = IS_LONG ? 'one and a half times its quiet value' : 'a quarter of a second'
  it.each(compared.map((acts) => ({ acts })))(
    `with a p99 of at most ${goal}: $acts`,
    ({ acts }) => {
      const seen = acts.flatMap((act) => p99s.get(act) ?? [])
      const [quiet, beside] = [
        seen.flatMap((each) => each.quiet),
        seen.flatMap((each) => each.beside),
      ]
      expect(beside.length).toBeGreaterThanOrEqual(ROUNDS * acts.length)
      expect(median(beside)).toBeLessThan(IS_LONG ? 1.5 * median(quiet) + 2 : 250)
    },
  )
})

/** Of a container's log, in all of its files; one that is rotated away meanwhile holds nothing. */
function logBytesOf(path: string): number {
  const folder = dirname(path)
  return readdirSync(folder)
    .filter((name) => name.includes('-json.log'))
    .reduce(
      (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
}
