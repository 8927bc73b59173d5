import type { StartInstances } from '@vastrox/shared/agent-api.ts'
import { isReadOnly } from '#agent/containers/host-config.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { userOfImage } from '#agent/volumes/image-user.ts'

/**
 * Whose the directories in memory of a read-only container are: its own user's. The engine gives them
 * the mode of the image's directory, and /run is root's alone there.
 */
export const tmpfsOwner = async (
  engine: Engine,
  { isolation, imageId }: Pick<StartInstances, 'isolation' | 'imageId'>,
): Promise<{ uid: number; gid: number } | undefined> =>
  isolation && isReadOnly(isolation) ? userOfImage(engine, imageId) : undefined
