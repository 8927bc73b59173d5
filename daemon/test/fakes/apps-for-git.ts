import type { Actor } from '@vastrox/shared/actor.ts'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppRecord } from '#store/app-store.ts'

/** Apps by name, seen as the real service shows them. */
export function createFakeApps() {
  const apps = new Map<string, AppRecord>()
  const sees = (actor: Actor, app: AppRecord): boolean =>
    app.teamId === actor.teamId && (actor.appIds === null || actor.appIds.has(app.id))

  return {
    apps,
    find(actor: Actor, name: string): AppRecord {
      const app = apps.get(name)
      if (!app || !sees(actor, app)) throw new CodedError('APP_NOT_FOUND', { name })
      return app
    },
    create(actor: Actor, { name }: { name: string }): AppRecord {
      if (apps.has(name)) throw new CodedError('APP_NAME_TAKEN', { name })
      const app = appRecord({
        id: `app0000${name.replaceAll('-', '')}`,
        teamId: actor.teamId,
        name,
      })
      apps.set(name, app)
      return app
    },
  }
}

export const appRecord = (change: Partial<AppRecord> = {}): AppRecord => ({
  id: 'app0000hello',
  teamId: 'team1',
  name: 'hello',
  stack: null,
  settings: DEFAULT_APP_SETTINGS,
  scale: {},
  processLimits: {},
  wanted: true,
  liveReleaseId: null,
  createdAt: '2026-11-22T12:00:00.000Z',
  destroyedAt: null,
  ...change,
})
