import { z } from 'zod'
import { HealthPath } from './app.ts'
import { CronJob, ProcessConfig } from './app-config.ts'
import { BuildSettings } from './build-settings.ts'
import { CronSchedule } from './cron-schedule.ts'
import { EnvKey, EnvValue } from './env.ts'
import { ProcessName } from './process.ts'
import { MountPath, VolumeName } from './volume.ts'

const BYTES: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }
const MILLISECONDS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** "512MB", "1.5 GB" → bytes; a kilobyte has 1,024. */
const Size = z
  .string()
  .regex(/^[0-9]{1,6}(\.[0-9]{1,3})? ?[KMGT]B$/, 'Write a size such as "512MB" or "1GB".')
  .transform((text) => Math.round(Number.parseFloat(text) * (BYTES[text.at(-2) ?? ''] ?? 1)))

/** "30s", "500ms", "5m", "2h" → milliseconds. */
const Duration = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,3})? ?(ms|s|m|h)$/, 'Write a time such as "30s" or "5m".')
  .transform((text) =>
    Math.round(Number.parseFloat(text) * (MILLISECONDS[text.replace(/^[0-9. ]+/, '')] ?? 1)),
  )

const Memory = Size.pipe(
  ProcessConfig.shape.memoryBytes.unwrap().meta({ description: '32MB to 1TB' }),
)
const Command = z
  .string()
  .min(1)
  .max(8_192)
  .refine((text) => !/[\0\r\n]/.test(text), 'A command is one line.')

const Variable = z.union([
  EnvValue,
  z.strictObject({
    value: EnvValue.optional().describe('Stored when the variable is not set.'),
    generator: z
      .enum(['secret', 'hex', 'base64', 'password', 'uuid'])
      .optional()
      .describe('A random value, made and stored when the variable is not set.'),
    required: z
      .boolean()
      .default(true)
      .describe('Without a value the deployment fails before the build.'),
    description: z.string().max(500).optional(),
  }),
])

const Process = z.strictObject({
  command: Command.optional().describe('In place of the Procfile and of what the stack starts.'),
  scale: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Instances at the first deployment; afterwards what you say.'),
  memory: Memory.optional().describe('The most memory of one instance: "512MB".'),
  cpu: z.number().min(0).max(256).optional().describe('Cores of one instance; 0 is no limit.'),
  stopGrace: Duration.pipe(z.int().max(600_000))
    .optional()
    .describe('Between SIGTERM and SIGKILL: "30s".'),
  exclusive: z.boolean().optional().describe('Never two instances at a time.'),
})

const Job = z.strictObject({
  name: CronJob.shape.name.optional(),
  schedule: CronSchedule.describe('minute hour day month weekday, or @daily'),
  command: Command,
  timeZone: z
    .string()
    .max(60)
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'Use a name such as Europe/Berlin.')
    .optional(),
  overlap: CronJob.shape.overlap
    .default('skip')
    .describe('When the run before has not ended: leave this one out, run beside it, or end it.'),
  timeout: Duration.pipe(z.int().min(1_000).max(86_400_000)).optional(),
  memory: Memory.optional(),
})

const Volume = z.union([
  MountPath,
  z.strictObject({
    path: MountPath,
    processes: z.array(ProcessName).max(50).optional(),
    exclusive: z.boolean().default(false).describe('One instance at a time may hold it (SQLite).'),
  }),
])

/** vastrox.json, as people write it. */
export const VastroxFile = z.strictObject({
  $schema: z.string().max(500).optional(),
  build: z
    .strictObject(BuildSettings.shape)
    .partial()
    .optional()
    .describe('How it becomes an image.'),
  env: z.record(EnvKey, Variable).optional().describe('Env variables that the app wants.'),
  processes: z.record(ProcessName, Process).optional(),
  release: Command.optional().describe('Run in the new image before it goes live.'),
  healthPath: HealthPath.optional().describe('Asked before the switch; 2xx and 3xx are healthy.'),
  healthTimeout: Duration.pipe(z.int().min(1_000).max(900_000)).optional(),
  cron: z.array(Job).max(50).optional().describe('Commands that run at certain times.'),
  volumes: z.record(VolumeName, Volume).optional().describe('Directories that outlive instances.'),
})
export type VastroxFile = z.infer<typeof VastroxFile>

/** Its JSON Schema, for editors. */
export const vastroxFileSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(VastroxFile, { io: 'input', unrepresentable: 'any' }),
  title: 'vastrox.json',
  description: 'How an app is built and run by Vastrox.',
})
