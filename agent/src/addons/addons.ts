import type {
  AddonLink,
  ExecAddon,
  OpenAddonExec,
  ReadAddonLogs,
  StartAddon,
} from '@vastrox/shared/agent-api-addons.ts'
import type { ReadLogsEvent, SessionEvent } from '@vastrox/shared/agent-api.ts'
import type { z } from 'zod'
import { newestOf } from '#agent/addons/addon-containers.ts'
import type { AddonDeps } from '#agent/addons/addon-deps.ts'
import { linksFileOf } from '#agent/addons/links-file.ts'
import { createLinks } from '#agent/addons/links.ts'
import { listAddons } from '#agent/addons/list-addons.ts'
import { startAddon } from '#agent/addons/start-addon.ts'
import { stopAddon } from '#agent/addons/stop-addon.ts'
import { readLogs } from '#agent/containers/read-logs.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** The add-ons of this node: databases that the platform runs, each in a container and on a bridge of its own. */
export function createAddons(deps: AddonDeps) {
  const { engine, instance, addonNetworks, addonsDir, firewall } = deps
  const links = createLinks({ ...deps, file: linksFileOf(addonsDir) })
  /** What happens to one add-on happens one after the other. */
  const queues = new Map<string, Promise<unknown>>()

  function inTurn<Result>(addonId: string, work: () => Promise<Result>): Promise<Result> {
    const result = (queues.get(addonId) ?? Promise.resolve()).then(work)
    const settled = result.then(
      () => undefined,
      () => undefined,
    )
    queues.set(addonId, settled)
    void settled.then(() => {
      if (queues.get(addonId) === settled) queues.delete(addonId)
    })
    return result
  }

  async function closeExceptions(addonId: string): Promise<void> {
    const all = firewall.exceptions()
    const others = all.filter((each) => each.addonId !== addonId)
    if (others.length < all.length) await firewall.keepExceptions(others)
  }

  return {
    start: (spec: z.output<typeof StartAddon>): Promise<{ host: string }> =>
      inTurn(spec.addonId, () => startAddon(deps, spec, links.settleOne)),

    stop: (input: { addonId: string; except: number | null; graceMs: number }) =>
      inTurn(input.addonId, () => stopAddon(deps, input)),

    list: () => listAddons(engine, instance),

    async keepLinks(wanted: readonly AddonLink[]): Promise<Record<string, never>> {
      await links.keep(wanted)
      return {}
    },

    /** A bridge or the agent is new. */
    settleLinks: links.settle,

    /** Before the bridge of an app goes. */
    leaveApp: links.leave,

    async exec(spec: z.output<typeof ExecAddon>) {
      const { execAddon } = await import('#agent/addons/exec-addon.ts')
      return execAddon(deps, spec)
    },

    async openExec(
      spec: z.output<typeof OpenAddonExec>,
      call: StreamCall<SessionEvent>,
    ): Promise<void> {
      const { openAddonExec } = await import('#agent/addons/open-addon-exec.ts')
      await openAddonExec(deps, spec, call)
    },

    async readLogs(
      { addonId, ...input }: z.output<typeof ReadAddonLogs>,
      call: StreamCall<ReadLogsEvent>,
    ): Promise<void> {
      const { name } = await newestOf(engine, instance, addonId)
      await readLogs(deps, { ...input, name }, call)
    },

    /** A repeat finds nothing and is done. */
    remove: ({ addonId }: { addonId: string }): Promise<Record<string, never>> =>
      inTurn(addonId, async () => {
        await stopAddon(deps, { addonId, except: null, graceMs: 10_000 })
        await links.forget(addonId)
        await closeExceptions(addonId)
        await addonNetworks.remove(addonId)
        return {}
      }),
  }
}
export type Addons = ReturnType<typeof createAddons>
