import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EdgeReport } from '#ports/routing-snapshot.ts'
import { findLeft, leaveReports } from './edge-left.ts'

describe('what a worker has left for a later one', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-left-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const reportOf = (changes: Partial<EdgeReport>): EdgeReport => ({
    source: 'w1',
    number: 1,
    fromMs: 0,
    toMs: 15_000,
    counts: [],
    webSockets: {},
    ...changes,
  })
  const COUNTS = {
    app: 'shop',
    route: 'r1',
    release: 1,
    requests: 1,
    statuses: [1, 0, 0, 0, 0],
    bytesIn: 0,
    bytesOut: 0,
    times: [3, 1],
  }

  it('is found again', async () => {
    const report = reportOf({ counts: [COUNTS] })
    await leaveReports(directory, 'w1', [report])

    const found = await findLeft(directory, new Set(), () => undefined)
    expect(found.map(({ reports }) => reports)).toEqual([[report]])
  })

  it('is told of and removed where no daemon would take it, and is not sent for ever', async () => {
    await leaveReports(directory, 'w1', [reportOf({ number: 0 })])
    await leaveReports(directory, 'w2', [reportOf({ counts: [{ ...COUNTS, statuses: [1] }] })])
    const problems: string[] = []

    expect(await findLeft(directory, new Set(), (line) => problems.push(line))).toEqual([])
    expect(problems).toHaveLength(2)
    expect(await readdir(directory)).toEqual([])
  })
})
