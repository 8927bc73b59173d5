import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import type { LiveEvent } from '@vastrox/shared/live-event.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'

interface Deps {
  events: EventStream
  apps: Pick<AppStore, 'findByName'>
}

/** Live events, as far as an actor may know of them. */
export const createLiveEventService = ({ events, apps }: Deps) => ({
  subscribe(
    actor: Actor,
    lastEventId: number | null,
    listener: (event: LiveEvent) => void,
  ): () => void {
    const concerns = ({ type, app }: LiveEvent): boolean => {
      if (type === 'reset') return true
      if (type === 'tokens.changed') return mayDo(actor, 'token.manage')
      if (type === 'users.changed') return mayDo(actor, 'user.manage')
      if (actor.appIds === null) return true
      return app !== null && apps.findByName(actor, app) !== undefined
    }
    return events.subscribe(actor.teamId, lastEventId, (event) => {
      if (concerns(event)) listener(event)
    })
  },
})
export type LiveEventService = ReturnType<typeof createLiveEventService>
