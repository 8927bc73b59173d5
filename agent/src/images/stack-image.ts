import { createHash } from 'node:crypto'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

const Image = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
})

/** Names a recipe by its content: a changed recipe is another image, an unchanged one is there already. */
export const recipeId = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)

/** What a tag names, by id and labels; undefined where there is nothing. */
export async function lookAt(
  engine: Engine,
  tag: string,
): Promise<{ id: string; labels: Record<string, string> } | undefined> {
  try {
    const { Id, Config } = await engine.get(`/images/${tag}/json`, Image)
    return { id: Id, labels: Config.Labels ?? {} }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The recipe that made what the tag names; undefined where there is nothing, or nothing of ours. */
export const recipeIn = async (engine: Engine, tag: string): Promise<string | undefined> =>
  (await lookAt(engine, tag))?.labels[LABEL.recipe]

/**
 * The labels of an image that is prepared for everybody. What does not hold is said by an empty
 * value: an image has the labels of the one it stands on, unless it says otherwise itself.
 */
export const stackLabels = ({
  tag,
  recipe,
  suite,
  digest,
  baseId,
}: {
  tag: string
  recipe: string
  suite: string
  /** Of the official image it is made of. */
  digest?: string | undefined
  /** Of the image it stands on. */
  baseId?: string | undefined
}): Record<string, string> => ({
  [LABEL.kind]: 'stack',
  [LABEL.recipe]: recipe,
  [LABEL.image]: tag,
  [LABEL.suite]: suite,
  [LABEL.digest]: digest ?? '',
  [LABEL.base]: baseId ?? '',
})

/** The digest of the official image that an image is made of; null where it is the distribution's. */
export const digestIn = (labels: Record<string, string> | null | undefined): string | null =>
  labels?.[LABEL.digest] || null
