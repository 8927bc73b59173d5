import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { BuildImage } from '@vastrox/shared/agent-api.ts'
import { afterAll, expect, it } from 'vitest'
import { buildImage } from '#agent/builds/build-image.ts'
import { createQueue } from '#agent/builds/queue.ts'
import { rememberCgroups } from '#agent/engine/cgroups.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { readMachineMemory } from '#agent/node/memory.ts'
import { tarOf } from '#test/tar-of.ts'

const TICKS = `FROM vastrox/node:26\nRUN node -e 'let at=0;setInterval(()=>{console.log("tick "+(++at));if(at===150)process.exit(0)},100)'\n`

const engine = createEngine('/var/run/docker.sock')
afterAll(() => engine.close())

it('a build that fills the disk is ended in words, and what it left is given up (section 7)', async () => {
  let said = ''
  let pruned = 0
  // Stands for what the build writes.
  const disks = async () => [
    {
      holds: 'images' as const,
      bytes: 40e9,
      availableBytes: said.includes('tick 3') ? 1e9 : 10e9,
      floorBytes: 4e9,
      inodes: 0,
      availableInodes: 0,
      floorInodes: 0,
    },
  ]
  const deps = {
    engine,
    instance: randomBytes(3).toString('hex'),
    buildQueue: createQueue(1),
    buildMemoryBytes: 2 ** 29,
    cgroups: rememberCgroups(engine),
    buildTimes: { during: <Result>(work: () => Promise<Result>) => work() },
    cacheCap: {
      shrink: async () => {
        pruned += 1
      },
      buildBegins: () => {},
      buildEnded: () => {},
    },
    diskFloor: { read: disks, reader: async () => disks, mustBeKept: async () => {} },
    readMemory: () => readMachineMemory(),
    registryFile: '/nonexistent',
    firewall: {
      whileBuilding: async <Result>(_appId: string, work: () => Promise<Result>) => work(),
    },
  }
  const spec = BuildImage.parse({
    appId: 'app00001',
    appName: 'blog',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: true,
    secrets: {},
    timeoutMs: 60_000,
  })

  const built = buildImage(deps, spec, {
    emit: async (event) => {
      if (event.type === 'output') said += event.text
    },
    signal: new AbortController().signal,
    body: Readable.from([await tarOf({ Dockerfile: TICKS })]),
  })

  await expect(built).rejects.toMatchObject({
    code: 'DISK_LOW',
    details: { reason: expect.stringContaining('the build was ended'), holds: 'images' },
  })
  expect(said).toContain('tick 3')
  expect(said).not.toContain('tick 40')
  expect(pruned).toBe(1)
})
