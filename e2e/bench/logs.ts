import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const PROGRAM = join(import.meta.dirname, '../../daemon/test/bench-logs.ts')
const TIMEOUT_MS = 1_800_000

const Search = z.object({ ms: z.number(), found: z.number(), memoryMb: z.number() })
const Result = z.object({
  ingest: z.looseObject({
    lines: z.number(),
    kept: z.number(),
    otherAppsDelayMs: z.object({ median: z.number(), most: z.number() }),
    memoryMb: z.object({ before: z.number(), most: z.number() }),
  }),
  search: z.looseObject({ printedMb: z.number(), results: z.record(z.string(), Search) }),
})

const SEARCH_GOAL_MS = 2_000
const DELAY_GOAL_MS = 1_000
/** With what waits and what is just being compressed; it does not grow with the minute. */
const MEMORY_GOAL_MB = 400

/** `pnpm bench logs [megabytes] [seconds]`: 50,000 lines a second of one app, and searches of a gigabyte. */
export async function benchLogs(args: readonly string[]) {
  const result = await run(
    `/${process.execPath.slice(1)}`,
    [PROGRAM, ...args.filter((arg) => /^\d+$/.test(arg))],
    { env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: TIMEOUT_MS },
  )
  if (result.exitCode !== 0) throw new Error(result.stderr)
  const line = result.stdout.toString().trim().split('\n').at(-1) ?? ''
  const found = Result.parse(JSON.parse(line))
  const { ingest, search } = found
  const ok =
    ingest.kept === ingest.lines &&
    ingest.otherAppsDelayMs.most <= DELAY_GOAL_MS &&
    ingest.memoryMb.most <= MEMORY_GOAL_MB &&
    Object.values(search.results).every(({ ms }) => ms <= SEARCH_GOAL_MS)
  return { ...found, ok }
}
