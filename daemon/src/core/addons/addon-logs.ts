import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Permission } from '@vastrox/shared/permissions.ts'
import type { FoundLine, LogFilter, LogSearchReply } from '@vastrox/shared/log.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonLogCollector } from '#core/addons/addon-log-collector.ts'
import type { LogOwners, LogSettingsService } from '#core/logs/log-settings.ts'
import { type FollowWish, type KeptLogs, SEARCH_MS } from '#core/logs/kept-logs.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { AddonRecord } from '#store/addon-store.ts'

interface Deps {
  finder: AddonFinder
  collector: Pick<AddonLogCollector, 'settle'>
  kept: KeptLogs
  settings: LogSettingsService
}

/** The logs of add-ons. */
export const addonLogOwners = (finder: AddonFinder): LogOwners => {
  const found = (actor: Actor, name: string, permission: Permission): AddonRecord => {
    const addon = finder.find(actor, name)
    mustBeAble(actor, permission)
    return addon
  }
  return {
    read: (actor, name) => found(actor, name, 'addon.read'),
    change: (actor, name) => found(actor, name, 'addon.change'),
    mustGrow: (actor) => mustBeAble(actor, 'node.change'),
    action: 'addon.log-keep',
  }
}

/**
 * What the servers of add-ons have printed, also those that are gone, for those who may see the add-on.
 * Passwords were taken out before it was kept.
 */
export function createAddonLogs({ finder, collector, kept, settings }: Deps) {
  function readable(actor: Actor, name: string): AddonRecord {
    const addon = finder.find(actor, name)
    mustBeAble(actor, 'addon.read')
    return addon
  }

  return {
    /** How they are kept. */
    settings,

    /** The last lines that the filter lets through, oldest first. */
    async tail(
      actor: Actor,
      name: string,
      limit: number,
      filter: LogFilter = {},
      signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
    ): Promise<FoundLine[]> {
      const addon = readable(actor, name)
      await collector.settle(addon)
      return kept.tail(addon.id, limit, filter, signal)
    },

    /** Lines that the filter lets through, newest first, and where to go on. */
    async search(
      actor: Actor,
      name: string,
      filter: LogFilter,
      page: { cursor?: string | undefined; limit: number },
      signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
    ): Promise<LogSearchReply> {
      const addon = readable(actor, name)
      await collector.settle(addon)
      return kept.search(addon.id, filter, page, signal)
    },

    /** Every line that the filter lets through, oldest first, as fast as it is taken. */
    all(
      actor: Actor,
      name: string,
      filter: LogFilter,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      const addon = readable(actor, name)
      logMatcher(filter)
      return settled(addon, () => kept.all(addon.id, filter, signal))
    },

    /** As KeptLogs. */
    follow(
      actor: Actor,
      name: string,
      wish: FollowWish,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      const addon = readable(actor, name)
      logMatcher(wish.filter ?? {})
      return settled(addon, () => kept.follow(addon.id, wish, signal))
    },
  }

  async function* settled(
    addon: AddonRecord,
    open: () => AsyncGenerator<FoundLine, void, undefined>,
  ): AsyncGenerator<FoundLine, void, undefined> {
    await collector.settle(addon)
    yield* open()
  }
}
export type AddonLogs = ReturnType<typeof createAddonLogs>
