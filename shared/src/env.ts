import { z } from 'zod'
import { Deployment } from './deployment.ts'

/** Rule C2. */
export const EnvKey = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'Use letters, digits and underscores, not beginning with a digit.',
  )

/** Opaque text: quotes, `$`, newlines and anything but NUL come back as they were given. */
export const EnvValue = z
  .string()
  .max(65_536)
  .refine((value) => !value.includes('\0'), 'A value cannot hold a NUL byte.')

/** Who gets it: what runs, the build alone (as a BuildKit secret), or both. */
export const EnvPhase = z.enum(['runtime', 'build', 'both'])
export type EnvPhase = z.infer<typeof EnvPhase>

/** How a value is made that nobody can guess. */
export const EnvGenerator = z.enum(['hex', 'base64', 'password', 'uuid'])
export type EnvGenerator = z.infer<typeof EnvGenerator>

/** One variable as the API shows it: the value only where the caller may reveal it. */
export const EnvVariable = z.object({
  key: z.string(),
  value: z.string().nullable(),
  changedAt: z.iso.datetime(),
  phase: EnvPhase,
  /** True: nobody is shown the value any more, it can only be replaced. */
  neverReveal: z.boolean(),
  /** True: `${{ … }}` in the value stands for other values, which each release puts in. */
  isReference: z.boolean(),
  /** The shared group that it comes from; null for one of the app's own. */
  group: z.string().nullable(),
  /** The add-on that gives it; nothing for others. */
  addon: z.string().optional(),
  /** True where another variable of that name goes over it. */
  isOverridden: z.boolean(),
})
export type EnvVariable = z.infer<typeof EnvVariable>

/** What is said of a variable besides a plain value; what is left out stays as it is. */
export const SetVariable = z.strictObject({
  value: z.string().optional(),
  /** Makes the value; 32 random bytes, a password of 24 letters and digits, or a UUID. */
  generate: EnvGenerator.optional(),
  phase: EnvPhase.optional(),
  neverReveal: z.boolean().optional(),
  isReference: z.boolean().optional(),
})
export type SetVariable = z.infer<typeof SetVariable>

/** A value, null to unset, or more than a value. The service says what is wrong with a key or value. */
export const VariableWish = z.union([z.string(), z.null(), SetVariable])
export type VariableWish = z.infer<typeof VariableWish>

/** Sets the named variables, unsets those that are null; the others stay. */
export const ChangeEnv = z.object({ set: z.record(z.string(), VariableWish) })
export type ChangeEnv = z.infer<typeof ChangeEnv>

/** The text of a .env file. */
export const ImportEnv = z.object({ text: z.string().max(2_000_000) })
export type ImportEnv = z.infer<typeof ImportEnv>

/** What a change led to: null when nothing was changed, or nothing is live that could be deployed. */
export const EnvChanged = z.object({ deployment: Deployment.nullable() })
export type EnvChanged = z.infer<typeof EnvChanged>

export const EnvImported = EnvChanged.extend({
  keys: z.array(z.string()),
  /** One line each about what was odd in the text. */
  warnings: z.array(z.string()),
})
export type EnvImported = z.infer<typeof EnvImported>

/** One change of the variables of an app or of a group: names only. */
export const EnvChange = z.object({
  number: z.int().positive(),
  at: z.iso.datetime(),
  actor: z.string(),
  set: z.array(z.string()),
  unset: z.array(z.string()),
  /** Changed in who gets them or whether they are shown, not in value. */
  marked: z.array(z.string()),
  /** The change whose variables were brought back by this one. */
  restored: z.int().nullable(),
})
export type EnvChange = z.infer<typeof EnvChange>

/** What differs between the env of two releases: names only. */
export const EnvDifference = z.object({
  release: z.int().positive(),
  /** null: there is none before it. */
  before: z.int().positive().nullable(),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  /** null where the values of one of the two are no longer kept. */
  changed: z.array(z.string()).nullable(),
})
export type EnvDifference = z.infer<typeof EnvDifference>

/** Variables that several apps of a team share. */
export const EnvGroupName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Use 1 to 40 lower-case letters, digits or hyphens.')

export const EnvGroup = z.object({
  name: z.string(),
  variables: z.array(EnvVariable),
  /** Names of the apps that it is attached to. */
  apps: z.array(z.string()),
  createdAt: z.iso.datetime(),
})
export type EnvGroup = z.infer<typeof EnvGroup>

export const CreateEnvGroup = z.object({
  name: EnvGroupName,
  set: ChangeEnv.shape.set.default({}),
})
export type CreateEnvGroup = z.infer<typeof CreateEnvGroup>

/** The groups of an app: a later one goes over an earlier one, the app's own variables over all. */
export const AppEnvGroups = z.object({ groups: z.array(z.string()).max(20) })
export type AppEnvGroups = z.infer<typeof AppEnvGroups>

/** What a change of a group led to, in every app that it is attached to and that is live. */
export const EnvGroupChanged = z.object({ deployments: z.array(Deployment) })
export type EnvGroupChanged = z.infer<typeof EnvGroupChanged>
