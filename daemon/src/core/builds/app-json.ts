import type { DeclaredVariable } from '@vastrox/shared/app-config.ts'
import { CronSchedule } from '@vastrox/shared/cron-schedule.ts'
import { EnvGenerator, EnvKey, EnvValue } from '@vastrox/shared/env.ts'
import { ProcessName } from '@vastrox/shared/process.ts'
import { HealthPath } from '@vastrox/shared/app.ts'
import { z } from 'zod'
import { cronJobs, type FileSays, NO_PROCESS_CONFIG, NOTHING_SAID } from '#core/builds/file-says.ts'
import { readJson } from '#core/builds/read-json.ts'
import { plainText } from '#lib/plain-text.ts'

const Generator = z.enum(['secret', ...EnvGenerator.options])
const Text = z.string().max(8_192)
const Unread = z.unknown().optional()
/** Numbers and booleans are written without quotes now and then. */
const Scalar = z.union([EnvValue, z.number(), z.boolean()]).transform(String)

const Variable = z.union([
  Scalar,
  z.strictObject({
    value: Scalar.nullish(),
    description: z.string().nullish(),
    required: z.boolean().default(true),
    generator: z.string().max(60).nullish(),
    sync: Unread,
  }),
])

const Quantity = z.strictObject({
  quantity: z.int().min(0).max(100).nullish(),
  size: z.string().max(60).nullish(),
  max_parallel: Unread,
  autoscaling: Unread,
  service: Unread,
})
const Formation = z.union([
  z.record(ProcessName, Quantity),
  z
    .array(Quantity.extend({ process: ProcessName }))
    .max(50)
    .transform((list) => Object.fromEntries(list.map(({ process, ...one }) => [process, one]))),
])

const HealthCheck = z.looseObject({
  type: z.string().max(60).default('startup'),
  path: z.string().max(512).optional(),
  /** Seconds. */
  timeout: z.number().min(0).max(3_600).optional(),
  wait: z.number().min(0).max(3_600).optional(),
  initialDelay: z.number().min(0).max(3_600).optional(),
  attempts: z.int().min(1).max(1_000).optional(),
})
type HealthCheck = z.infer<typeof HealthCheck>

const Job = z.strictObject({
  command: Text.min(1),
  schedule: CronSchedule,
  concurrency_policy: z.enum(['allow', 'forbid', 'replace']).default('allow'),
  maintenance: Unread,
})

const Addon = z.union([
  z.string().max(120),
  z.strictObject({
    plan: z.string().max(120),
    as: z.string().max(60).optional(),
    options: z.looseObject({ version: z.union([z.string(), z.number()]).optional() }).optional(),
  }),
])

/** The keys of Heroku and Dokku; those that tell nothing about how an app is built or run are left unread. */
const AppJson = z.strictObject({
  name: Unread,
  description: Unread,
  keywords: Unread,
  website: Unread,
  repository: Unread,
  logo: Unread,
  success_url: Unread,
  environments: Unread,
  $schema: Unread,
  env: z.record(EnvKey, Variable).optional(),
  formation: Formation.optional(),
  healthchecks: z.record(z.string(), z.array(HealthCheck).max(50)).optional(),
  cron: z.array(Job).max(50).optional(),
  addons: z.array(Addon).max(20).optional(),
  scripts: z
    .looseObject({
      postdeploy: Text.optional(),
      predeploy: Text.optional(),
      dokku: z.looseObject({ predeploy: Text.optional(), postdeploy: Text.optional() }).optional(),
    })
    .optional(),
  buildpacks: Unread,
  image: Unread,
  stack: z.string().max(60).optional(),
})
type AppJson = z.infer<typeof AppJson>

/** Other tools have files of this name too (Expo's is one): theirs have none of these. */
const OURS = [
  'env',
  'formation',
  'healthchecks',
  'cron',
  'addons',
  'scripts',
  'buildpacks',
  'stack',
]

/** Memory of Heroku's dynos, where a server of one's own has as much. */
const SIZES: Record<string, number> = {
  eco: 512,
  basic: 512,
  free: 512,
  hobby: 512,
  'standard-1x': 512,
  'standard-2x': 1_024,
  'private-s': 1_024,
  'performance-m': 2_560,
}
const MEBIBYTE = 2 ** 20
const ATTEMPTS = 3
const WAIT_S = 5
const TIMEOUT_S = 5

interface Surroundings {
  /** Names of the stacks that there are. */
  stacks: readonly string[]
  hasReleaseLine: boolean
}

/**
 * What an app.json of Heroku or Dokku says. What cannot be followed is told in a line each. Throws
 * BUILD_SETTINGS_INVALID for one that is broken.
 */
export function readAppJson(
  file: string,
  text: string | undefined,
  around: Surroundings,
): FileSays {
  if (isOfAnotherTool(text)) return { ...NOTHING_SAID, file }
  const { value: app, unknown } = readJson(file, text, AppJson)
  const lines = unknown.map((key) => `${key} is not known and left out`)
  const processes = processesOf(app, lines)
  const stack = stackOf(app, around, lines)
  if (app.buildpacks !== undefined && !isEmpty(app.buildpacks))
    lines.push('buildpacks are not used: the stack is detected')
  if (app.image !== undefined)
    lines.push('image is not used: vastrox deploy --image deploys an image')
  return {
    ...NOTHING_SAID,
    file,
    build: {
      ...(stack === undefined ? {} : { stack }),
      ...releaseOf(app, around, lines),
    },
    config: {
      env: Object.fromEntries(
        Object.entries(app.env ?? {}).map(([key, said]) => [key, variableOf(key, said, lines)]),
      ),
      processes,
      ...healthOf(app, lines),
      firstDeployCommand: app.scripts?.postdeploy?.trim() || null,
      ...(app.cron && {
        cron: cronJobs(
          app.cron.map(({ command, schedule, concurrency_policy }) => ({
            command,
            schedule,
            overlap: concurrency_policy === 'forbid' ? ('skip' as const) : concurrency_policy,
          })),
        ),
      }),
      ...(app.addons && { addons: app.addons.map(addonOf) }),
    },
    lines,
  }
}

function isOfAnotherTool(text: string | undefined): boolean {
  try {
    const json: unknown = JSON.parse(text ?? '{')
    return (
      typeof json !== 'object' ||
      json === null ||
      'expo' in json ||
      !OURS.some((key) => key in json)
    )
  } catch {
    return false
  }
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

function variableOf(
  key: string,
  said: z.output<typeof Variable>,
  lines: string[],
): DeclaredVariable {
  if (typeof said === 'string')
    return { value: said, generate: null, required: false, description: null }
  const { value = null, generator, required, description } = said
  const generate = Generator.safeParse(generator).data ?? null
  if (generator && generate === null)
    lines.push(`env.${key}: the generator ${plainText(generator)} is not known`)
  return {
    value,
    generate,
    required,
    description: description ? plainText(description).slice(0, 500) : null,
  }
}

function processesOf(
  { formation = {} }: AppJson,
  lines: string[],
): Record<string, typeof NO_PROCESS_CONFIG> {
  return Object.fromEntries(
    Object.entries(formation).map(([name, { quantity, size }]) => {
      const megabytes = SIZES[size?.toLowerCase() ?? '']
      if (size && megabytes === undefined)
        lines.push(
          `formation.${name}.size ${plainText(size)} is not followed: set the memory yourself`,
        )
      const memoryBytes = megabytes === undefined ? null : megabytes * MEBIBYTE
      return [name, { ...NO_PROCESS_CONFIG, scale: quantity ?? null, memoryBytes }]
    }),
  )
}

function stackOf(
  { stack }: AppJson,
  { stacks }: Surroundings,
  lines: string[],
): string | undefined {
  if (stack === undefined || /^(heroku|cedar)-/.test(stack)) return undefined
  if (stacks.includes(stack)) return stack
  if (stack === 'container') return 'dockerfile'
  lines.push(`stack ${plainText(stack)} is not known: it is detected`)
  return undefined
}

/** Dokku's `predeploy` runs before the release command of a Procfile; here there is one of them. */
function releaseOf(
  { scripts }: AppJson,
  { hasReleaseLine }: Surroundings,
  lines: string[],
): { releaseCommand?: string } {
  if (scripts?.dokku?.postdeploy)
    lines.push('scripts.dokku.postdeploy is not run: use a release command')
  const before = (scripts?.dokku?.predeploy ?? scripts?.predeploy)?.trim()
  if (!before) return {}
  const name = scripts?.dokku?.predeploy ? 'scripts.dokku.predeploy' : 'scripts.predeploy'
  if (hasReleaseLine) {
    lines.push(`${name} is not run: the Procfile has a release line`)
    return {}
  }
  lines.push(`${name} runs as the release command; files that it writes are not in the image`)
  return { releaseCommand: before }
}

/** Of `web` alone, and of that what can be asked by HTTP before the switch. */
function healthOf(
  { healthchecks = {} }: AppJson,
  lines: string[],
): { healthPath?: string; healthTimeoutMs?: number } {
  for (const name of Object.keys(healthchecks))
    if (name !== 'web') lines.push(`healthchecks.${plainText(name)}: only web is asked`)
  const checks = healthchecks['web'] ?? []
  const asked = checks.find(isStartup) ?? checks.find(({ path }) => path !== undefined)
  for (const check of checks) if (check !== asked) lines.push(notAsked(check))
  if (!asked) return {}
  for (const key of ['command', 'content', 'uptime', 'httpHeaders'])
    if (asked[key] !== undefined) lines.push(`healthchecks.web: ${key} is not followed`)
  const path = HealthPath.safeParse(asked.path)
  if (asked.path !== undefined && !path.success)
    lines.push(`healthchecks.web: the path ${plainText(asked.path)} is not followed`)
  return {
    ...(path.success ? { healthPath: path.data } : {}),
    ...timeoutOf(asked),
  }
}

const isStartup = ({ type, path }: HealthCheck): boolean => type === 'startup' && path !== undefined

const notAsked = ({ type }: HealthCheck): string =>
  `healthchecks.web: the ${plainText(type)} check is not asked`

/** As long as Dokku would try. */
function timeoutOf(check: HealthCheck): { healthTimeoutMs?: number } {
  const { attempts, timeout, wait, initialDelay } = check
  if ([attempts, timeout, wait, initialDelay].every((said) => said === undefined)) return {}
  const each = (wait ?? WAIT_S) + (timeout ?? TIMEOUT_S)
  const seconds = (initialDelay ?? 0) + (attempts ?? ATTEMPTS) * each
  return { healthTimeoutMs: Math.min(900_000, Math.max(1_000, Math.round(seconds * 1_000))) }
}

function addonOf(said: z.output<typeof Addon>) {
  const { plan: text, as = null, options } = typeof said === 'string' ? { plan: said } : said
  const [kind = '', plan] = plainText(text).split(':', 2)
  const version = options?.version
  return {
    kind: kind.replace(/^heroku-/, '').slice(0, 60),
    plan: plan?.slice(0, 60) ?? null,
    version: version === undefined ? null : plainText(String(version)).slice(0, 40),
    as,
  }
}
