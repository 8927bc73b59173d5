import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tally } from '#support/tally.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-tally-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const report = (passed: number, failed: number, skipped: number, unloaded = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    testResults: Array.from({ length: unloaded }, (_, at) => ({
      name: `${at}.test.ts`,
      status: 'failed',
      assertionResults: [],
    })),
  })

describe('the last line of test.sh', () => {
  it('adds up every tier', async () => {
    await writeFile(join(directory, 'plain.json'), report(10, 0, 0))
    await writeFile(join(directory, 'e2e.json'), report(5, 1, 0))
    await writeFile(join(directory, 'lint.passed'), '')
    await writeFile(join(directory, 'idle.failed'), '')
    await writeFile(join(directory, 'plain.log'), 'whatever')

    expect(tally(directory)).toEqual({ passed: 16, failed: 2, unsteady: [] })
  })

  it('takes a file that does not load and a test that was skipped for failures', async () => {
    await writeFile(join(directory, 'plain.json'), report(10, 0, 2, 1))

    expect(tally(directory)).toEqual({ passed: 10, failed: 3, unsteady: [] })
  })

  it('names what passed at the second try only, and what it had failed of', async () => {
    const one = (status: string, failureMessages: string[]) => ({
      status,
      fullName: 'a gate stands',
      failureMessages,
    })
    await writeFile(
      join(directory, 'plain.json'),
      JSON.stringify({
        numPassedTests: 2,
        numFailedTests: 1,
        numPendingTests: 0,
        testResults: [
          {
            name: '/here/gate.test.ts',
            status: 'failed',
            assertionResults: [
              one('passed', []),
              one('passed', ['Error: late\n    at gate.test.ts']),
              one('failed', ['Error: broken', 'Error: broken']),
            ],
          },
        ],
      }),
    )

    expect(tally(directory)).toEqual({
      passed: 2,
      failed: 1,
      unsteady: ['gate.test.ts: a gate stands (Error: late)'],
    })
  })
})
