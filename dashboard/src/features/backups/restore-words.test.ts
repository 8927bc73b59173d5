import type { Restore } from '@vastrox/shared/backup.ts'
import { describe, expect, it } from 'vitest'
import { nameFor, sayEnd, stepsOf, waysFor } from '#features/backups/restore-words.ts'

const restore = (given: Partial<Restore>): Restore => ({
  id: 'r1',
  backupId: 'b1',
  subject: { type: 'addon', id: 'a1', name: 'shop-db' },
  how: 'switch',
  target: null,
  state: 'restoring',
  progress: 0.4,
  safetyBackupId: null,
  checks: [],
  reason: null,
  startedAt: '2026-11-26T12:00:00.000Z',
  endedAt: null,
  ...given,
})
const states = (given: Partial<Restore>): string[] =>
  stepsOf(restore(given)).map(({ step, state }) => `${step} ${state}`)

describe('the ways back', () => {
  it('offers the way that touches nothing first, and says what becomes of what is there', () => {
    const ways = waysFor({ type: 'addon', id: 'a1', name: 'shop-db' })

    expect(ways.map(({ how, isUsual }) => [how, isUsual])).toEqual([
      ['new', true],
      ['switch', false],
      ['in-place', false],
    ])
    expect(ways[1]?.lead).toContain('goes to the trash, whole, and waits there for 7 days')
    expect(ways[2]?.lead).toContain('A backup of what is there is made first')
  })

  it('offers single files of volumes, a deployment of apps, and nothing for the platform', () => {
    const of = (type: 'volume' | 'app' | 'platform') =>
      waysFor({ type, id: 'x', name: 'shop/uploads' }).map(({ how }) => how)

    expect(of('volume')).toEqual(['new', 'switch', 'in-place', 'files'])
    expect(of('app')).toEqual(['switch'])
    expect(of('platform')).toEqual([])
  })

  it('suggests a name that says of what day it is, and is one', () => {
    const at = '2026-11-26T12:00:00.000Z'
    expect(nameFor({ subject: { type: 'addon', id: '', name: 'shop-db' }, startedAt: at })).toBe(
      'shop-db-1126',
    )
    expect(
      nameFor({ subject: { type: 'volume', id: '', name: 'shop/uploads' }, startedAt: at }),
    ).toBe('uploads-1126')
    const long = nameFor({
      subject: { type: 'addon', id: '', name: 'a'.repeat(40) },
      startedAt: at,
    })
    expect(long.length).toBeLessThanOrEqual(40)
  })
})

describe('how far a restore is', () => {
  it('shows what is done, what is now and what is ahead', () => {
    expect(states({})).toEqual(['restoring now', 'checking ahead', 'switching ahead'])
    expect(states({ how: 'in-place', state: 'saving' })).toEqual([
      'saving now',
      'restoring ahead',
      'checking ahead',
    ])
    expect(states({ safetyBackupId: 'b9', state: 'checking' })).toEqual([
      'saving done',
      'restoring done',
      'checking now',
      'switching ahead',
    ])
    expect(states({ state: 'done' })).toEqual(['restoring done', 'checking done', 'switching done'])
    const volume = { type: 'volume' as const, id: 'v1', name: 'shop/uploads' }
    expect(states({ subject: volume, how: 'new', state: 'switching' }).at(-1)).toBe('switching now')
    expect(states({ subject: volume, how: 'files', state: 'restoring' })).toEqual([
      'restoring now',
      'checking ahead',
    ])
  })

  it('shows where it stopped', () => {
    const bad = { what: 'orders', expected: '12', found: '9', isGood: false }
    expect(states({ state: 'failed', checks: [bad] })).toEqual([
      'restoring done',
      'checking failed',
      'switching ahead',
    ])
    expect(states({ how: 'in-place', state: 'failed' })[0]).toBe('saving failed')
    expect(states({ how: 'in-place', state: 'failed', safetyBackupId: 'b9' })).toEqual([
      'saving done',
      'restoring failed',
      'checking ahead',
    ])
  })

  it('says at the end where it is, and what became of the rest', () => {
    expect(sayEnd(restore({ state: 'failed' }))).toContain('shop-db was not touched')
    expect(sayEnd(restore({ state: 'failed', how: 'in-place' }))).toContain('to go back to')
    expect(sayEnd(restore({ state: 'done', how: 'new', target: 'shop-db-1126' }))).toBe(
      'shop-db-1126 is there, beside shop-db.',
    )
  })
})
