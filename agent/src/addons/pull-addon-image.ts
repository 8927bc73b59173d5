import { randomUUID } from 'node:crypto'
import type { PullAddonImage, PullAddonImageEvent } from '@vastrox/shared/agent-api-addons.ts'
import { addonImageTag } from '#agent/addons/addon-image.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'
import { type PullDeps, pullAs } from '#agent/images/pull-image.ts'
import { lookAt } from '#agent/images/stack-image.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** Fetches somebody else's image for add-ons; one that was there before goes, unless it runs. */
export async function pullAddonImage(
  deps: PullDeps,
  spec: PullAddonImage,
  { emit, signal }: StreamCall<PullAddonImageEvent>,
): Promise<void> {
  const { engine, instance } = deps
  const tag = addonImageTag(instance, spec.reference)
  const before = await lookAt(engine, tag)
  const make = {
    buildId: randomUUID().replaceAll('-', ''),
    tag,
    labels: { [LABEL.instance]: instance, [LABEL.kind]: 'addon-image', [LABEL.image]: tag },
    cacheNamespace: `vastrox-${instance}-addons`,
    failure: 'an image of the add-on',
  }
  const say = (text: string): Promise<void> => emit({ type: 'output', text: `${text}\n` })
  const { digest, imageId, sizeBytes } = await pullAs(deps, spec, make, { say, signal })
  if (before && before.id !== imageId)
    await engine.act('DELETE', `/images/${before.id}`).catch((error: unknown) => {
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
  await emit({ type: 'done', digest, imageId, sizeBytes })
}
