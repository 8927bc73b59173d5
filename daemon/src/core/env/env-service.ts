import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { EnvVariable } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { checkTotal, checkVariable } from '#core/env/env-rules.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import { parseEnvFile } from '#core/env/parse-env-file.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { Transact } from '#store/database.ts'
import type { EnvStore } from '#store/env-store.ts'

interface Deps {
  apps: AppFinder
  env: EnvStore
  values: EnvValues
  audit: Pick<AuditLog, 'append'>
  deployments: Pick<DeploymentService, 'request' | 'get'>
  events: EventStream
  clock: Clock
  transact: Transact
}

const MAX_NAMES_IN_DESCRIPTION = 3

/** Sets the named variables, unsets those that are null. */
type Changes = Record<string, string | null>

/** Env variables: opaque text, sealed at rest, shown only where it is asked for and audited. */
export function createEnvService(deps: Deps) {
  const { apps, env, values, audit, clock } = deps

  /** One deployment for all changes together; null when nothing changed or nothing is live yet. */
  function change(actor: Actor, name: string, changes: Changes): Deployment | null {
    const app = apps.find(actor, name)
    mustBeAble(actor, 'env.change', app.id)
    for (const [key, value] of Object.entries(changes)) checkVariable(key, value)

    return deps.transact(() => {
      const before = new Map(Object.entries(values.plainForPlatform(app.id)))
      const isNew = ([key, value]: [string, string | null]): boolean =>
        value === null ? before.has(key) : before.get(key) !== value
      const changed = Object.entries(changes).filter(isNew)
      if (changed.length === 0) return null
      checkTotal(before, changed)

      const at = clock.now().toISOString()
      for (const [key, value] of changed)
        if (value === null) env.remove(actor, app.id, key)
        else
          env.save(actor, {
            appId: app.id,
            key,
            sealed: values.seal(app.id, key, value),
            changedAt: at,
          })

      const keys = {
        set: changed.flatMap(([key, value]) => (value === null ? [] : [key])),
        unset: changed.flatMap(([key, value]) => (value === null ? [key] : [])),
      }
      values.forget(app.id)
      audit.append({ actor, action: 'env.change', target: app.name, details: keys })
      deps.events.emit({ teamId: app.teamId, type: 'env.changed', app: app.name, subject: null })
      if (app.liveReleaseId === null) return null
      const { number } = deps.deployments.request(actor, app, {
        trigger: 'env',
        description: describe(keys),
      })
      return deps.deployments.get(actor, name, number)
    })
  }

  function list(actor: Actor, name: string, { reveal }: { reveal: boolean }): EnvVariable[] {
    const app = apps.find(actor, name)
    mustBeAble(actor, reveal ? 'env.reveal' : 'env.read', app.id)
    const records = env.list(actor, app.id)
    if (reveal)
      audit.append({
        actor,
        action: 'env.reveal',
        target: app.name,
        details: { keys: records.map(({ key }) => key) },
      })
    return records.map((record) => ({
      key: record.key,
      value: reveal ? values.open(record) : null,
      changedAt: record.changedAt,
    }))
  }

  return {
    change,
    /** Values are null unless revealed. Revealing leaves an audit event. */
    list,

    /** One value. Leaves an audit event. */
    reveal(actor: Actor, name: string, key: string): EnvVariable {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'env.reveal', app.id)
      const record = env.list(actor, app.id).find((each) => each.key === key)
      if (!record) throw new CodedError('ENV_KEY_NOT_FOUND', { key })
      audit.append({ actor, action: 'env.reveal', target: app.name, details: { keys: [key] } })
      return { key, value: values.open(record), changedAt: record.changedAt }
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
  }
}
export type EnvService = ReturnType<typeof createEnvService>

/** "env: set API_KEY, unset OLD": names only. */
function describe({ set, unset }: { set: string[]; unset: string[] }): string {
  const named = (verb: string, keys: string[]): string[] => {
    if (keys.length === 0) return []
    const shown = keys.slice(0, MAX_NAMES_IN_DESCRIPTION).join(' ')
    const more = keys.length - MAX_NAMES_IN_DESCRIPTION
    return [more > 0 ? `${verb} ${shown} and ${more} more` : `${verb} ${shown}`]
  }
  return `env: ${[...named('set', set), ...named('unset', unset)].join(', ')}`
}
