import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readContainerUsage } from '#agent/node/cgroups.ts'

const ID = 'c'.repeat(64)
let root: string

async function record(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'))
})
afterEach(() => rm(root, { recursive: true }))

/** Recorded from a Node app that had read its packages once. */
const V1_STAT =
  'cache 9000000\nrss 21000000\ninactive_file 10\ntotal_cache 9000000\ntotal_inactive_file 6000000\n'
const V2_STAT = 'anon 21000000\nfile 9000000\ninactive_file 6000000\nactive_file 3000000\n'

describe('what a container uses, from the kernel’s own files', () => {
  it.each([
    ['cgroupfs', `docker/${ID}`],
    ['systemd', `system.slice/docker-${ID}.scope`],
  ])('is found on version 1 with the %s driver', async (_driver, place) => {
    await record({
      [`memory/${place}/memory.usage_in_bytes`]: '30000000\n',
      [`memory/${place}/memory.stat`]: V1_STAT,
      [`cpuacct/${place}/cpuacct.usage`]: '123456789\n',
    })

    expect(await readContainerUsage(ID, root)).toEqual({
      memoryBytes: 24_000_000,
      cpuUsec: 123_456,
    })
  })

  it.each([
    ['cgroupfs', `docker/${ID}`],
    ['systemd', `system.slice/docker-${ID}.scope`],
  ])('is found on version 2 with the %s driver', async (_driver, place) => {
    await record({
      [`${place}/memory.current`]: '30000000\n',
      [`${place}/memory.stat`]: V2_STAT,
      [`${place}/cpu.stat`]: 'usage_usec 123456\nuser_usec 100000\n',
    })

    expect(await readContainerUsage(ID, root)).toEqual({
      memoryBytes: 24_000_000,
      cpuUsec: 123_456,
    })
  })

  it('is nothing for a container that does not run', async () => {
    expect(await readContainerUsage(ID, root)).toBeUndefined()
  })
})
