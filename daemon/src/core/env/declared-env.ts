import type { AppConfig, DeclaredVariable } from '@vastrox/shared/app-config.ts'
import type { EnvGenerator } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { planChange } from '#core/env/apply-changes.ts'
import type { EnvHistory } from '#core/env/env-history.ts'
import { checkTotal, checkVariable } from '#core/env/env-rules.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { Transact } from '#store/database.ts'
import type { EnvStore } from '#store/env-store.ts'

interface Deps {
  env: EnvStore
  values: Pick<EnvValues, 'seal' | 'forget' | 'ownForPlatform'>
  builds: Pick<BuildStore, 'findLatestForPlatform'>
  plainEnv: (appId: string) => Record<string, string>
  /** Names of variables that are marked for builds. */
  buildKeys: (appId: string) => readonly string[]
  /** A value that nobody can guess. */
  newSecret: (how: EnvGenerator) => string
  history: Pick<EnvHistory, 'note'>
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  transact: Transact
}

/** What a deployment would do about the variables that a source asks for. */
export interface DeclaredEnv {
  /** Names that are made at random, and names that get the value of the file. */
  generated: string[]
  defaults: string[]
  /** Everything that is set by then. */
  keys: string[]
}

type Declared = AppConfig['env']
type Missing = [string, DeclaredVariable][]

/** Env variables that vastrox.json or app.json ask for. What the user has set is never overwritten. */
export function createDeclaredEnv(deps: Deps) {
  const { env, values, builds, plainEnv, clock } = deps

  /**
   * A variable that the build before has asked for already is no longer new: where it is not set, the
   * user has unset it.
   */
  function wish(app: AppRecord, declared: Declared): DeclaredEnv & { missing: Missing } {
    const set = new Set(Object.keys(plainEnv(app.id)))
    const known = builds.findLatestForPlatform(app.id)?.config.env ?? {}
    const fresh = Object.entries(declared).filter(
      ([key]) => !set.has(key) && !Object.hasOwn(known, key),
    )
    const generated = fresh.flatMap(([key, { generate }]) => (generate === null ? [] : [key]))
    const defaults = fresh.flatMap(([key, { value, generate }]) =>
      value === null || generate !== null ? [] : [key],
    )
    const keys = [...set, ...generated, ...defaults]
    const missing = Object.entries(declared).filter(
      ([key, { required }]) => required && !keys.includes(key),
    )
    return { generated, defaults, keys, missing }
  }

  function look(app: AppRecord, declared: Declared): DeclaredEnv {
    const { missing, ...wished } = wish(app, declared)
    if (missing.length > 0) throw required(app.name, missing)
    return wished
  }

  return {
    wish,
    /** Names of variables that a build may read because they are marked for it. */
    buildKeys: deps.buildKeys,
    /** What a deployment would do. Throws ENV_REQUIRED_MISSING with all the names in one line. */
    look,

    /** Makes and stores what is missing, before the build; a second time it finds nothing to do. */
    store(app: AppRecord, declared: Declared): DeclaredEnv {
      return deps.transact(() => {
        const wanted = look(app, declared)
        const added = new Map<string, string>()
        for (const key of wanted.generated) {
          const how = declared[key]?.generate
          added.set(key, deps.newSecret(how === 'secret' || !how ? 'hex' : how))
        }
        for (const key of wanted.defaults) added.set(key, declared[key]?.value ?? '')
        if (added.size === 0) return wanted

        for (const [key, value] of added) checkVariable(key, value)
        checkTotal(new Map(Object.entries(plainEnv(app.id))), [...added])
        const changedAt = clock.now().toISOString()
        const actor = systemActor(app.teamId)
        const before = values.ownForPlatform(app.id)
        const plan = planChange(before, Object.fromEntries(added))
        for (const [key, variable] of plan.next) {
          if (variable === null) continue
          const { value, ...marks } = variable
          const sealed = values.seal(app.id, key, value)
          env.save(actor, { ...marks, appId: app.id, key, sealed, changedAt })
        }
        deps.history.note(actor, { appId: app.id }, before, plan)
        values.forget(app.id)
        const details = { set: [...added.keys()], unset: [] }
        deps.audit.append({ actor, action: 'env.change', target: app.name, details })
        const { teamId, name } = app
        deps.events.emit({ teamId, type: 'env.changed', app: name, subject: null })
        return wanted
      })
    },
  }
}
export type DeclaredEnvService = ReturnType<typeof createDeclaredEnv>

const MAX_NAMED = 20

function required(app: string, missing: Missing): CodedError {
  const named = missing
    .slice(0, MAX_NAMED)
    .map(([key, { description }]) => (description ? `${key} (${description})` : key))
  const more = missing.length - named.length
  const list = more > 0 ? [...named, `${more} more`] : named
  return new CodedError('ENV_REQUIRED_MISSING', {
    keys: missing.map(([key]) => key),
    reason: `${app} needs env variables that are not set: ${list.join(', ')}.`,
  })
}
