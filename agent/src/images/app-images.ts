import type { AgentOutput } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'

const Images = z.array(
  z.object({
    Id: z.string(),
    Size: z.int(),
    Labels: z.record(z.string(), z.string()).nullable(),
    RepoTags: z.array(z.string()).nullable(),
  }),
)
const UsedImages = z.array(z.object({ ImageID: z.string() }))

interface Deps {
  engine: Engine
  instance: string
}

/** The tag keeps it from an operator's `docker image prune`. */
export const appImageTag = (instance: string, appName: string, buildId: string): string =>
  `vastrox-${instance}/${appName}:${buildId}`

/** Every image that a build of this installation made. */
export async function listImages(
  { engine, instance }: Deps,
  appId?: string,
): Promise<AgentOutput<'list-images'>> {
  const images = await engine.get('/images/json', Images, {
    query: {
      filters: withLabels({
        [LABEL.instance]: instance,
        [LABEL.kind]: 'build',
        ...(appId === undefined ? {} : { [LABEL.app]: appId }),
      }),
    },
  })
  return {
    images: images.map((image) => ({
      imageId: image.Id,
      appId: image.Labels?.[LABEL.app] ?? '',
      buildId: image.Labels?.[LABEL.build] ?? '',
      sizeBytes: image.Size,
    })),
  }
}

const Labelled = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }).nullable(),
})

/** Throws IMAGE_NOT_FOUND unless a build of this installation made the image for this app (rules C7, K7). */
export async function mustBeImageOf(
  { engine, instance }: Deps,
  { appId, imageId }: { appId: string; imageId: string },
): Promise<void> {
  const { Config } = await engine
    .get(`/images/${encodeURIComponent(imageId)}/json`, Labelled)
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error
      throw new CodedError('IMAGE_NOT_FOUND', { imageId }, { cause: error })
    })
  const expected = { [LABEL.instance]: instance, [LABEL.kind]: 'build', [LABEL.app]: appId }
  const isOurs = Object.entries(expected).every(([key, value]) => Config?.Labels?.[key] === value)
  if (!isOurs) throw new CodedError('IMAGE_NOT_FOUND', { imageId })
}

/** Removes those that are ours and that no container uses; tells which. */
export async function removeImages(
  deps: Deps,
  { imageIds }: { imageIds: string[] },
): Promise<AgentOutput<'remove-images'>> {
  const [{ images }, containers] = await Promise.all([
    listImages(deps),
    deps.engine.get('/containers/json', UsedImages, { query: { all: true } }),
  ])
  const ours = new Set(images.map((image) => image.imageId))
  const used = new Set(containers.map((container) => container.ImageID))
  const removed: string[] = []
  for (const imageId of imageIds) {
    if (!ours.has(imageId) || used.has(imageId)) continue
    if (await removeImage(deps.engine, imageId)) removed.push(imageId)
  }
  return { removed }
}

/** By force only in that every tag goes; the engine still refuses an image that runs. */
async function removeImage(engine: Engine, imageId: string): Promise<boolean> {
  try {
    await engine.act('DELETE', `/images/${imageId}`, { query: { force: true } })
    return true
  } catch (error) {
    if (isNotFound(error)) return true
    if (isConflict(error)) return false
    throw error
  }
}
