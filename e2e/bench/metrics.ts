import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'

const FOLDER = resolve(import.meta.dirname, '../../daemon/test/bench')
const LIMIT_MS = 4 * 3_600_000
/** Issue 9. */
const CHART_GOAL_MS = 50
/** Decision 206; it is kept within its bound by what is too old being removed. */
const FILE_GOAL_MB_AN_APP = 5
/** Opening the database is all that the start of the daemon has of it. */
const OPEN_GOAL_MS = 100

interface Result {
  apps: number
  slowestChartMs: number
  openMs: number
  fileMb: number
}

const program = async (name: string, args: readonly string[]): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, [`${FOLDER}/${name}`, ...args], {
      timeout: LIMIT_MS,
    })
  ).stdout

/**
 * `pnpm bench metrics [days] [apps] [--whole] [--keep FILE | --charts FILE]`: simulated days of apps, how
 * large their measurements get and how long charts take. `--keep` leaves them in FILE, `--charts` measures
 * the charts of one that was kept; `--whole` lives through all days, where else copies stand for all but
 * the last (metrics-month.ts).
 */
export async function benchMetrics(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      whole: { type: 'boolean' },
      keep: { type: 'string' },
      charts: { type: 'string' },
    },
  })
  const [days = '30', apps = '100'] = positionals
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-bench-metrics-'))
  const file = values.charts ?? values.keep ?? join(folder, 'metrics.sqlite')
  try {
    if (values.charts === undefined)
      await program('metrics-month.ts', [file, days, apps, ...(values.whole ? ['--whole'] : [])])
    const result: Result & Record<string, unknown> = JSON.parse(
      await program('metrics-charts.ts', [file]),
    )
    const ok =
      result.slowestChartMs <= CHART_GOAL_MS &&
      result.openMs <= OPEN_GOAL_MS &&
      result.fileMb <= FILE_GOAL_MB_AN_APP * result.apps
    return { ...result, ok }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
