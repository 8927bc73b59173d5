import { createDeploymentNews } from '#core/channels/deployment-news.ts'
import { createNotify } from '#core/channels/notify.ts'
import { createAppStore } from '#store/app-store.ts'
import { createChannelDeliveryStore } from '#store/channel-delivery-store.ts'
import { createChannelStore } from '#store/channel-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import type { ChannelPartsDeps } from './compose-channel-parts.ts'

export type ChannelDeps = Omit<
  ChannelPartsDeps,
  'channels' | 'deliveries' | 'apps' | 'transact'
> & { db: Database }

/** The door to channels: a notification is a row at once, and what sends it is loaded when one waits. */
export function composeChannels(given: ChannelDeps) {
  const { db } = given
  const deps = {
    ...given,
    channels: createChannelStore(db),
    deliveries: createChannelDeliveryStore(db),
    apps: createAppStore(db),
    transact: transactionOf(db),
  }
  const notify = createNotify({ ...deps, onQueued: send })
  let loading: ReturnType<typeof loadParts> | undefined
  let isStopped = false

  async function loadParts() {
    const { composeChannelParts } = await import('./compose-channel-parts.ts')
    return composeChannelParts(deps)
  }
  const load = () => (loading ??= loadParts())

  function send(): void {
    if (isStopped) return
    load()
      .then((parts) => isStopped || parts.kick())
      .catch((error: unknown) => given.onProblem('notifications cannot be sent', error))
  }

  return {
    /** Told to the channels of a team that want to know, by rows of the same transaction. Never throws. */
    notify,
    noteMove: createDeploymentNews({ ...deps, notify }),
    /** Whether anybody of the team is told of anything. */
    hasAny: (teamId: string): boolean =>
      deps.channels.listOfTeamForPlatform(teamId).some(({ isOn }) => isOn),
    load: async () => (await load()).service,
    /** Takes up what waited when the daemon stopped. */
    start: (): void => {
      if (deps.deliveries.isAnyWaitingForPlatform()) send()
    },
    async stop(): Promise<void> {
      isStopped = true
      ;(await loading?.catch(() => undefined))?.stop()
    },
  }
}
export type ChannelDoor = ReturnType<typeof composeChannels>
