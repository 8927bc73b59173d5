import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'

const Images = z.array(z.object({ Id: z.string() }))

/** Stack images that lost their tag to a newer recipe. Apps built on them keep their own layers. */
export async function removeReplaced(engine: Engine): Promise<void> {
  const filters = JSON.stringify({ label: [`${LABEL.kind}=stack`], dangling: ['true'] })
  const replaced = await engine.get('/images/json', Images, { query: { filters } })
  for (const { Id } of replaced)
    await engine.act('DELETE', `/images/${Id}`).catch((error: unknown) => {
      // In use by a container of an earlier recipe: it goes with the next preparation.
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
}
