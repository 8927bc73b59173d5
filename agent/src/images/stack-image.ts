import { createHash } from 'node:crypto'
import type { StackImage } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

const Image = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
})

/** Names a recipe by its content: a changed recipe is another image, an unchanged one is there already. */
export const recipeId = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)

/** The recipe that made what the tag names; undefined where there is nothing, or nothing of ours. */
export async function recipeIn(engine: Engine, tag: string): Promise<string | undefined> {
  try {
    const image = await engine.get(`/images/${tag}/json`, Image)
    return image.Config.Labels?.[LABEL.recipe]
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The tags that a Dockerfile names. */
export const tagsOf = ({ stack, version }: StackImage) => ({
  runtimeImage: `vastrox/${stack}:${version}`,
  buildImage: `vastrox/${stack}-build:${version}`,
})
