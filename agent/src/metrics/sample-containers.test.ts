import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunningContainer } from '#agent/containers/running-containers.ts'
import { createContainerSampler } from '#agent/metrics/sample-containers.ts'
import { createFenceSampler } from '#agent/metrics/sample-fence.ts'
import { type FakeEngine, startFakeEngine } from '#test/fake-engine.ts'

const CONTAINER: RunningContainer = {
  id: 'abc',
  name: 'vastrox-abc',
  kind: 'instance',
  owner: 'app',
  process: 'web',
  ordinal: 1,
  release: 3,
}
const NET_DEV = (received: number, sent: number): string =>
  `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9999 9 0 0 0 0 0 0 9999 9 0 0 0 0 0 0
  eth0: ${received} 5 0 0 0 0 0 0 ${sent} 5 0 0 0 0 0 0
  eth1: 1000 5 0 0 0 0 0 0 2000 5 0 0 0 0 0 0
`
const statOf = (start: number): string =>
  `17 (a name) of (two)) S 1 17 17 0 -1 4194560 1 0 0 0 30 12 0 0 20 0 1 0 ${start} 1000 250 18446744073709551615`

describe('the containers of a sample', () => {
  let root: string
  let fake: FakeEngine
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vastrox-containers-'))
    fake = await startFakeEngine()
    fake.world.containers = [{ id: 'abc', state: 'running', labels: {}, restarts: 2 }]
  })
  afterEach(async () => {
    await fake.stop()
    await rm(root, { recursive: true, force: true })
  })

  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  }

  const groupOf = (place: string, cpuUsec: number): Record<string, string> => ({
    [`groups/${place}/memory.current`]: '100\n',
    [`groups/${place}/memory.stat`]: 'file 10\ninactive_file 4\n',
    [`groups/${place}/memory.max`]: 'max\n',
    [`groups/${place}/cpu.stat`]: `usage_usec ${cpuUsec}\nuser_usec 1\nsystem_usec 2\n`,
    [`groups/${place}/cpu.max`]: 'max 100000\n',
    [`groups/${place}/cgroup.procs`]: '18\n17\n',
  })

  const sizes = new Map([['vastrox-abc123-volume-v1', 5_000]])
  const create = (containers: readonly RunningContainer[] = [CONTAINER]) =>
    createContainerSampler({
      engine: fake.engine,
      running: { get: async () => containers },
      sizes: { sizeOf: (name) => sizes.get(name) ?? null, measureNext: async () => {} },
      root: join(root, 'groups'),
      proc: join(root, 'proc'),
    })

  it('are told with the network of their first process, and the engine is asked once a start', async () => {
    await write({
      ...groupOf('docker/abc', 500),
      'proc/17/stat': statOf(4_000),
      'proc/17/net/dev': NET_DEV(50, 60),
    })
    const sample = create()
    const [first] = await sample()
    await write(groupOf('docker/abc', 900))
    const [second] = await sample()

    expect(first).toMatchObject({
      ...CONTAINER,
      cpuUsec: 500,
      memoryBytes: 96,
      memoryLimitBytes: 0,
      receivedBytes: 1_050,
      sentBytes: 2_060,
      restarts: 2,
    })
    expect(second?.cpuUsec).toBe(900)
    expect(fake.world.asked).toEqual(['/containers/abc/json'])

    // Restarted by the engine: the same place, another process, and counters from nothing.
    fake.world.containers = [{ id: 'abc', state: 'running', labels: {}, restarts: 3 }]
    await write({
      ...groupOf('docker/abc', 20),
      'groups/docker/abc/cgroup.procs': '30\n',
      'proc/17/stat': statOf(9_999),
      'proc/30/stat': statOf(8_000).replace('17 (', '30 ('),
      'proc/30/net/dev': NET_DEV(1, 2),
    })
    const [third] = await sample()
    expect(third).toMatchObject({ cpuUsec: 20, receivedBytes: 1_001, restarts: 3 })
    expect(fake.world.asked).toHaveLength(2)
  })

  it('are told while the engine is away, and asked about when it is back', async () => {
    await write({
      ...groupOf('system.slice/docker-abc.scope', 500),
      'proc/17/stat': statOf(4_000),
      'proc/17/net/dev': NET_DEV(50, 60),
    })
    fake.world.isAway = true
    const sample = create()
    expect(await sample()).toMatchObject([{ cpuUsec: 500, receivedBytes: 1_050, restarts: 0 }])
    fake.world.isAway = false

    expect(await sample()).toMatchObject([{ restarts: 2 }])
  })

  it('that are add-ons are told with who is connected and what their volume takes', async () => {
    const inUse = (tcp: number): Record<string, string> => ({
      'proc/17/net/sockstat': `sockets: used 9\nTCP: inuse ${tcp} orphan 0 tw 0 alloc 9 mem 0\n`,
      'proc/17/net/sockstat6': 'TCP6: inuse 1\n',
    })
    const row = (at: number, state: string): string =>
      ` ${at}: 00000000:1538 0300800A:C35${at} ${state} 00000000:00000000\n`
    const tables = (connected: number): Record<string, string> => ({
      'proc/17/net/tcp': `head\n${row(0, '0A')}${Array.from({ length: connected }, (_, at) => row(at, '01')).join('')}`,
      'proc/17/net/tcp6': 'head\n',
    })
    await write({
      ...groupOf('docker/abc', 1),
      'proc/17/stat': statOf(1),
      'proc/17/net/dev': NET_DEV(1, 1),
      ...inUse(4),
      ...tables(3),
    })
    fake.world.containers = [
      { id: 'abc', state: 'running', labels: {}, mounts: ['vastrox-abc123-volume-v1', 'other'] },
    ]
    const sample = create([{ ...CONTAINER, kind: 'addon' }])
    const addon = async () => (await sample())[0]?.addon

    // While it is young the tables are read with each sample.
    for (let turn = 0; turn < 8; turn += 1)
      expect(await addon()).toEqual({ connections: 3, sizeBytes: 5_000 })
    // Then how many sockets there are says it; the tables are looked at again from time to time.
    await write({ ...inUse(6), ...tables(4) })
    const next = []
    for (let turn = 0; turn < 4; turn += 1) next.push((await addon())?.connections)
    expect(next).toEqual([5, 5, 5, 4])
    await write(inUse(7))
    expect((await addon())?.connections).toBe(5)
  })

  it('are without one that has ended since it was listed', async () => {
    await write({ ...groupOf('docker/abc', 1), 'proc/17/stat': statOf(1) })
    const sample = create([CONTAINER, { ...CONTAINER, id: 'gone' }])

    expect((await sample()).map(({ id }) => id)).toEqual(['abc'])
    await rm(join(root, 'groups'), { recursive: true })
    expect(await sample()).toEqual([])
  })

  it('have all builds as one line: while one runs, and once more with what its end has used', async () => {
    const sample = createFenceSampler(join(root, 'groups'))
    expect(sample()).toEqual([])
    await write(groupOf('docker/buildkit', 700))
    await mkdir(join(root, 'groups/docker/buildkit/step'))
    expect(sample()).toMatchObject([{ kind: 'build', id: 'builds', cpuUsec: 700, memoryBytes: 96 }])
    await rm(join(root, 'groups/docker/buildkit/step'), { recursive: true })
    await write(groupOf('docker/buildkit', 800))
    expect(sample()).toMatchObject([{ cpuUsec: 800 }])

    expect(sample()).toEqual([])
  })

  it('count on over steps that have a group each', async () => {
    const sample = createFenceSampler(join(root, 'groups'))
    const place = (name: string): string => `system.slice/system.slice:docker:${name}`
    await write({ ...groupOf(place('a'), 100), ...groupOf(place('b'), 50) })
    expect(sample()).toMatchObject([{ cpuUsec: 150, memoryBytes: 192 }])
    await rm(join(root, 'groups', place('a')), { recursive: true })
    await write({ ...groupOf(place('b'), 80), ...groupOf(place('c'), 5) })
    expect(sample()).toMatchObject([{ cpuUsec: 185, memoryBytes: 192 }])
    await rm(join(root, 'groups'), { recursive: true })

    expect(sample()).toMatchObject([{ cpuUsec: 185, memoryBytes: 0 }])
    expect(sample()).toEqual([])
  })
})
