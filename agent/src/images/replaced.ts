import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'

const Images = z.array(
  z.object({
    Id: z.string(),
    Created: z.int(),
    RepoTags: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
)
const Tagged = z.object({ Metadata: z.object({ LastTagTime: z.string() }) })

type Listed = z.infer<typeof Images>[number]

/** Two installations of different versions on one machine would otherwise make each other's images anew. */
const KEPT_FOR_MS = 24 * 3_600_000

/** Every stack image of this machine, those that have lost their tag to a newer one as well. */
const listAll = (engine: Engine): Promise<Listed[]> =>
  engine.get('/images/json', Images, {
    query: { filters: JSON.stringify({ label: [`${LABEL.kind}=stack`] }) },
  })

const isReplaced = ({ RepoTags }: Listed): boolean =>
  (RepoTags ?? []).every((tag) => tag === '<none>:<none>')

/** One of an earlier version of Vastrox does not say what it was. */
const isNamed = ({ Labels }: Listed, { namespace }: ImageNames): boolean =>
  (Labels?.[LABEL.image] ?? `${namespace}/`).startsWith(`${namespace}/`)

/**
 * Gives the tags back to images of one of these recipes that have lost them. Tells whether each of
 * the tags has one, of one and the same recipe.
 */
export async function takeBackReplaced(
  engine: Engine,
  tags: readonly string[],
  recipes: readonly string[],
): Promise<boolean> {
  const all = await listAll(engine)
  for (const recipe of recipes) {
    const found = tags.map((tag) =>
      all
        .filter(({ Labels }) => Labels?.[LABEL.image] === tag && Labels[LABEL.recipe] === recipe)
        .toSorted((one, other) => other.Created - one.Created)
        .at(0),
    )
    if (!found.every((each) => each !== undefined)) continue
    for (const [at, image] of found.entries()) {
      const [repo, tag] = (tags[at] ?? '').split(':')
      await engine.act('POST', `/images/${image.Id}/tag`, { query: { repo, tag } })
    }
    return true
  }
  return false
}

/**
 * Removes stack images that have lost their tag, but for those that a prepared image stands on, that a
 * container uses, and the last one of each name for a day. Apps that were built on a removed one keep
 * its layers.
 */
export async function keepOrRemoveReplaced(
  { engine, names }: { engine: Engine; names: ImageNames },
  now = new Date(),
): Promise<string[]> {
  const all = await listAll(engine)
  const standOn = new Set(
    all.filter((image) => !isReplaced(image)).map(({ Labels }) => Labels?.[LABEL.base]),
  )
  const replaced = []
  for (const image of all)
    if (isReplaced(image) && isNamed(image, names) && !standOn.has(image.Id))
      replaced.push({ image, taggedAtMs: await taggedAt(engine, image.Id) })
  const kept = new Set<string>()
  const removed: string[] = []
  for (const { image, taggedAtMs } of replaced.toSorted(
    (one, other) => other.taggedAtMs - one.taggedAtMs,
  )) {
    const name = image.Labels?.[LABEL.image]
    const isRecent = now.getTime() - taggedAtMs < KEPT_FOR_MS
    if (name !== undefined && isRecent && !kept.has(name)) kept.add(name)
    else if (await remove(engine, image.Id)) removed.push(image.Id)
  }
  return removed
}

/** When it was given a tag last; long ago where it is gone already. */
async function taggedAt(engine: Engine, imageId: string): Promise<number> {
  try {
    const { Metadata } = await engine.get(`/images/${imageId}/json`, Tagged)
    return Date.parse(Metadata.LastTagTime)
  } catch (error) {
    if (isNotFound(error)) return 0
    throw error
  }
}

async function remove(engine: Engine, imageId: string): Promise<boolean> {
  try {
    await engine.act('DELETE', `/images/${imageId}`)
    return true
  } catch (error) {
    // In use by a container of an earlier recipe: it goes with a later preparation.
    if (isConflict(error) || isNotFound(error)) return false
    throw error
  }
}
