import type { AddonWish } from '@vastrox/shared/app-config.ts'
import { EnvPrefix } from '@vastrox/shared/addon.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AddonAttachments } from '#core/addons/addon-attachments.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonService } from '#core/addons/addon-service.ts'
import type { AddonUsers } from '#core/addons/addon-users.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { plainText } from '#lib/plain-text.ts'
import type { Clock } from '#ports/clock.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeclaredAddonStore } from '#store/declared-addon-store.ts'

interface Deps {
  addons: AddonStore
  attachments: AddonAttachmentStore
  declared: DeclaredAddonStore
  kinds: AddonKinds
  service: AddonService
  attaching: AddonAttachments
  users: AddonUsers
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  wakeUp: (addonId: string) => void
  crashPoint: (name: string) => void
}

const WAIT_MS = 900_000
const LOOK_MS = 500
const MAX_NAME = 40

/** Add-ons that a source says it needs: made and attached once, when it is first deployed. */
export function createDeclaredAddons(deps: Deps) {
  const { addons, attachments, declared, kinds, service, clock, transact } = deps

  function freeName(teamId: string, base: string): string {
    const isTaken = (name: string): boolean =>
      addons.findByNameForPlatform(teamId, name) !== undefined
    if (!isTaken(base)) return base
    for (let count = 2; ; count += 1) {
      const name = `${base.slice(0, MAX_NAME - 4)}-${count}`
      if (!isTaken(name)) return name
    }
  }

  /** What is to be made of one wish, or the line that says why nothing is. */
  function look(app: AppRecord, wish: AddonWish) {
    const said = plainText(wish.kind)
    const kind = kinds.find(wish.kind)
    if (!kind) {
      const known = kinds
        .list()
        .map((one) => one.kind)
        .join(', ')
      return { line: `add-on ${said} is not known and left out; there are ${known}`, wanted: null }
    }
    const prefix = EnvPrefix.safeParse(wish.as ?? kind.prefix)
    if (!prefix.success)
      return {
        line: `add-on ${said}: ${plainText(wish.as ?? '')} is no prefix of variables`,
        wanted: null,
      }
    const key = `${kind.kind} ${prefix.data}`
    if (declared.findForPlatform(app.id, key)) return { line: undefined, wanted: null }
    let version = wish.version ?? undefined
    let line: string | undefined
    try {
      kinds.versionOf(kind, version)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      version = undefined
      line = `add-on ${said}: ${sayError(error)} The usual one is made.`
    }
    return { line, wanted: { kind, prefix: prefix.data, key, version } }
  }

  type Wanted = NonNullable<ReturnType<typeof look>['wanted']>

  /** Add-on, user, attachment and the word that it was made: all or nothing. */
  function make(app: AppRecord, { kind, prefix, key, version }: Wanted): string {
    const actor = systemActor(app.teamId)
    const plan = service.planned({
      name: freeName(app.teamId, `${app.name.slice(0, 20)}-${kind.kind}`.slice(0, MAX_NAME)),
      kind: kind.kind,
      version,
    })
    return transact(() => {
      const addon = service.insert(actor, plan)
      deps.attaching.write(addon, app, prefix)
      const at = clock.now().toISOString()
      declared.insertForPlatform({ appId: app.id, wish: key, addonId: addon.id, createdAt: at })
      const details = { app: app.name, prefix }
      deps.audit.append({ actor, action: 'addon.attach', target: addon.name, details })
      return addon.id
    })
  }

  /** The app has one of the kind already, or a variable of its own in its place: that is what it uses. */
  function hasOwn(app: AppRecord, { kind, prefix }: Wanted): string | undefined {
    const names = deps.users.namesOf({ kind: kind.kind, name: 'x' }, prefix)
    try {
      deps.attaching.mustBeFree(app, names)
      return undefined
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      return `add-on ${kind.kind} is not made: ${sayError(error)}`
    }
  }

  async function untilGiven(
    app: AppRecord,
    addonId: string,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const until = clock.elapsedMs() + WAIT_MS
    let told = ''
    for (;;) {
      const addon = addons.findForPlatform(addonId)
      const attachment = attachments
        .listOfAppForPlatform(app.id)
        .find((one) => one.addonId === addonId)
      // Somebody has taken it away meanwhile: that counts.
      if (!addon || addon.destroyedAt !== null || !attachment) return
      if (attachment.variablesSealed.length > 0) {
        say(`Add-on ${addon.name}: ${attachment.names.join(', ')}`)
        return
      }
      if (addon.state === 'failed' || clock.elapsedMs() >= until)
        throw new CodedError('ADDON_START_FAILED', {
          reason: `The add-on ${addon.name} did not start: ${addon.reason ?? 'it took too long'}`,
        })
      const now = addon.reason ?? addon.state
      if (now !== told) say(`${addon.name}: ${now}`)
      told = now
      await clock.sleep(LOOK_MS, signal)
    }
  }

  return {
    /**
     * Makes and attaches those that the app was never given, and waits until it has their variables.
     * Idempotent over pushes and crashes; one that somebody has detached or destroyed stays away.
     * Throws ADDON_START_FAILED.
     */
    async ensure(
      app: AppRecord,
      wishes: readonly AddonWish[],
      say: (line: string) => void,
      signal: AbortSignal,
    ): Promise<void> {
      for (const wish of wishes) {
        const { line, wanted } = look(app, wish)
        if (line !== undefined) say(line)
        if (!wanted) continue
        const inTheWay = hasOwn(app, wanted)
        if (inTheWay !== undefined) {
          say(inTheWay)
          continue
        }
        const id = make(app, wanted)
        deps.crashPoint('addon.declared')
        say(`Making the add-on ${addons.findForPlatform(id)?.name ?? ''} (${wanted.kind.title})`)
        deps.wakeUp(id)
      }
      for (const { addonId } of declared.listForPlatform(app.id))
        await untilGiven(app, addonId, say, signal)
    },
  }
}
export type DeclaredAddons = ReturnType<typeof createDeclaredAddons>
