import { createHash } from 'node:crypto'
import { formatImageReference, type ImageReference } from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { dropPassed } from '#agent/images/registry/passage-names.ts'

/** What no build has used for so long is fetched again when one does. */
const KEEP_MS = 14 * 24 * 60 * 60 * 1_000
/** Nobody can have a registry of this name (RFC 2606): what is not here by it cannot be had. */
const KEPT = 'vastrox.invalid'

const Tagged = z.array(z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullable() }))
const TagTime = z.object({ Metadata: z.object({ LastTagTime: z.string().nullish() }).nullish() })

interface Deps {
  engine: Engine
  instance: string
}

/**
 * The name under which builds find an image of others: not the one that people write, which may mean
 * another image a moment later, or one that somebody made on this machine.
 */
export const baseName = (instance: string, reference: ImageReference): string =>
  `${keptBy(instance)}base:${hashOf(formatImageReference(reference))}`

export const keptBy = (instance: string): string => `${KEPT}/${instance}/`

/** Images that tags have moved away from, and those that no build has asked for in a long time. */
export async function dropUnusedBases({ engine, instance }: Deps): Promise<void> {
  const isBase = (name: string): boolean => name.startsWith(`${keptBy(instance)}base:`)
  for (const { imageId, names } of await listKept(engine, instance)) {
    const tagged = await lastTagged(engine, imageId)
    const isOld = tagged !== undefined && Date.now() - tagged > KEEP_MS
    if (isOld || !names.some(isBase)) await removeNames(engine, names)
  }
}

/** At the end of the installation. */
export async function removeAllBases({ engine, instance }: Deps): Promise<void> {
  for (const { names } of await listKept(engine, instance)) await removeNames(engine, names)
  await dropPassed(engine, instance)
}

async function listKept(
  engine: Engine,
  instance: string,
): Promise<{ imageId: string; names: string[] }[]> {
  const prefix = keptBy(instance)
  const kept = await engine.get('/images/json', Tagged, {
    query: { filters: JSON.stringify({ reference: [`${prefix}*`] }) },
  })
  return kept.map(({ Id, RepoTags }) => ({
    imageId: Id,
    names: (RepoTags ?? []).filter((one) => one.startsWith(prefix)),
  }))
}

async function lastTagged(engine: Engine, imageId: string): Promise<number | undefined> {
  const { Metadata } = await engine.get(`/images/${imageId}/json`, TagTime)
  const tagged = Date.parse(Metadata?.LastTagTime ?? '')
  return Number.isFinite(tagged) ? tagged : undefined
}

/** Names alone: the image goes with its last one, and stays where something is made of it. */
async function removeNames(engine: Engine, names: readonly string[]): Promise<void> {
  for (const name of names)
    await engine.act('DELETE', `/images/${name}`).catch(() => {
      // Something is built on it at this moment; the next time.
    })
}

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 40)
