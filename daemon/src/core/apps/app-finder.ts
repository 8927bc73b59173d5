import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'

/** By name, among what the actor may see. Throws APP_NOT_FOUND. */
export const createAppFinder = (apps: AppStore) => ({
  find: (actor: Actor, name: string): AppRecord => {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  },
})
export type AppFinder = ReturnType<typeof createAppFinder>
