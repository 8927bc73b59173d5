import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupsAbove, readMachineMemory, roomOf } from '#agent/node/memory.ts'

const MIB = 2 ** 20
let root: string

async function record(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}
const read = () => readMachineMemory({ proc: join(root, 'proc'), root: join(root, 'cgroup') })

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'memory-'))
  await record({
    'proc/meminfo': `MemTotal: ${4_096 * 1_024} kB\nMemAvailable: ${3_000 * 1_024} kB\nSwapTotal: ${1_024 * 1_024} kB\nSwapFree: ${500 * 1_024} kB\n`,
  })
})
afterEach(() => rm(root, { recursive: true }))

describe('the memory of the machine', () => {
  it('is what the kernel says, with the time that was lost for want of it', async () => {
    await record({
      'proc/pressure/memory':
        'some avg10=9.00 avg60=1.00 avg300=0.50 total=5\nfull avg10=4.25 avg60=0.00 avg300=0.00 total=1\n',
    })
    const memory = await read()

    expect(memory).toEqual({
      totalBytes: 4_096 * MIB,
      availableBytes: 3_000 * MIB,
      swapTotalBytes: 1_024 * MIB,
      swapFreeBytes: 500 * MIB,
      stalledPercent: 4.25,
    })
    expect(roomOf(memory)).toBe(3_500 * MIB)
  })

  it('is that of the control group that it really is, on version 1', async () => {
    await record({
      'proc/self/cgroup': '5:memory:/small/vastrox\n4:pids:/x\n0::/\n',
      'cgroup/memory/small/vastrox/memory.limit_in_bytes': '9223372036854771712\n',
      'cgroup/memory/small/vastrox/memory.usage_in_bytes': '5\n',
      'cgroup/memory/small/memory.limit_in_bytes': `${1_024 * MIB}\n`,
      'cgroup/memory/small/memory.usage_in_bytes': `${900 * MIB}\n`,
      'cgroup/memory/small/memory.stat': `inactive_file 1\ntotal_inactive_file ${100 * MIB}\n`,
    })

    expect(await read()).toMatchObject({
      totalBytes: 1_024 * MIB,
      availableBytes: 224 * MIB,
      stalledPercent: 0,
    })
  })

  it('is that of the control group that it really is, on version 2', async () => {
    await record({
      'proc/self/cgroup': '0::/small.slice/agent.service\n',
      'cgroup/small.slice/agent.service/memory.max': 'max\n',
      'cgroup/small.slice/agent.service/memory.current': '5\n',
      'cgroup/small.slice/memory.max': `${2_048 * MIB}\n`,
      'cgroup/small.slice/memory.current': `${48 * MIB}\n`,
      'cgroup/small.slice/memory.stat': 'inactive_file 0\n',
    })

    expect(await read()).toMatchObject({ totalBytes: 2_048 * MIB, availableBytes: 2_000 * MIB })
  })

  it('is that of a container that sees itself as the root', async () => {
    await record({
      'proc/self/cgroup': '4:memory:/\n',
      'cgroup/memory/memory.limit_in_bytes': `${512 * MIB}\n`,
      'cgroup/memory/memory.usage_in_bytes': `${112 * MIB}\n`,
    })

    expect(await read()).toMatchObject({ totalBytes: 512 * MIB, availableBytes: 400 * MIB })
  })

  it('looks at every group above, the innermost first', () => {
    expect(groupsAbove('0::/\n')).toEqual([{ version: 2, path: '.' }])
    expect(groupsAbove('3:cpu,memory:/a/b\n').map(({ path }) => path)).toEqual([
      'memory/a/b',
      'memory/a',
      'memory',
    ])
  })
})
