import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { TIME_BUCKETS } from '#ports/edge-histogram.ts'
import type { EdgeReport } from '#ports/routing-snapshot.ts'
import { int, list, record, string } from './read-values.ts'

const NAME = /^edge-left-[a-z0-9-]{1,64}\.json$/
const MOST_FILES = 32
const MOST_BYTES = 32 * 2 ** 20

/** What a worker that ends has counted and nobody has taken, for a later one to send as it is. */
export async function leaveReports(
  directory: string,
  source: string,
  reports: readonly EdgeReport[],
): Promise<void> {
  if (reports.length === 0) return
  await writeAtomically(join(directory, `edge-left-${source}.json`), JSON.stringify(reports))
}

/** Each file with what it holds; one that cannot be read is removed and told of. */
export async function findLeft(
  directory: string,
  known: ReadonlySet<string>,
  onProblem: (line: string) => void,
): Promise<{ path: string; reports: EdgeReport[] }[]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => NAME.test(name))
  const found = []
  for (const name of names.toSorted().slice(0, MOST_FILES)) {
    const path = join(directory, name)
    if (known.has(path)) continue
    try {
      if ((await stat(path)).size > MOST_BYTES) throw new Error('it is too large')
      const reports = list(JSON.parse(await readFile(path, 'utf8')), 'reports', readReport)
      if (!reports.every(isTakeable)) throw new Error('no daemon would take it')
      found.push({ path, reports })
    } catch (error) {
      onProblem(`counts that a worker has left are lost: ${path}: ${String(error)}`)
      await rm(path, { force: true })
    }
  }
  return found
}

const MOST_COUNTS = 1_000
const MOST_SOURCE = 64
const CLASSES = 5

/** As EdgeReport has it: one that the daemon refuses would cost the connection, and be sent again for ever. */
const isTakeable = ({ source, number, counts }: EdgeReport): boolean =>
  source.length <= MOST_SOURCE &&
  number > 0 &&
  counts.length <= MOST_COUNTS &&
  counts.every(
    ({ statuses, times }) => statuses.length === CLASSES && times.length <= 2 * TIME_BUCKETS,
  )

function readReport(value: unknown): EdgeReport {
  const report = record(value, 'report')
  return {
    source: string(report['source'], 'source'),
    number: int(report['number'], 'number'),
    fromMs: int(report['fromMs'], 'fromMs'),
    toMs: int(report['toMs'], 'toMs'),
    counts: list(report['counts'], 'counts', (entry) => {
      const counts = record(entry, 'counts')
      return {
        app: string(counts['app'], 'app'),
        route: string(counts['route'], 'route'),
        release: int(counts['release'], 'release'),
        requests: int(counts['requests'], 'requests'),
        statuses: list(counts['statuses'], 'statuses', int),
        bytesIn: int(counts['bytesIn'], 'bytesIn'),
        bytesOut: int(counts['bytesOut'], 'bytesOut'),
        times: list(counts['times'], 'times', int),
      }
    }),
    webSockets: Object.fromEntries(
      Object.entries(record(report['webSockets'], 'webSockets')).map(([app, open]) => [
        app,
        int(open, 'open'),
      ]),
    ),
  }
}
