import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { AddonException, CreateAddonException } from '@vastrox/shared/addon.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { AddonExceptionRecord, AddonExceptionStore } from '#store/addon-exception-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  addons: AddonStore
  exceptions: AddonExceptionStore
  finder: AddonFinder
  kinds: AddonKinds
  servers: AddonServers
  node: Pick<NodeAddons, 'keepExceptions'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  /** From 0 to 1. */
  random: () => number
}

const MAX_OF_ADDON = 10
const MAX_IN_ALL = 200
const FIRST_PORT = 41_000
const LAST_PORT = 41_999
const MAX_TRIES = 20
/** At most 256 addresses. */
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(2[4-9]|3[0-2]))?$/

/**
 * Ways in from outside, which there are none of otherwise: for a time, for one address, at a port of
 * its own. The node ends them by itself, whether the daemon lives or not.
 */
export function createAddonExceptions(deps: Deps) {
  const { addons, exceptions, finder, kinds, servers, clock, audit, transact } = deps

  const isOpen = ({ until }: AddonExceptionRecord): boolean => until > clock.now().toISOString()

  /** `without`: one that is about to be removed. */
  async function tellNode(without?: string): Promise<void> {
    await deps.node.keepExceptions(
      exceptions
        .listForPlatform()
        .filter((one) => isOpen(one) && one.id !== without)
        .flatMap(({ addonId, from, hostPort, until }) => {
          const addon = addons.findForPlatform(addonId)
          if (!addon || addon.destroyedAt !== null) return []
          return {
            addonId: addon.serverId,
            from,
            hostPort,
            addonPort: kinds.get(addon.kind).port,
            until,
          }
        }),
    )
  }

  const show = (addon: AddonRecord, exception: AddonExceptionRecord): AddonException => ({
    id: exception.id,
    addon: addon.name,
    from: exception.from,
    port: exception.hostPort,
    until: exception.until,
    createdAt: exception.createdAt,
  })

  function freePort(taken: ReadonlySet<number>): number {
    const count = LAST_PORT - FIRST_PORT + 1
    let port = FIRST_PORT + Math.floor(deps.random() * count)
    while (taken.has(port)) port = port === LAST_PORT ? FIRST_PORT : port + 1
    return port
  }

  return {
    list(actor: Actor, name: string): AddonException[] {
      const addon = finder.find(actor, name)
      return exceptions
        .list(actor, addon.id)
        .filter(isOpen)
        .map((one) => show(addon, one))
    },

    /** Throws ADDON_EXCEPTION_INVALID, ADDONS_TOO_MANY; PORT_TAKEN where no port could be had. */
    async create(
      actor: Actor,
      name: string,
      { from, minutes }: CreateAddonException,
    ): Promise<AddonException> {
      const addon = finder.find(actor, name)
      mustBeAble(actor, 'addon.expose')
      mustBeAddress(from)
      servers.mustRun(addon)
      exceptions.removeOverForPlatform(clock.now().toISOString())
      const all = exceptions.listForPlatform()
      if (
        all.length >= MAX_IN_ALL ||
        all.filter(({ addonId }) => addonId === addon.id).length >= MAX_OF_ADDON
      )
        throw new CodedError('ADDONS_TOO_MANY', {
          reason: `An add-on is open to at most ${MAX_OF_ADDON} addresses at a time.`,
        })
      const taken = new Set(all.map(({ hostPort }) => hostPort))
      const at = clock.now()
      for (let tries = 1; ; tries += 1) {
        const made = {
          id: deps.newId(),
          addonId: addon.id,
          from,
          hostPort: freePort(taken),
          until: new Date(at.getTime() + minutes * 60_000).toISOString(),
          createdAt: at.toISOString(),
        }
        transact(() => {
          exceptions.insert(actor, made)
          const details = { from, minutes, port: made.hostPort }
          audit.append({ actor, action: 'addon.expose', target: name, details })
        })
        try {
          await tellNode()
          servers.emit(addon)
          return show(addon, { ...made, teamId: actor.teamId })
        } catch (error) {
          exceptions.remove(actor, made.id)
          const isTaken = error instanceof CodedError && error.code === 'PORT_TAKEN'
          if (!isTaken || tries >= MAX_TRIES) throw error
          taken.add(made.hostPort)
        }
      }
    },

    /** Its connections end. The row goes last: without it nobody would know that a way in is open. */
    async remove(actor: Actor, name: string, id: string): Promise<void> {
      const addon = finder.find(actor, name)
      mustBeAble(actor, 'addon.expose')
      if (!exceptions.list(actor, addon.id).some((one) => one.id === id))
        throw new CodedError('ADDON_NOT_FOUND', { id })
      await tellNode(id)
      transact(() => {
        exceptions.remove(actor, id)
        audit.append({ actor, action: 'addon.unexpose', target: name, details: { id } })
      })
      servers.emit(addon)
    },

    /** After a start, and where some are over: the node has ended those already. */
    async keep(): Promise<void> {
      if (exceptions.listForPlatform().length === 0) return
      exceptions.removeOverForPlatform(clock.now().toISOString())
      await tellNode()
    },
  }
}
export type AddonExceptions = ReturnType<typeof createAddonExceptions>

/** One address of IPv4, or a network of at most 256: nobody opens a database to the world. */
function mustBeAddress(from: string): void {
  const found = IPV4.exec(from)
  const isAddress = found?.slice(1, 5).every((part) => Number(part) <= 255) ?? false
  if (!isAddress || from.startsWith('0.')) throw new CodedError('ADDON_EXCEPTION_INVALID', { from })
}
