import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Clock } from '#ports/clock.ts'
import type { BuildNeedStore } from '#store/build-need-store.ts'

interface Deps {
  needs: BuildNeedStore
  clock: Clock
}

/** A build that finds all in its cache needs next to nothing: what the one before needed fades slowly. */
const FADING = 0.8
const Details = z.object({
  peakMemoryBytes: z.int().optional(),
  limitBytes: z.int().optional(),
})

/** What builds of each app needed, so that the next one begins when there is as much. */
export function createBuildNeeds({ needs, clock }: Deps) {
  function note(appId: string, bytes: number): void {
    const before = needs.findForPlatform(appId) ?? 0
    const next = Math.max(bytes, Math.floor(before * FADING))
    if (next > 0) needs.saveForPlatform(appId, next, clock.now().toISOString())
  }

  return {
    /** null where nothing is known. */
    of: (appId: string): number | null => needs.findForPlatform(appId) ?? null,

    /** Runs the build, and remembers what it needed, or what it needed at least. */
    async remember<Done extends { peakMemoryBytes?: number | undefined }>(
      appId: string,
      build: () => Promise<Done>,
    ): Promise<Done> {
      try {
        const done = await build()
        note(appId, done.peakMemoryBytes ?? 0)
        return done
      } catch (error) {
        if (error instanceof CodedError) {
          const { peakMemoryBytes = 0, limitBytes = 0 } =
            Details.safeParse(error.details).data ?? {}
          note(appId, Math.max(peakMemoryBytes, limitBytes))
        }
        throw error
      }
    },
  }
}
export type BuildNeeds = ReturnType<typeof createBuildNeeds>
