import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createQueue } from '#agent/builds/queue.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { createImageNames } from '#agent/images/image-names.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import type { PrepareDeps } from '#agent/images/prepare-image.ts'
import { createRegistryProbe } from '#agent/images/registry/probe.ts'
import { stampOfDay } from '#agent/images/stamp.ts'
import type { Registry } from '#test/registry.ts'
import { ENGINE_SOCKET } from '#test/test-installation.ts'

/** Prepared images under names of this test alone, on the machine's real engine. */
export async function createOwnImages() {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-images-'))
  const registryFile = join(directory, 'registry.json')
  const engine = createEngine(ENGINE_SOCKET)
  const names = createImageNames(`vastrox-test-${randomBytes(4).toString('hex')}`)
  const Images = z.array(z.object({ RepoTags: z.array(z.string()).nullable() }))

  const tags = async (): Promise<string[]> => {
    const all = await engine.get('/images/json', Images)
    return all
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((tag) => tag.startsWith(names.namespace))
  }
  const removeAll = async (): Promise<void> => {
    for (const tag of await tags())
      await engine.act('DELETE', `/images/${tag}`, { query: { force: true } })
  }
  const say = (settings: Record<string, unknown>): Promise<void> =>
    writeFile(registryFile, JSON.stringify(settings), { mode: 0o600 })
  await say({ isOff: true })

  return {
    engine,
    names,
    /** Everything under the test's names. */
    tags,
    removeAll,
    /** What root says about registries. At first: none is asked. */
    say,

    /** As an agent has them that was just started. */
    deps: (): PrepareDeps => ({
      engine,
      names,
      registryFile,
      scratch: join(directory, 'scratch'),
      failedBases: new Map(),
      prepareQueue: createQueue(1),
      probe: createRegistryProbe({ engine, registryFile }),
      registrySilenceMs: 3_000,
    }),

    order: (said: string[] = []) => ({
      say: async (text: string): Promise<void> => void said.push(text),
      signal: AbortSignal.timeout(280_000),
      stamp: stampOfDay(new Date()),
    }),

    async tagAs(image: string, name: string): Promise<void> {
      const [repo, tag] = name.split(':')
      await engine.act('POST', `/images/${image}/tag`, { query: { repo, tag } })
    },

    /** Puts an image of these lines into a registry under its official name, behind the prefix `hub/`. */
    async publish(registry: Registry, official: string, lines: readonly string[]) {
      const tag = `${names.namespace}/made:${randomBytes(4).toString('hex')}`
      const context = bareContext(`${lines.join('\n')}\n`)
      const stage = { target: 'it', tag, labels: {}, context }
      const failure = await buildStage(engine, stage, AbortSignal.timeout(60_000))
      if (failure !== undefined) throw new Error(failure)
      return registry.put(tag, `hub/library/${official}`)
    },

    async close(): Promise<void> {
      await removeAll()
      engine.close()
      await rm(directory, { recursive: true })
    },
  }
}
export type OwnImages = Awaited<ReturnType<typeof createOwnImages>>
