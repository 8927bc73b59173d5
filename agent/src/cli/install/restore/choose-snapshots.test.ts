import { describe, expect, it } from 'vitest'
import type { Snapshot } from '#agent/backups/platform-restic.ts'
import { choosePlatform, newestOf } from '#agent/cli/install/restore/choose-snapshots.ts'

const snapshot = (id: string, day: number, subject: string): Snapshot => ({
  id: id.repeat(8),
  time: `2026-11-0${day}T03:00:00Z`,
  host: 'abc123',
  tags: [`backup=${id}`, `subject=${subject}`],
})

const ALL = [
  snapshot('a1', 1, 'platform'),
  snapshot('b1', 1, 'volume:v1'),
  snapshot('a2', 2, 'platform:'),
  snapshot('b2', 2, 'volume:v1'),
  snapshot('c2', 2, 'volume:v11'),
  snapshot('a3', 3, 'platform'),
  snapshot('b3', 3, 'volume:v1'),
]

describe('which backup of the platform is restored', () => {
  it('is the newest, unless somebody names a point', () => {
    expect(choosePlatform(ALL, undefined).id).toBe('a3'.repeat(8))
    expect(choosePlatform(ALL, 'a1a1').id).toBe('a1'.repeat(8))
    expect(choosePlatform(ALL, '2026-11-02T12:00:00Z').id).toBe('a2'.repeat(8))
  })

  it('is said to be none, with those that there are', () => {
    expect(() => choosePlatform(ALL, '2020-01-01')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('a1a1a1a1') }),
    )
    expect(() => choosePlatform([], undefined)).toThrow('no backup of the platform')
    expect(() => choosePlatform([snapshot('b1', 1, 'volume:v1')], undefined)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('1 backups of other things') }),
    )
  })
})

describe('which backup of a volume is restored', () => {
  it('is the newest of exactly this volume, or of before the point', () => {
    expect(newestOf(ALL, 'volume:v1')?.id).toBe('b3'.repeat(8))
    expect(newestOf(ALL, 'volume:v1', Date.parse('2026-11-02T12:00:00Z'))?.id).toBe('b2'.repeat(8))
    expect(newestOf(ALL, 'volume:v')).toBeUndefined()
  })
})
