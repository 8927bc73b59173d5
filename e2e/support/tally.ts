import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'

/** What vitest's JSON reporter says of a run, as far as it matters here. */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      status: z.string(),
      name: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
})

interface Tally {
  passed: number
  failed: number
  /** Tests that failed and then passed, a line each: they are counted as passed, and are to be mended. */
  unsteady: string[]
}

/**
 * Adds up what test.sh has left in a directory: `<tier>.json` of vitest, and `<name>.passed` or
 * `<name>.failed` of everything else. A file that could not be loaded and a test that was skipped
 * count as failed.
 */
export function tally(directory: string): Tally {
  const sum: Tally = { passed: 0, failed: 0, unsteady: [] }
  for (const file of readdirSync(directory)) {
    if (file.endsWith('.passed')) sum.passed += 1
    if (file.endsWith('.failed')) sum.failed += 1
    if (!file.endsWith('.json')) continue
    const report = Report.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')))
    const unloaded = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    sum.passed += report.numPassedTests
    sum.failed += report.numFailedTests + report.numPendingTests + unloaded.length
    sum.unsteady.push(...report.testResults.flatMap(unsteadyOf))
  }
  return sum
}

type FileResult = z.infer<typeof Report>['testResults'][number]

/** Vitest keeps what a first try failed of, also where the second passed. */
const unsteadyOf = ({ name, assertionResults }: FileResult): string[] =>
  assertionResults
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map(
      ({ fullName, failureMessages: [why = ''] }) =>
        `${basename(name)}: ${fullName} (${why.split('\n')[0]})`,
    )

if (import.meta.main) {
  const [directory = ''] = process.argv.slice(2)
  if (!existsSync(directory)) throw new Error(`${directory} is not there`)
  const { passed, failed, unsteady } = tally(directory)
  for (const each of unsteady) console.log(`Passed at the second try only: ${each}`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 && passed > 0 ? 0 : 1)
}
