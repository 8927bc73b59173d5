import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNodeAgent } from '#adapters/agent/node-agent.ts'
import { describeNodeAgent, SERVE } from '#test/contracts/node-agent-contract.ts'
import { startRealAgent } from '#test/real-agent.ts'

const APP = 'app00000000contract'

/** An image that runs node, prepared and then built: images are named by their digest. */
async function imageOf(agent: Awaited<ReturnType<typeof startRealAgent>>['agent']) {
  const { Readable } = await import('node:stream')
  const { tarOf } = await import('#test/fakes/sources.ts')
  const { runtimeImage } = await agent.prepareImage(
    { stack: 'node', version: '26' },
    () => {},
    AbortSignal.timeout(240_000),
  )
  const { imageId } = await agent.buildImage(
    {
      appId: APP,
      appName: 'contract',
      buildId: 'build000000',
      dockerfile: 'Dockerfile',
      noCache: false,
      secrets: {},
      timeoutMs: 60_000,
    },
    Readable.from([await tarOf({ Dockerfile: `FROM ${runtimeImage}\nLABEL contract=1\n` })]),
    () => {},
    AbortSignal.timeout(60_000),
  )
  return imageId
}

describeNodeAgent('the agent process', async () => {
  const real = await startRealAgent()
  return { ...real, imageId: await imageOf(real.agent), close: () => real.remove([APP]) }
})

describe('the adapter of the agent', () => {
  let real: Awaited<ReturnType<typeof startRealAgent>>
  beforeAll(async () => {
    real = await startRealAgent()
  })
  afterAll(() => real.remove([APP]))

  it('dials again while the agent is being restarted', async () => {
    const restarting = real.restart(300)
    const described = real.agent.describe()
    await restarting

    expect((await described).node).toBe('local')
  })

  it('is refused once a newer daemon has shown its token (K4)', async () => {
    const newer = createNodeAgent({ socketPath: real.socketPath, fencingToken: 3 })
    await newer.stopInstances([`vastrox-${real.installation}-nothing`], 0)

    await expect(
      real.agent.startInstances({
        appId: APP,
        appName: 'contract',
        releaseId: 'release0001',
        releaseNumber: 1,
        process: 'web',
        generation: 1,
        ordinals: [1],
        imageId: `sha256:${'0'.repeat(64)}`,
        command: SERVE,
        env: {},
        limits: { memoryBytes: 2 ** 27, cpuMillis: 0 },
        stopGraceMs: 0,
      }),
    ).rejects.toThrow(expect.objectContaining({ code: 'FENCED' }))
    await newer.removeApp(APP)
    newer.close()
  })

  it('says that nobody answers where there is no agent', async () => {
    const nobody = createNodeAgent({ socketPath: '/run/vastrox-nobody.sock', fencingToken: 1 })

    await expect(nobody.listInstances()).rejects.toThrow(
      expect.objectContaining({ code: 'AGENT_UNREACHABLE' }),
    )
    await expect(
      nobody.prepareImage({ stack: 'node', version: '26' }, () => {}, AbortSignal.timeout(5_000)),
    ).rejects.toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }))
    nobody.close()
  })
})
