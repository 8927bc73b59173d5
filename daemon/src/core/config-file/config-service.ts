import type { Actor } from '@vastrox/shared/actor.ts'
import type {
  AppliedConfig,
  ApplyConfig,
  ConfigChange,
  ConfigPlan,
  ConfigQuery,
  PlanConfig,
} from '@vastrox/shared/config-file.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { createMask } from '#core/config-file/fill-in.ts'
import { type MadePlan, makePlan, type PlannedActs } from '#core/config-file/plan.ts'
import { readFile } from '#core/config-file/read-file.ts'
import type { ConfigSection, SectionPlace } from '#core/config-file/section.ts'
import { createDigest } from '#core/config-file/secrets.ts'
import { type ConfigServices, createSections } from '#core/config-file/sections.ts'
import { emptyFile, writeSection } from '#core/config-file/write-file.ts'
import type { ConfigText } from '#ports/config-text.ts'

export interface ConfigDeps {
  services: Omit<ConfigServices, 'digestOf'>
  yaml: ConfigText
  /** 32 bytes of their own purpose. */
  digestKey: Buffer
}

const MAX_APPS = 1_000

/** Settings as one file that can be reviewed, and back. */
export function createConfigService({ services, yaml, digestKey }: ConfigDeps) {
  const sections = createSections({ ...services, digestOf: createDigest(digestKey) })
  const { apps } = services
  /** One at a time in a team: two would plan over each other. */
  const underWay = new Set<string>()

  async function planned(actor: Actor, { text, values, prune }: PlanConfig): Promise<MadePlan> {
    const file = await readFile(yaml, sections, text, values)
    const known = new Set(apps.list(actor).map(({ name }) => name))
    const isThere = (name: string): boolean => known.has(name)
    return makePlan({ actor, file, sections, isThere, prune, mask: createMask(values), digestKey })
  }

  /** Whoever may not see what an app uses gets a file without it. */
  async function usedBy(section: ConfigSection, place: SectionPlace): Promise<string[]> {
    try {
      return (await section.usedBy?.(place)) ?? []
    } catch (error) {
      if (error instanceof CodedError && error.code === 'PERMISSION_DENIED') return []
      throw error
    }
  }

  async function carryOut(actor: Actor, { section, place, changes }: PlannedActs) {
    if (section) return section.make(place, changes)
    apps.create(actor, { name: place.app })
    return []
  }

  return {
    /**
     * What an app is set to, or everything that the actor may see: what is as usual is left out, and
     * secrets stand in it by their digests alone.
     */
    async write(actor: Actor, { app }: ConfigQuery): Promise<string> {
      const file = emptyFile()
      const named = app === undefined ? apps.list(actor) : [apps.get(actor, app)]
      const team = { actor, app: '' }
      for (const section of sections.before) {
        const used = app === undefined ? undefined : await usedBy(section, { actor, app })
        const isWanted = (name: string): boolean => used === undefined || used.includes(name)
        if (used?.length !== 0) await writeSection(file, section, team, file.root, [], isWanted)
      }
      const all: Record<string, Record<string, unknown>> = {}
      for (const { name } of named.slice(0, MAX_APPS)) {
        const own: Record<string, unknown> = {}
        for (const section of sections.ofApps)
          await writeSection(file, section, { actor, app: name }, own, ['apps', name])
        all[name] = own
      }
      if (named.length > 0) file.root['apps'] = all
      if (app === undefined)
        for (const section of sections.after) await writeSection(file, section, team, file.root, [])
      return yaml.write(file.root, headOf(actor, app, file.left), file.comments)
    },

    /** What applying the text would do, in order; nothing is changed. */
    plan: async (actor: Actor, wish: PlanConfig): Promise<ConfigPlan> =>
      (await planned(actor, wish)).plan,

    /**
     * Does what the plan of that digest says, each act by the service that owns it. Where one fails
     * those before it stay, and applying again goes on from there. Throws CONFIG_INVALID,
     * CONFIG_PLAN_OUTDATED where something else has happened meanwhile, CONFIG_BUSY and CONFIG_STOPPED.
     */
    async apply(actor: Actor, { digest, ...wish }: ApplyConfig): Promise<AppliedConfig> {
      if (underWay.has(actor.teamId)) throw new CodedError('CONFIG_BUSY')
      underWay.add(actor.teamId)
      try {
        const { plan, acts } = await planned(actor, wish)
        const [problem] = plan.problems
        if (problem)
          throw new CodedError('CONFIG_INVALID', {
            reason: `Line ${problem.line}, column ${problem.column}: ${problem.message}`,
          })
        if (plan.digest !== digest) throw new CodedError('CONFIG_PLAN_OUTDATED')
        const deployments: string[] = []
        let done = 0
        for (const act of acts) {
          try {
            for (const deploying of await carryOut(actor, act))
              if (deploying) deployments.push(`${act.place.app} #${deploying.number}`)
          } catch (error) {
            const why = refusalOf(error, createMask(wish.values))
            if (why === undefined) throw error
            throw stopped(why, plan.changes[done], done, plan.changes.length)
          }
          done += Math.max(1, act.changes.length)
        }
        return { changes: plan.changes, notes: plan.notes, deployments }
      } finally {
        underWay.delete(actor.teamId)
      }
    },
  }
}
export type ConfigService = ReturnType<typeof createConfigService>
/** Loaded when it is first asked for. */
export type LoadConfig = () => Promise<ConfigService>

interface Refusal {
  code: string
  reason: string
}

/** What a service has said, without what came from `${NAME}`; undefined for what nobody has foreseen. */
function refusalOf(error: unknown, mask: (text: string) => string): Refusal | undefined {
  if (error instanceof z.ZodError)
    return { code: 'REQUEST_INVALID', reason: mask(error.issues[0]?.message ?? 'It is not valid.') }
  if (!(error instanceof CodedError)) return undefined
  const own = error.details['reason']
  const reason = typeof own === 'string' ? `${error.message} ${own}` : error.message
  return { code: error.code, reason: mask(reason) }
}

function stopped(
  { code, reason }: Refusal,
  at: ConfigChange | undefined,
  done: number,
  of: number,
): CodedError {
  const where = [at?.app, at?.section, at?.name].filter((part) => part != null).join(' / ')
  return new CodedError('CONFIG_STOPPED', {
    reason: `${done} of ${of} changes are made; ${where} is not: ${reason}`,
    done,
    of,
    code,
  })
}

function headOf(actor: Actor, app: string | undefined, left: readonly string[]): string {
  const what = app === undefined ? 'everything' : app
  const lines = [
    `The settings of ${what}, as \`vastrox export ${app ?? '--all'}\` writes them.`,
    'What is as usual is left out. What a change of it would do: vastrox apply FILE --dry-run',
    ...left.map((part) => `Not in it, because ${actor.name} may not see it: ${part}`),
  ]
  return lines.map((line) => ` ${line}`).join('\n')
}
