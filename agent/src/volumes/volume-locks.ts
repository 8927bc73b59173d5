import { CodedError } from '@vastrox/shared/errors.ts'

/**
 * Who has a volume in hand at this moment: any number of starts together, or its removal alone. Nobody
 * waits, since neither would still be right after the other.
 */
export function createVolumeLocks() {
  const inUse = new Map<string, number>()
  const leaving = new Set<string>()
  const count = (volumeId: string, change: number): void => {
    const next = (inUse.get(volumeId) ?? 0) + change
    if (next === 0) inUse.delete(volumeId)
    else inUse.set(volumeId, next)
  }

  return {
    /** Throws VOLUME_NOT_FOUND for one that is being removed. */
    async use<Result>(volumeIds: readonly string[], work: () => Promise<Result>): Promise<Result> {
      for (const volumeId of volumeIds)
        if (leaving.has(volumeId)) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
      for (const volumeId of volumeIds) count(volumeId, 1)
      try {
        return await work()
      } finally {
        for (const volumeId of volumeIds) count(volumeId, -1)
      }
    },

    /** Throws VOLUME_IN_USE for one that something is started with, or that is being removed already. */
    async remove<Result>(volumeId: string, work: () => Promise<Result>): Promise<Result> {
      if (inUse.has(volumeId) || leaving.has(volumeId))
        throw new CodedError('VOLUME_IN_USE', { volumeId })
      leaving.add(volumeId)
      try {
        return await work()
      } finally {
        leaving.delete(volumeId)
      }
    },
  }
}
export type VolumeLocks = ReturnType<typeof createVolumeLocks>
