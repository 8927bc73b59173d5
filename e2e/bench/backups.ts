import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const PROGRAM = join(import.meta.dirname, '../../agent/test/bench-backups.ts')
const TIMEOUT_MS = 3_600_000

const Turns = z.object({
  oursMs: z.number(),
  byHandMs: z.number(),
  ratio: z.number(),
  times: z.object({ ours: z.array(z.number()), byHand: z.array(z.number()) }),
})
const Result = z.object({
  weight: z.string(),
  filesMib: z.number(),
  rowsMib: z.number(),
  rounds: z.number(),
  files: Turns,
  rows: Turns,
})

/** Of the speed of the same tools by hand. */
const FILES_GOAL = 0.95
const ROWS_GOAL = 0.9

/** Files of a volume and a dump of PostgreSQL, by an agent of the sources, beside restic by hand. */
export async function benchBackups(args: readonly string[]) {
  const result = await run(
    `/${process.execPath.slice(1)}`,
    [PROGRAM, ...args.filter((arg) => /^\d+$/.test(arg))],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        VASTROX_BACKUPS_WEIGHT: process.env['VASTROX_BACKUPS_WEIGHT'] ?? 'low',
      },
      timeoutMs: TIMEOUT_MS,
    },
  )
  if (result.exitCode !== 0) throw new Error(result.stderr)
  const line = result.stdout.toString().trim().split('\n').at(-1) ?? ''
  const found = Result.parse(JSON.parse(line))
  return { ...found, ok: found.files.ratio >= FILES_GOAL && found.rows.ratio >= ROWS_GOAL }
}
