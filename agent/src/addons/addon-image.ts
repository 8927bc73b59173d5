import { createHash } from 'node:crypto'
import type { AddonImage } from '@vastrox/shared/agent-api-addons.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { formatImageReference, parseImageReference } from '@vastrox/shared/image-reference.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { lookAt } from '#agent/images/stack-image.ts'

/**
 * The name under which the image of an add-on is kept: not the one that people write, which may mean
 * another image a moment later.
 */
export function addonImageTag(instance: string, reference: string): string {
  const parsed = parseImageReference(reference)
  if (parsed === undefined)
    throw new CodedError('IMAGE_REFERENCE_INVALID', {
      reason: `"${reference.slice(0, 100)}" is not the name of an image.`,
    })
  const hash = createHash('sha256').update(formatImageReference(parsed)).digest('hex')
  return `vastrox-${instance}/addon:${hash.slice(0, 40)}`
}

/** By id, so that a container is of one image whatever its name means later. Throws IMAGE_NOT_FOUND. */
export async function addonImageId(
  { engine, instance, names }: { engine: Engine; instance: string; names: ImageNames },
  image: AddonImage,
): Promise<string> {
  const isPrepared = 'prepared' in image
  const tag = isPrepared ? names.runtime(image.prepared) : addonImageTag(instance, image.reference)
  const found = await lookAt(engine, tag)
  if (found) return found.id
  throw new CodedError('IMAGE_NOT_FOUND', {
    reason: isPrepared
      ? `The image of ${image.prepared.stack} ${image.prepared.version} has not been prepared.`
      : `The image ${image.reference} has not been fetched.`,
  })
}
