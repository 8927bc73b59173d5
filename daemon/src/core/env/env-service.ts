import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { EnvChange, EnvDifference, EnvVariable } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import {
  describeChange,
  type PlannedChange,
  planChange,
  planRestore,
  type Wishes,
} from '#core/env/apply-changes.ts'
import type { EnvDeployments } from '#core/env/env-deployments.ts'
import { differenceOf } from '#core/env/env-difference.ts'
import type { EnvHistory } from '#core/env/env-history.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { Variables } from '#core/env/variable.ts'
import { parseEnvFile } from '#core/env/parse-env-file.ts'
import { shownVariables } from '#core/env/shown-variables.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { EnvGroupStore } from '#store/env-group-store.ts'
import type { EnvStore } from '#store/env-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppFinder
  env: EnvStore
  groups: EnvGroupStore
  attachments: Pick<AddonAttachmentStore, 'listOfAppForPlatform'>
  addons: Pick<AddonStore, 'findForPlatform'>
  releases: ReleaseStore
  values: EnvValues
  history: EnvHistory
  deploying: EnvDeployments
  box: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  transact: Transact
}

/** Env variables: opaque text, sealed at rest, shown only where it is asked for and audited. */
export function createEnvService(deps: Deps) {
  const { apps, env, values, history, audit, clock } = deps

  function find(actor: Actor, name: string, permission: 'env.read' | 'env.change' | 'env.reveal') {
    const app = apps.find(actor, name)
    mustBeAble(actor, permission, app.id)
    return app
  }

  /** One deployment for all changes together; null when nothing changed or nothing is live yet. */
  function apply(
    actor: Actor,
    app: AppRecord,
    plan: (before: ReturnType<EnvValues['ownForPlatform']>) => PlannedChange,
    restored: number | null = null,
    deploys = true,
  ): Deployment | null {
    return deps.transact(() => {
      const before = values.ownForPlatform(app.id)
      const planned = plan(before)
      if (planned.next.size === 0) return null
      mustBeNoAddons(app, planned)

      const changedAt = clock.now().toISOString()
      for (const [key, variable] of planned.next)
        if (variable === null) env.remove(actor, app.id, key)
        else {
          const { value, ...marks } = variable
          const sealed = values.seal(app.id, key, value)
          env.save(actor, { ...marks, appId: app.id, key, sealed, changedAt })
        }
      // Throws where a reference leads nowhere now: nothing of the change is kept then.
      deps.deploying.check(app)
      history.note(actor, { appId: app.id }, before, planned, restored)

      const { set, unset, marked } = planned
      const details = { set, unset, ...(marked.length > 0 ? { marked } : {}) }
      audit.append({
        actor,
        action: 'env.change',
        target: app.name,
        details: restored === null ? details : { ...details, restored },
      })
      const description =
        restored === null ? describeChange(planned) : `env: as after change ${restored}`
      return deploys
        ? deps.deploying.changed(actor, app, description, planned.touchesBuild)
        : deps.deploying.noted(app)
    })
  }

  const addonsOf = ({ id }: AppRecord) =>
    deps.attachments.listOfAppForPlatform(id).map(({ addonId, names, attachedAt }) => ({
      addon: deps.addons.findForPlatform(addonId)?.name ?? addonId,
      names,
      attachedAt,
    }))

  /** What an add-on gives is not to be hidden by a value that somebody has typed. */
  function mustBeNoAddons(app: AppRecord, { next }: PlannedChange): void {
    for (const { addon, names } of addonsOf(app))
      for (const [key, variable] of next)
        if (variable !== null && names.includes(key))
          throw new CodedError('ENV_KEY_OF_ADDON', {
            key,
            reason: `The add-on ${addon} gives ${app.name} the variable ${key}.`,
          })
  }

  const change = (actor: Actor, name: string, wishes: Wishes): Deployment | null =>
    apply(actor, find(actor, name, 'env.change'), (before) => planChange(before, wishes))

  function revealOfAddon(
    actor: Actor,
    app: AppRecord,
    key: string,
    { addon, attachedAt }: { addon: string; attachedAt: string },
  ): EnvVariable {
    mustBeAble(actor, 'addon.open')
    const value = values.addonEnvForPlatform(app.id)[key]
    if (value === undefined) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
    audit.append({ actor, action: 'env.reveal', target: app.name, details: { keys: [key], addon } })
    const [shown] = shownVariables([asVariable(key, attachedAt)], { addon })
    if (!shown) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
    return { ...shown, value }
  }

  return {
    /** Sets the named variables, unsets those that are null. */
    change,

    /** Those of its groups too. Values are null unless revealed. Revealing leaves an audit event. */
    list(actor: Actor, name: string, { reveal }: { reveal: boolean }): EnvVariable[] {
      const app = find(actor, name, reveal ? 'env.reveal' : 'env.read')
      const records = env.list(actor, app.id)
      if (reveal)
        audit.append({
          actor,
          action: 'env.reveal',
          target: app.name,
          details: { keys: records.map(({ key }) => key) },
        })
      const own = shownVariables(records, {
        values: reveal ? values.ownForPlatform(app.id) : undefined,
      })
      const shared = deps.groups.listOfAppForPlatform(app.id).map(({ id, name: group }) => ({
        group,
        variables: deps.groups.listVariablesForPlatform(id),
      }))
      const above = new Set([
        ...own.map(({ key }) => key),
        ...addonsOf(app).flatMap(({ names }) => names),
      ])
      const ofGroups = shared.toReversed().flatMap(({ group, variables }) => {
        const shown = shownVariables(variables, { group, above })
        for (const { key } of shown) above.add(key)
        return shown
      })
      const ofAddons = addonsOf(app).flatMap(({ addon, names, attachedAt }) =>
        shownVariables(
          names.map((key) => asVariable(key, attachedAt)),
          { addon },
        ),
      )
      return [...own, ...ofAddons, ...ofGroups].toSorted((one, other) =>
        one.key < other.key ? -1 : 1,
      )
    },

    /** One value of the app's own, or an add-on's. Leaves an audit event. Throws ENV_NEVER_REVEALED. */
    reveal(actor: Actor, name: string, key: string): EnvVariable {
      const app = find(actor, name, 'env.reveal')
      const given = addonsOf(app).find(({ names }) => names.includes(key))
      if (given) return revealOfAddon(actor, app, key, given)
      const record = env.list(actor, app.id).find((each) => each.key === key)
      if (!record) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
      if (record.neverReveal) throw new CodedError('ENV_NEVER_REVEALED', { key })
      audit.append({ actor, action: 'env.reveal', target: app.name, details: { keys: [key] } })
      const own = values.ownForPlatform(app.id)
      const [shown] = shownVariables([record], { values: own })
      if (!shown) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
      return shown
    },

    /** Sets what the text of a .env file holds; what it does not name stays. */
    importText(
      actor: Actor,
      name: string,
      text: string,
    ): { keys: string[]; warnings: string[]; deployment: Deployment | null } {
      const { variables, warnings } = parseEnvFile(text)
      return {
        keys: Object.keys(variables),
        warnings,
        deployment: change(actor, name, variables),
      }
    },

    /** Newest first: who changed which, when. */
    listChanges: (actor: Actor, name: string): EnvChange[] =>
      history.list({ appId: find(actor, name, 'env.read').id }),

    /** The app's own variables as that change left them. Throws ENV_CHANGE_NOT_FOUND. */
    restore(actor: Actor, name: string, number: number): Deployment | null {
      const app = find(actor, name, 'env.change')
      const earlier = history.stateAfter({ appId: app.id }, number)
      return apply(actor, app, (before) => planRestore(before, earlier), number)
    },

    /** The app's own variables as a backup has them; whoever calls it deploys. */
    putBack(actor: Actor, app: AppRecord, earlier: Variables): void {
      apply(actor, app, (before) => planRestore(before, earlier), null, false)
    },

    /** What a release's env has that another's has not: that of the one before, unless one is named. */
    difference(actor: Actor, name: string, number: number, other?: number): EnvDifference {
      return differenceOf(deps, actor, find(actor, name, 'env.read'), number, other)
    },
  }
}
/** As a row of the app's own would be. */
const asVariable = (key: string, changedAt: string) => ({
  key,
  changedAt,
  sealed: Buffer.alloc(0),
  phase: 'runtime' as const,
  neverReveal: false,
  isReference: false,
})

export type EnvService = ReturnType<typeof createEnvService>
