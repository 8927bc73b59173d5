import type { Run } from '@vastrox/shared/run.ts'
import { expect, it } from 'vitest'
import { sayWhy } from './run-state.ts'

const run = (change: Partial<Run>): Run => ({
  id: 'r1',
  number: 1,
  kind: 'job',
  state: 'failed',
  command: 'node clean.js',
  release: 3,
  jobId: 'j1',
  deployment: null,
  exitCode: 4,
  oomKilled: false,
  reason: null,
  actor: 'schedule',
  dueAt: null,
  startedAt: '2026-11-22T12:00:00.000Z',
  endedAt: '2026-11-22T12:00:03.000Z',
  ...change,
})

it('says why a run did not succeed, by its reason before its exit code', () => {
  expect(sayWhy(run({}))).toBe('exit code 4')
  expect(sayWhy(run({ exitCode: 137, reason: 'ran out of memory (limit 128 MB)' }))).toBe(
    'ran out of memory (limit 128 MB)',
  )
})

it('has nothing to add to one that succeeded', () => {
  expect(sayWhy(run({ state: 'succeeded', exitCode: 0 }))).toBeUndefined()
})
