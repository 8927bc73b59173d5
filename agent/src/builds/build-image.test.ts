import { Readable } from 'node:stream'
import { BuildImage } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { expect, it } from 'vitest'
import { buildImage } from '#agent/builds/build-image.ts'
import { createQueue } from '#agent/builds/queue.ts'
import { createEngine } from '#agent/engine/engine.ts'

it('lets the build cache be capped after a build that was refused before it began', async () => {
  const engine = createEngine('/nonexistent')
  const told: string[] = []
  const spec = BuildImage.parse({
    appId: 'app00001',
    appName: 'blog',
    buildId: 'build00000000001',
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
  })
  const deps = {
    engine,
    instance: 'ab12cd',
    buildQueue: createQueue(1),
    buildMemoryBytes: 2 ** 30,
    cgroups: async () => ({ cgroupVersion: '2', cgroupDriver: 'systemd' }),
    buildTimes: { during: <Result>(work: () => Promise<Result>) => work() },
    cacheCap: {
      shrink: async () => {},
      buildBegins: () => {
        told.push('begins')
      },
      buildEnded: () => {
        told.push('ended')
      },
    },
    diskFloor: {
      read: async () => [],
      reader: async () => async () => [],
      mustBeKept: async () => {
        throw new CodedError('DISK_LOW')
      },
    },
    readMemory: async () => ({
      totalBytes: 2 ** 30,
      availableBytes: 2 ** 30,
      swapTotalBytes: 0,
      swapFreeBytes: 0,
      stalledPercent: 0,
    }),
    registryFile: '/nonexistent',
    firewall: {
      whileBuilding: async <Result>(_app: string, work: () => Promise<Result>) => work(),
    },
  }
  const { signal } = new AbortController()

  const refused = buildImage(deps, spec, { emit: async () => {}, signal, body: Readable.from([]) })

  await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'DISK_LOW' }))
  expect(told).toEqual(['begins', 'ended'])
  engine.close()
})
