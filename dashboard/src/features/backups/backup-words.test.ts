import { describe, expect, it } from 'vitest'
import { sayChecks, sayDrill, sayProof, standingOf } from '#features/backups/backup-words.ts'

const NOW = new Date('2026-11-26T15:00:00.000Z')
const drill = (state: 'proven' | 'failed' | 'skipped' | 'running') => ({
  state,
  endedAt: state === 'running' ? null : '2026-11-26T12:00:00.000Z',
  durationMs: state === 'running' ? null : 41_000,
  reason: null,
})

describe('what is said of a backup', () => {
  it('calls only what was restored proven, and what could not be restored bad', () => {
    expect(standingOf({ state: 'done', drill: null })).toEqual({ label: 'Stored', tone: 'idle' })
    expect(standingOf({ state: 'done', drill: drill('proven') }).tone).toBe('good')
    expect(standingOf({ state: 'done', drill: drill('failed') }).tone).toBe('bad')
    expect(standingOf({ state: 'failed', drill: null }).tone).toBe('bad')
    expect(standingOf({ state: 'done', drill: drill('proven'), damage: 'a byte' })).toEqual({
      label: 'Damaged',
      tone: 'bad',
    })
  })

  it.each([
    [drill('proven'), 'Proven restorable 3 h ago, in 41 s'],
    [drill('failed'), 'The drill failed 3 h ago'],
    [drill('skipped'), 'The drill was put off 3 h ago'],
    [drill('running'), 'Is being restored for proof'],
    [null, 'Not restored for proof yet'],
  ])('says of its drill %#: %s', (given, said) => {
    expect(sayDrill(given, NOW)).toBe(said)
  })

  it('says in a badge what counts most', () => {
    const proof = { lastBackupAt: null, provenAt: null, provenInMs: null, failure: null }
    const at = '2026-11-26T12:00:00.000Z'

    expect(sayProof(proof, NOW).label).toBe('No backup')
    expect(sayProof({ ...proof, lastBackupAt: at }, NOW).label).toBe('Not proven yet')
    expect(sayProof({ ...proof, provenAt: at, provenInMs: 41_000 }, NOW)).toEqual({
      label: 'Proven 3 h ago, in 41 s',
      tone: 'good',
    })
    expect(sayProof({ ...proof, provenAt: at, failure: 'rows are missing' }, NOW).tone).toBe('bad')
  })

  it('sums up checks', () => {
    const check = { what: 'orders', expected: '2', found: '2', isGood: true }
    expect(sayChecks([])).toBe('Nothing was looked at.')
    expect(sayChecks([check])).toBe('1 check, all good')
    expect(sayChecks([check, { ...check, isGood: false }])).toBe('2 checks, 1 not as expected')
  })
})
