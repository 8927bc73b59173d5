import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ContainerSample,
  ReadSamplesEvent,
  type Sample,
} from '@vastrox/shared/agent-api-metrics.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bareImageOf } from '#test/bare-image.ts'
import { collect } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const EVERY_MS = 500
const HELD_BYTES = 200 * 2 ** 20
const LOAD_BYTES = 40 * 2 ** 20
/** Issue 9: shown within 3 %. */
const NEAR = 0.03

/** Holds, burns and takes what it is told to. */
const PROGRAM = `
const { Worker } = require("node:worker_threads");
let held;
require("node:http").createServer((q, s) => {
  if (q.url === "/hold") held = Buffer.alloc(${HELD_BYTES}, 1);
  if (q.url === "/burn") new Worker("for (;;) {}", { eval: true });
  if (q.url === "/give") return s.end(Buffer.alloc(${LOAD_BYTES / 2}, 1));
  let bytes = 0;
  q.on("data", (d) => { bytes += d.length }).on("end", () => s.end(String(bytes)));
}).listen(3000)`

let agent: RunningAgent
let host: string
const samples: Sample[] = []
const gone = new AbortController()

async function follow(since: string | null): Promise<void> {
  const events = agent.client().stream('read-samples', { since, follow: true }, gone.signal)
  for await (const raw of events) {
    const event = ReadSamplesEvent.parse(raw)
    if (event.type === 'sample') samples.push(event.sample)
  }
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await isSo()) return
    await sleep(50)
  }
  throw new Error('it did not come about in 30 s')
}

const ours = (sample: Sample | undefined): ContainerSample | undefined =>
  sample?.containers.find(({ kind }) => kind === 'instance')

/** One that was taken after this moment, and what the test itself reads in the kernel's files then. */
async function nextSample(): Promise<{ at: number; seen: ContainerSample; truth: Truth }> {
  const now = Date.now()
  await until(() => Date.parse(samples.at(-1)?.at ?? '') > now)
  const sample = samples.at(-1)
  const seen = ours(sample)
  if (!sample || !seen) throw new Error('the container is not in the sample')
  return { at: Date.parse(sample.at), seen, truth: await readTruth(seen.id) }
}

interface Truth {
  at: number
  cpuUsec: number
  memoryBytes: number
}

async function readTruth(id: string): Promise<Truth> {
  const read = (path: string): Promise<string> =>
    readFile(`/sys/fs/cgroup/${path}`, 'utf8').catch(() => '')
  const isVersion1 = (await read(`memory/docker/${id}/memory.usage_in_bytes`)) !== ''
  const [cpu, used, stat] = isVersion1
    ? [
        Number(await read(`cpuacct/docker/${id}/cpuacct.usage`)) / 1_000,
        await read(`memory/docker/${id}/memory.usage_in_bytes`),
        await read(`memory/docker/${id}/memory.stat`),
      ]
    : await (async () => {
        const place =
          (await read(`docker/${id}/cpu.stat`)) === ''
            ? `system.slice/docker-${id}.scope`
            : `docker/${id}`
        const text = await read(`${place}/cpu.stat`)
        return [
          Number(/usage_usec (\d+)/.exec(text)?.[1]),
          await read(`${place}/memory.current`),
          await read(`${place}/memory.stat`),
        ] as const
      })()
  const droppable = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0)
  return { at: Date.now(), cpuUsec: cpu, memoryBytes: Number(used) - droppable }
}

const tell = (path: string, body?: Buffer<ArrayBuffer>) =>
  fetch(`http://${host}:3000${path}`, body ? { method: 'POST', body } : {}).then((reply) =>
    reply.arrayBuffer(),
  )

beforeAll(async () => {
  agent = await runAgent({ VASTROX_SAMPLE_EVERY_MS: String(EVERY_MS) })
  const client = agent.client()
  await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  const { body } = await client.call('start-instances', {
    appId: 'app00001',
    appName: 'blog',
    releaseId: 'release1',
    releaseNumber: 7,
    process: 'web',
    generation: 1,
    ordinals: [1],
    imageId: await bareImageOf(client, 'app00001'),
    command: `node -e '${PROGRAM}'`,
    env: {},
    limits: { memoryBytes: 512 * 2 ** 20, cpuMillis: 500 },
    stopGraceMs: 0,
  })
  const started = z.object({ instances: z.array(z.object({ host: z.string() })) }).parse(body)
  host = started.instances[0]?.host ?? ''
  void follow(null).catch(() => undefined)
  await until(() =>
    tell('/').then(
      () => true,
      () => false,
    ),
  )
})
afterAll(async () => {
  gone.abort()
  await agent.remove()
})

describe('what is measured of a container', () => {
  it('is what it is: who, with which limits, and how many processes', async () => {
    const { seen } = await nextSample()

    expect(seen).toMatchObject({
      kind: 'instance',
      owner: 'app00001',
      process: 'web',
      ordinal: 1,
      release: 7,
      cpuLimitMillis: 500,
      memoryLimitBytes: 512 * 2 ** 20,
      restarts: 0,
    })
    expect(seen.pids).toBeGreaterThan(1)
    expect(samples.at(-1)?.platform.map(({ name }) => name)).toContain('engine')
  })

  it('is 200 MB where 200 MB are held, within 3 % of it and of the kernel', async () => {
    const before = await nextSample()
    await tell('/hold')
    const after = await nextSample()

    expect(
      Math.abs((after.seen.memoryBytes - before.seen.memoryBytes) / HELD_BYTES - 1),
    ).toBeLessThan(NEAR)
    expect(Math.abs(after.seen.memoryBytes / after.truth.memoryBytes - 1)).toBeLessThan(NEAR)
  })

  it('is the load that it receives and the answer that it gives, within 3 % of what was sent', async () => {
    const before = await nextSample()
    const taken = await tell('/', Buffer.alloc(LOAD_BYTES, 7))
    await tell('/give')
    const after = await nextSample()

    expect(Number(Buffer.from(taken).toString())).toBe(LOAD_BYTES)
    const received = after.seen.receivedBytes - before.seen.receivedBytes
    const sent = after.seen.sentBytes - before.seen.sentBytes
    expect(Math.abs(received / LOAD_BYTES - 1)).toBeLessThan(NEAR)
    expect(Math.abs(sent / (LOAD_BYTES / 2) - 1)).toBeLessThan(NEAR)
  })

  it('is half a core where half a core is burnt, within 3 % of the kernel', async () => {
    await tell('/burn')
    const before = await nextSample()
    // A limit is given in tenths of a second: of one more or less there are 2 %.
    await sleep(5_500)
    const after = await nextSample()

    const shown = (after.seen.cpuUsec - before.seen.cpuUsec) / 1_000 / (after.at - before.at)
    const burntMs = (after.truth.cpuUsec - before.truth.cpuUsec) / 1_000
    const truth = burntMs / (after.truth.at - before.truth.at)
    expect(Math.abs(shown / truth - 1)).toBeLessThan(NEAR)
    // Others want the processor too: it may get less than it would take, and never more.
    expect(shown).toBeLessThan(0.5 * (1 + NEAR))
    expect(after.seen.throttledUsec).toBeGreaterThan(before.seen.throttledUsec)
  })

  it('has no gap and no repetition for who reads it after the agent was killed', async () => {
    const last = samples.at(-1)
    await agent.stop('SIGKILL')
    await agent.start()
    await sleep(EVERY_MS * 2)
    const events = await collect(
      agent.client().stream('read-samples', { since: null, follow: false }),
    )

    const kept = events
      .map((event) => ReadSamplesEvent.parse(event))
      .flatMap((event) => (event.type === 'sample' ? [event.sample] : []))
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_sample, at) => at))
    expect(kept.length).toBeGreaterThan(last?.seq ?? 0)
    expect(ours(kept.at(-1))?.id).toBe(ours(last)?.id)
    expect(events.at(-1)?.type).toBe('done')
  })
})
