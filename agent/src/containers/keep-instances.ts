import { CodedError } from '@vastrox/shared/errors.ts'
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** From now on the engine itself restarts them, whoever of ours is dead (promise 2). */
export async function keepInstances(
  { engine, instance }: { engine: Engine; instance: string },
  { names }: { names: string[] },
): Promise<Record<string, never>> {
  await Promise.all(
    names.map(async (name) => {
      if ((await ownerOf(engine, instance, name)) === undefined)
        throw new CodedError('INSTANCE_NOT_FOUND', { name })
      await engine.act('POST', `/containers/${encodeURIComponent(name)}/update`, {
        // Not `unless-stopped`: an engine that was killed ends, when it is back, the containers that
        // outlived it, takes that for somebody's wish and leaves them stopped (20.10).
        json: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
      })
    }),
  )
  return {}
}
