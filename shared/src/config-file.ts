import { z } from 'zod'
import { EnvKey, EnvValue } from './env.ts'

/** Of the file: raised when a key changes its meaning or goes. */
export const CONFIG_VERSION = 1
/** Of its text, in characters. */
export const MAX_CONFIG_TEXT = 2 ** 19

export const PlanConfig = z.strictObject({
  /** The file: YAML, which JSON is too. */
  text: z.string().min(1).max(MAX_CONFIG_TEXT),
  /** What `${NAME}` in it stands for. */
  values: z.record(EnvKey, EnvValue).default({}),
  /** What the file does not name is removed, or as usual again; never what holds data. */
  prune: z.boolean().default(false),
})
export type PlanConfig = z.infer<typeof PlanConfig>

/** `digest`: of the plan that was looked at; where another one would be made now, nothing is done. */
export const ApplyConfig = PlanConfig.extend({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
}).meta({
  examples: [
    {
      text: 'vastrox: 1\napps:\n  blog:\n    settings:\n      memory: 512MB\n',
      digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
  ],
})
export type ApplyConfig = z.infer<typeof ApplyConfig>

/** What of one thing differs: as text; null where there is nothing. Secrets are never in it. */
export const ConfigFieldChange = z.object({
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type ConfigFieldChange = z.infer<typeof ConfigFieldChange>

export const ConfigChange = z.object({
  action: z.enum(['create', 'change', 'remove']),
  /** null: of the team or the platform. */
  app: z.string().nullable(),
  /** As the file calls it: `domains`. */
  section: z.string(),
  /** null where there is only one of it. */
  name: z.string().nullable(),
  fields: z.array(ConfigFieldChange).max(200),
})
export type ConfigChange = z.infer<typeof ConfigChange>

/** What is wrong with the file, and where: counted from 1. */
export const ConfigProblem = z.object({
  message: z.string(),
  line: z.int(),
  column: z.int(),
})
export type ConfigProblem = z.infer<typeof ConfigProblem>

export const ConfigPlan = z.object({
  digest: z.string(),
  /** In the order in which they would be done. Empty: there is nothing to change. */
  changes: z.array(ConfigChange).max(10_000),
  /** What stays as it is although the file differs, and why. */
  notes: z.array(z.string()).max(1_000),
  /** Why it cannot be done. Empty: it can. */
  problems: z.array(ConfigProblem).max(100),
})
export type ConfigPlan = z.infer<typeof ConfigPlan>

export const AppliedConfig = z.object({
  changes: z.array(ConfigChange).max(10_000),
  notes: z.array(z.string()).max(1_000),
  /** Deployments that were asked for by it: `shop #12`. */
  deployments: z.array(z.string()).max(1_000),
})
export type AppliedConfig = z.infer<typeof AppliedConfig>

export const ConfigQuery = z.object({
  /** Only this one; every app and all besides where it is left out. */
  app: z.string().max(40).optional(),
})
export type ConfigQuery = z.infer<typeof ConfigQuery>

export const ExportedConfig = z.object({ text: z.string() })
