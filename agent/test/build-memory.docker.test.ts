import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFreezer, stateFiles } from '#agent/builds/freezer.ts'
import { rememberCgroups } from '#agent/engine/cgroups.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'

const CGROUPS = '/sys/fs/cgroup'
const ONCE = randomBytes(6).toString('hex')
const TICKS = `FROM vastrox/node:26\nRUN node -e 'const all=Buffer.alloc(60e6,1);let at=0;setInterval(()=>{console.log("tick "+(++at)+" ${ONCE}");if(at===15)process.exit(0)},100)'\n`

let agent: RunningAgent
let proc: string

/** What the machine says of its memory from now on: 4 GiB, and so much of it free. */
const haveFree = (mib: number): Promise<void> =>
  writeFile(
    join(proc, 'meminfo'),
    `MemTotal: ${4_096 * 1_024} kB\nMemAvailable: ${mib * 1_024} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n`,
  )

/** Events as they come, and those so far. */
async function build(dockerfile: string, changes: Record<string, unknown> = {}) {
  const spec = {
    appId: 'app00001',
    appName: 'blog',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: true,
    secrets: {},
    timeoutMs: 60_000,
    ...changes,
  }
  const events = agent.client().build(spec, await tarOf({ Dockerfile: dockerfile }))
  let said = ''
  const done = (async () => {
    const all = []
    for await (const event of events) {
      all.push(event)
      said += outputOf([event])
    }
    return all
  })()
  return { done, said: () => said }
}

beforeAll(async () => {
  proc = await mkdtemp(join(tmpdir(), 'proc-'))
  await haveFree(3_000)
  agent = await runAgent({ VASTROX_PROC_DIR: proc })
})
beforeEach(() => haveFree(3_000))
afterAll(async () => {
  await agent.remove()
  await rm(proc, { recursive: true })
})

describe('a build on a machine that runs out of memory (promise 3)', () => {
  it('is paused before the apps are hurt, says so, goes on, and tells what it needed', async () => {
    const engine = await rememberCgroups(agent.engine)()
    const running = await build(TICKS)
    await vi.waitFor(() => expect(running.said()).toContain('tick 3'), 20_000)

    await haveFree(100)
    await vi.waitFor(() => expect(running.said()).toContain('Paused: only 105 MB'), 15_000)
    const [file = ''] = await stateFiles(engine, CGROUPS)
    expect(await readFile(file, 'utf8')).toMatch(/FR(O|EE)Z|1/)
    await sleep(300)
    const before = running.said()
    await sleep(700)
    expect(running.said()).toBe(before)

    await haveFree(2_000)
    const events = await running.done
    expect(running.said()).toMatch(/Goes on after \d s\.\n/)
    expect(running.said()).toContain('tick 15')
    const done = events.at(-1)
    expect(done).toMatchObject({ type: 'done', peakMemoryBytes: expect.any(Number) })
    expect(Number(done?.['peakMemoryBytes'])).toBeGreaterThan(60e6)
    expect(Number(done?.['peakMemoryBytes'])).toBeLessThan(300e6)
  })

  it('is the first to go where the kernel has to choose', async () => {
    const running = await build(TICKS)
    await vi.waitFor(() => expect(running.said()).toContain('tick 8'), 20_000)

    const scores = []
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      if (line.includes(ONCE))
        scores.push((await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')).trim())
    }
    expect(scores.length).toBeGreaterThan(0)
    expect(new Set(scores)).toEqual(new Set(['600']))
    expect((await running.done).at(-1)).toMatchObject({ type: 'done' })
  })

  it('ends, thawed, when the apps take the last of it', async () => {
    const running = await build(TICKS)
    await vi.waitFor(() => expect(running.said()).toContain('tick 2'), 20_000)

    await haveFree(20)
    expect((await running.done).at(-1)).toMatchObject({
      type: 'failed',
      code: 'BUILD_ENDED_FOR_APPS',
    })
    const [file = ''] = await stateFiles(await rememberCgroups(agent.engine)(), CGROUPS)
    expect((await readFile(file, 'utf8')).trim()).toMatch(/^(THAWED|0)$/)
  })

  it('that an agent left frozen when it was killed goes on with the next one', async () => {
    const engine = await rememberCgroups(agent.engine)()
    await createFreezer(engine).freeze()
    await agent.stop('SIGKILL')
    await agent.start()

    const [file = ''] = await stateFiles(engine, CGROUPS)
    await vi.waitFor(
      async () => expect((await readFile(file, 'utf8')).trim()).toMatch(/^(THAWED|0)$/),
      5_000,
    )
  })

  it('waits in words until there is what the app’s builds needed before', async () => {
    await haveFree(1_000)
    const running = await build('FROM vastrox/node:26\nRUN true\n', { neededBytes: 1_900e6 })
    await vi.waitFor(
      () =>
        expect(running.said()).toBe(
          'This build needed 1.9 GB last time, 791 MB are free: waiting for memory.\n',
        ),
      5_000,
    )
    await haveFree(3_000)

    expect((await running.done).at(-1)).toMatchObject({ type: 'done' })
    expect(running.said()).toContain('2.9 GB are free: beginning.')
  })
})

describe('what a step made with the secret of one app (promise 8)', () => {
  it('is not given to another app that has the same Dockerfile', async () => {
    const dockerfile = `FROM vastrox/node:26\nRUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN > /made; echo "${ONCE} made with $(cat /made)"\n`
    const wishes = { noCache: false, secrets: { TOKEN: `first-${ONCE}` } }
    const first = await (await build(dockerfile, wishes)).done
    const again = await (await build(dockerfile, wishes)).done
    const other = await (
      await build(dockerfile, { ...wishes, appId: 'app00002', secrets: { TOKEN: `other-${ONCE}` } })
    ).done
    const none = await collect(
      agent.client().build(
        {
          appId: 'app00003',
          appName: 'thief',
          buildId: randomBytes(8).toString('hex'),
          dockerfile: 'Dockerfile',
          noCache: false,
          secrets: {},
          timeoutMs: 60_000,
        },
        await tarOf({ Dockerfile: dockerfile }),
      ),
    )

    expect(outputOf(first)).toContain(`made with first-${ONCE}`)
    expect(again).toContainEqual(expect.objectContaining({ type: 'step', cached: true }))
    expect(outputOf(other)).toContain(`made with other-${ONCE}`)
    expect(outputOf(none)).toContain('made with \n')
  })
})
