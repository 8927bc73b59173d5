import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ObservedInstance, StartInstances } from '@vastrox/shared/agent-api.ts'
import { instanceName } from '@vastrox/shared/instance-name.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NodeAgent } from '#ports/node-agent.ts'
import { tarOf } from '#test/fakes/sources.ts'

/** Listens on PORT and says so. */
export const SERVE = `node -e 'require("node:http").createServer((q,s)=>s.end("hello")).listen(process.env.PORT,()=>console.log("listening"))'`
/** Says one line and exits with 3. */
export const EXIT = `node -e 'console.log("bye"); process.exit(3)'`

export interface OpenNode {
  agent: NodeAgent
  installation: string
  /** An image that runs node. */
  imageId: string
  close: () => Promise<void>
}

const APP = 'app00000000contract'
const MISSING_IMAGE = `sha256:${'0'.repeat(64)}`
const coded = (code: string) => expect.objectContaining({ code })

/** Every node agent, real or fake, passes these. */
export function describeNodeAgent(name: string, open: () => Promise<OpenNode>): void {
  describe(`${name} as a node agent`, () => {
    let node: OpenNode
    let agent: NodeAgent
    let generation = 0
    beforeAll(async () => {
      node = await open()
      agent = node.agent
    })
    afterAll(() => node.close())

    const spec = (change: Partial<StartInstances> = {}): StartInstances => {
      generation += 1
      return {
        appId: APP,
        appName: 'contract',
        releaseId: 'release0001',
        releaseNumber: 1,
        process: 'web',
        generation,
        ordinals: [1],
        imageId: node.imageId,
        command: SERVE,
        env: { PORT: '3000' },
        limits: { memoryBytes: 128 * 2 ** 20, cpuMillis: 0 },
        stopGraceMs: 1_000,
        ...change,
      }
    }
    const find = async (instance: string): Promise<ObservedInstance | undefined> =>
      (await agent.listInstances()).find((one) => one.name === instance)

    it('starts instances under the names that the daemon knew before, each at an address of its own', async () => {
      const wanted = spec({ ordinals: [1, 2] })

      const started = await agent.startInstances(wanted)

      const names = wanted.ordinals.map((ordinal) =>
        instanceName({ ...wanted, installation: node.installation, ordinal }),
      )
      expect(started.map((one) => one.name).toSorted()).toEqual(names.toSorted())
      expect(new Set(started.map(({ host }) => host)).size).toBe(2)
      const { host } = started.find(({ ordinal }) => ordinal === 1) ?? {}
      expect(await find(names[0] ?? '')).toMatchObject({
        status: 'running',
        appId: APP,
        releaseId: 'release0001',
        process: 'web',
        ordinal: 1,
        generation: wanted.generation,
        restarts: 0,
        host,
      })
      await agent.stopInstances(names, 0)
    })

    it('answers "already done" to the same start, at the same address (K2)', async () => {
      const wanted = spec()
      const first = await agent.startInstances(wanted)

      const again = await agent.startInstances(wanted)

      expect(again).toEqual(first)
      const names = (await agent.listInstances()).map((one) => one.name)
      expect(names.filter((one) => one === first[0]?.name)).toHaveLength(1)
      await agent.stopInstances(names, 0)
    })

    it('keeps a volume beyond instances, gives it to its own app alone, and removes it only unused (C7)', async () => {
      const volumeId = `volume${Date.now().toString(36)}`
      const mount = { volumes: [{ volumeId, mountPath: '/data', isNew: true }] }
      const [first] = await agent.startInstances(spec(mount))

      await expect(agent.removeVolume(APP, volumeId)).rejects.toEqual(coded('VOLUME_IN_USE'))
      expect((await agent.measureVolumes([volumeId, 'nosuchvolume'])).has(volumeId)).toBe(true)

      await agent.stopInstances([first?.name ?? ''], 0)
      await expect(agent.removeVolume('app0000000another', volumeId)).rejects.toEqual(
        coded('VOLUME_NOT_FOUND'),
      )
      await agent.removeVolume(APP, volumeId)
      await agent.removeVolume(APP, volumeId)
      expect((await agent.measureVolumes([volumeId])).size).toBe(0)
    })

    it('starts nothing with a volume that should be there and is not (promise 5)', async () => {
      const volumeId = `lost${Date.now().toString(36)}`
      const mount = { volumes: [{ volumeId, mountPath: '/data', isNew: false }] }

      await expect(agent.startInstances(spec(mount))).rejects.toEqual(coded('VOLUME_DATA_MISSING'))

      expect((await agent.measureVolumes([volumeId])).size).toBe(0)
    })

    it('starts an instance again that has exited, under its name and at its address', async () => {
      const wanted = spec({ command: EXIT })
      const [first] = await agent.startInstances(wanted)
      const exited = await until(async () => {
        const seen = await find(first?.name ?? '')
        return seen?.status === 'exited' ? seen : undefined
      })
      expect(exited).toMatchObject({ exitCode: 3, oomKilled: false })

      const [again] = await agent.startInstances(wanted)

      expect(again).toEqual(first)
      await agent.stopInstances([first?.name ?? ''], 0)
    })

    it('starts all or nothing, and says that an image is missing', async () => {
      const wanted = spec({ ordinals: [1, 2], imageId: MISSING_IMAGE })

      await expect(agent.startInstances(wanted)).rejects.toThrow(coded('IMAGE_NOT_FOUND'))

      const { generation: of } = wanted
      expect((await agent.listInstances()).filter((one) => one.generation === of)).toEqual([])
    })

    it('stops what is there, and is content with a name that is not', async () => {
      const [started] = await agent.startInstances(spec())
      const names = [started?.name ?? '', `vastrox-${node.installation}-not-there`]

      await agent.stopInstances(names, 500)
      await agent.stopInstances(names, 500)

      expect(await find(names[0] ?? '')).toBeUndefined()
    })

    it('sees where an instance listens, and nothing where it does not run', async () => {
      const [started] = await agent.startInstances(spec())
      const name = started?.name ?? ''

      const listeners = await until(async () => {
        const seen = await agent.listListeners(name)
        return seen.some(({ port }) => port === 3_000) ? seen : undefined
      })

      expect(listeners.find(({ port }) => port === 3_000)?.address).toMatch(/^(0\.0\.0\.0|::)$/)
      await agent.stopInstances([name], 0)
      expect(await agent.listListeners(name).catch(() => [])).toEqual([])
    })

    it('gives the lines that an instance has printed', async () => {
      const [started] = await agent.startInstances(spec({ command: EXIT }))
      const name = started?.name ?? ''
      await until(async () => ((await find(name))?.status === 'exited' ? true : undefined))

      const lines: string[] = []
      const input = { name, since: null, tail: 10, follow: false }
      for await (const { text } of agent.readLogs(input, AbortSignal.timeout(5_000)))
        lines.push(text)

      expect(lines).toEqual(['bye'])
      await agent.stopInstances([name], 0)
    })

    it('restarts an instance that is kept, and counts it', async () => {
      const [started] = await agent.startInstances(spec({ command: SERVE }))
      const name = started?.name ?? ''

      await agent.keepInstances([name])

      expect(await find(name)).toMatchObject({ status: 'running', restarts: 0 })
      await agent.stopInstances([name], 0)
      expect(await find(name)).toBeUndefined()
    })

    it('runs a command once and gives its exit code', async () => {
      const { ordinals: _ordinals, stopGraceMs: _grace, ...once } = spec()
      const out: string[] = []

      const done = await agent.runOnce(
        { ...once, command: EXIT, timeoutMs: 20_000 },
        ({ text }) => out.push(text),
        AbortSignal.timeout(30_000),
      )

      expect(done).toMatchObject({ exitCode: 3, oomKilled: false })
      expect(out.join('')).toContain('bye')
    })

    const build = async (dockerfile: string, signal: AbortSignal, lines: string[] = []) => {
      generation += 1
      return agent.buildImage(
        {
          appId: APP,
          appName: 'contract',
          buildId: `build${String(generation).padStart(6, '0')}`,
          dockerfile: 'Dockerfile',
          noCache: false,
          secrets: {},
          timeoutMs: 60_000,
        },
        Readable.from([await tarOf({ Dockerfile: dockerfile, 'server.js': `// ${generation}` })]),
        (event) => lines.push(event.type === 'step' ? event.name : event.text),
        signal,
      )
    }

    it('tells which prepared images can be had, and which are there', async () => {
      const { images, bases } = await agent.listStackImages()

      const node = images.filter((image) => image.stack === 'node')
      expect(node.filter((image) => image.isDefault)).toHaveLength(1)
      const prepared = node.find((image) => image.version === '26')
      expect(prepared).toMatchObject({ title: 'Node.js', needsRegistry: false })
      expect(prepared?.prepared?.sizeBytes).toBeGreaterThan(0)
      expect(bases.map(({ suite }) => suite)).toContain(prepared?.prepared?.suite)
      expect(images.every(({ title }) => title !== '')).toBe(true)
    })

    it('fetches nothing by a name that is none, nor asks about it (C2)', async () => {
      const pulling = agent.pullImage(
        {
          appId: APP,
          appName: 'contract',
          buildId: 'build999999',
          reference: '--insecure x',
          credentials: null,
          timeoutMs: 10_000,
        },
        () => {},
        AbortSignal.timeout(10_000),
      )

      await expect(pulling).rejects.toThrow(coded('IMAGE_REFERENCE_INVALID'))
      await expect(agent.describeImageTag('A/B', null)).rejects.toThrow(
        coded('IMAGE_REFERENCE_INVALID'),
      )
    })

    it('builds an image from a tar, lists it as ours, and removes it', async () => {
      const lines: string[] = []
      const dockerfile = 'FROM vastrox/node:26\nCOPY server.js ./\n'

      const { imageId } = await build(dockerfile, AbortSignal.timeout(60_000), lines)

      expect(imageId).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect(lines.length).toBeGreaterThan(0)
      expect((await agent.listImages()).map((image) => image.imageId)).toContain(imageId)
      expect(await agent.removeImages([imageId, MISSING_IMAGE])).toEqual([imageId])
    })

    it('says why a build failed', async () => {
      const dockerfile = 'FROM vastrox/node:26\nRUN node -e "process.exit(7)"\n'

      await expect(build(dockerfile, AbortSignal.timeout(60_000))).rejects.toThrow(
        coded('BUILD_FAILED'),
      )
    })

    it('ends a build that is cancelled', async () => {
      const cancel = new AbortController()
      const lines: string[] = []
      const dockerfile = 'FROM vastrox/node:26\nRUN node -e "setTimeout(() => {}, 50000)"\n'
      const building = build(dockerfile, cancel.signal, lines).catch((error: unknown) => error)
      await until(async () => (lines.length > 0 ? true : undefined))

      cancel.abort()

      expect(await building).toEqual(coded('BUILD_CANCELLED'))
    })

    it('tells what happens to instances, until nobody listens any more', async () => {
      const stop = new AbortController()
      const seen: string[] = []
      const listening = (async () => {
        for await (const event of agent.watch(stop.signal))
          if (event.type === 'instance') seen.push(`${event.action} ${event.name}`)
      })().catch(() => {})
      await sleep(300)
      const [started] = await agent.startInstances(spec({ command: EXIT }))
      const name = started?.name ?? ''

      await until(async () => (seen.includes(`die ${name}`) ? true : undefined))

      stop.abort()
      expect(await listening).toBeUndefined()
      await agent.stopInstances([name], 0)
    })
  })
}

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error('it did not come about in 30 s')
}
