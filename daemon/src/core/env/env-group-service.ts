import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { CreateEnvGroup, EnvChange, EnvGroup, EnvVariable } from '@vastrox/shared/env.ts'
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
import type { EnvHistory } from '#core/env/env-history.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import { shownVariables } from '#core/env/shown-variables.ts'
import { isForBuild, type Variables } from '#core/env/variable.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { EnvGroupRecord, EnvGroupStore } from '#store/env-group-store.ts'

interface Deps {
  finder: AppFinder
  apps: Pick<AppStore, 'findByIdForPlatform'>
  groups: EnvGroupStore
  values: EnvValues
  history: EnvHistory
  deploying: EnvDeployments
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_GROUPS = 100
const MAX_OF_APP = 20
/** A change deploys each of them. */
const MAX_APPS = 100

/** Env variables that apps of a team share. A change deploys every app that has the group. */
export function createEnvGroupService(deps: Deps) {
  const { groups, values, history, audit, clock, transact } = deps

  function find(actor: Actor, name: string): EnvGroupRecord {
    const found = groups.findByName(actor, name)
    if (!found) throw new CodedError('ENV_GROUP_NOT_FOUND', { group: name })
    return found
  }

  /** A token that is limited to some apps reaches all that have the group otherwise. */
  function mustBeAbleTo(actor: Actor, permission: 'env-group.change' | 'env-group.reveal'): void {
    mustBeAble(actor, permission)
    if (actor.appIds !== null) throw new CodedError('PERMISSION_DENIED', { permission })
  }

  const appsOf = ({ id }: EnvGroupRecord): AppRecord[] =>
    groups.listAppsForPlatform(id).flatMap((appId) => deps.apps.findByIdForPlatform(appId) ?? [])

  const show = (group: EnvGroupRecord): EnvGroup => ({
    name: group.name,
    variables: shownVariables(groups.listVariablesForPlatform(group.id), { group: group.name }),
    apps: appsOf(group).map(({ name }) => name),
    createdAt: group.createdAt,
  })

  /** Writes it, checks every app that has the group, and deploys those that are live. */
  function apply(
    actor: Actor,
    group: EnvGroupRecord,
    plan: (before: Variables) => PlannedChange,
    restored: number | null = null,
  ): Deployment[] {
    const before = values.ofGroupForPlatform(group.id)
    const planned = plan(before)
    if (planned.next.size === 0) return []
    const changedAt = clock.now().toISOString()
    for (const [key, variable] of planned.next)
      if (variable === null) groups.removeVariable(group.id, key)
      else {
        const { value, ...marks } = variable
        const sealed = values.sealOfGroup(group.id, key, value)
        groups.saveVariable(actor, group.id, { ...marks, key, sealed, changedAt })
      }
    const apps = appsOf(group)
    for (const app of apps) deps.deploying.check(app)
    history.note(actor, { groupId: group.id }, before, planned, restored)
    const { set, unset, marked } = planned
    const details = { set, unset, marked, restored, apps: apps.map(({ name }) => name) }
    audit.append({ actor, action: 'env-group.change', target: group.name, details })
    const description = describeChange(planned, `env group ${group.name}`)
    return apps.flatMap(
      (app) => deps.deploying.changed(actor, app, description, planned.touchesBuild) ?? [],
    )
  }

  return {
    list(actor: Actor): EnvGroup[] {
      mustBeAble(actor, 'env-group.read')
      return groups.list(actor).map(show)
    },

    /** Writes down that the values of all of them are shown to somebody. */
    noteRevealed(actor: Actor): void {
      mustBeAbleTo(actor, 'env-group.reveal')
      for (const { id, name } of groups.list(actor)) {
        const shown = groups.listVariablesForPlatform(id).filter((each) => !each.neverReveal)
        const keys = shown.map(({ key }) => key)
        if (keys.length > 0)
          audit.append({ actor, action: 'env-group.reveal', target: name, details: { keys } })
      }
    },

    /** Throws ENV_GROUP_NAME_TAKEN. It is attached to no app yet. */
    create(actor: Actor, { name, set }: CreateEnvGroup): EnvGroup {
      mustBeAbleTo(actor, 'env-group.change')
      return transact(() => {
        if (groups.findByName(actor, name)) throw new CodedError('ENV_GROUP_NAME_TAKEN', { name })
        if (groups.list(actor).length >= MAX_GROUPS)
          throw new CodedError('ENV_GROUPS_TOO_MANY', {
            reason: `A team may have ${MAX_GROUPS} env groups.`,
          })
        groups.insert(actor, { id: deps.newId(), name, createdAt: clock.now().toISOString() })
        audit.append({ actor, action: 'env-group.create', target: name })
        const group = find(actor, name)
        apply(actor, group, (before) => planChange(before, set))
        return show(group)
      })
    },

    change(actor: Actor, name: string, wishes: Wishes): Deployment[] {
      mustBeAbleTo(actor, 'env-group.change')
      return transact(() => apply(actor, find(actor, name), (before) => planChange(before, wishes)))
    },

    /** Throws ENV_GROUP_ATTACHED while an app has it, one in the trash too: it could come back. */
    destroy(actor: Actor, name: string): void {
      mustBeAbleTo(actor, 'env-group.change')
      transact(() => {
        const group = find(actor, name)
        if (groups.countAppsForPlatform(group.id) > 0) {
          const apps = appsOf(group).map((app) => app.name)
          throw new CodedError('ENV_GROUP_ATTACHED', {
            reason:
              apps.length > 0
                ? `The group is attached to ${apps.join(', ')}.`
                : 'The group is attached to an app in the trash.',
          })
        }
        groups.remove(actor, group.id)
        audit.append({ actor, action: 'env-group.destroy', target: name })
      })
    },

    /** One value. Leaves an audit event. Throws ENV_NEVER_REVEALED. */
    reveal(actor: Actor, name: string, key: string): EnvVariable {
      mustBeAbleTo(actor, 'env-group.reveal')
      const group = find(actor, name)
      const record = groups.listVariablesForPlatform(group.id).find((each) => each.key === key)
      if (!record) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
      if (record.neverReveal) throw new CodedError('ENV_NEVER_REVEALED', { key })
      audit.append({ actor, action: 'env-group.reveal', target: name, details: { keys: [key] } })
      const opened = values.ofGroupForPlatform(group.id)
      const [shown] = shownVariables([record], { values: opened, group: name })
      if (!shown) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
      return shown
    },

    listChanges(actor: Actor, name: string): EnvChange[] {
      mustBeAble(actor, 'env-group.read')
      return history.list({ groupId: find(actor, name).id })
    },

    restore(actor: Actor, name: string, number: number): Deployment[] {
      mustBeAbleTo(actor, 'env-group.change')
      return transact(() => {
        const group = find(actor, name)
        const earlier = history.stateAfter({ groupId: group.id }, number)
        return apply(actor, group, (before) => planRestore(before, earlier), number)
      })
    },

    /** In their order: a later one goes over an earlier one. */
    listOfApp(actor: Actor, appName: string): string[] {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'env.read', app.id)
      return groups.listOfAppForPlatform(app.id).map(({ name }) => name)
    },

    /**
     * Attaches these, in this order, and no others; deploys where that changes something. Whoever
     * attaches a group lets the app read it: that is a right over the group too.
     */
    attach(actor: Actor, appName: string, names: readonly string[]): Deployment | null {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'env.change', app.id)
      mustBeAbleTo(actor, 'env-group.change')
      return transact(() => {
        const wanted = [...new Set(names)].map((name) => find(actor, name))
        const before = groups.listOfAppForPlatform(app.id)
        if (wanted.map(({ id }) => id).join() === before.map(({ id }) => id).join()) return null
        mayAttach(wanted, before)
        groups.saveOfApp(
          app.id,
          wanted.map(({ id }) => id),
        )
        deps.deploying.check(app)
        const details = { groups: wanted.map(({ name }) => name) }
        audit.append({ actor, action: 'env-group.attach', target: app.name, details })
        const touched = [...wanted, ...before].some(({ id }) =>
          groups.listVariablesForPlatform(id).some(isForBuild),
        )
        const said = details.groups.length > 0 ? details.groups.join(', ') : 'none'
        return deps.deploying.changed(actor, app, `env groups: ${said}`, touched)
      })
    },
  }

  function mayAttach(wanted: readonly EnvGroupRecord[], before: readonly EnvGroupRecord[]): void {
    if (wanted.length > MAX_OF_APP)
      throw new CodedError('ENV_GROUPS_TOO_MANY', {
        reason: `An app may have ${MAX_OF_APP} env groups.`,
      })
    const full = wanted
      .filter(({ id }) => !before.some((one) => one.id === id))
      .find(({ id }) => groups.countAppsForPlatform(id) >= MAX_APPS)
    if (full)
      throw new CodedError('ENV_GROUPS_TOO_MANY', {
        reason: `${full.name} is attached to ${MAX_APPS} apps already, as many as may be.`,
      })
  }
}
export type EnvGroupService = ReturnType<typeof createEnvGroupService>
