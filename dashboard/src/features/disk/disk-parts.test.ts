import type { Ledger, LedgerDisk, LedgerLine } from '@vastrox/shared/ledger.ts'
import { expect, it } from 'vitest'
import { sayGrowth, sayParts, segmentsOf } from '#features/disk/disk-parts.ts'

const GIB = 2 ** 30

const line = (parts: LedgerLine['parts']): LedgerLine => ({
  kind: 'app',
  name: 'shop',
  isInTrash: false,
  bytes: 0,
  parts,
  sharedImageBytes: 0,
  growthBytesPerDay: null,
})

const disk: LedgerDisk = {
  holds: 'data',
  bytes: 100 * GIB,
  availableBytes: 60 * GIB,
  oursBytes: 30 * GIB,
  othersBytes: 10 * GIB,
  deploymentFloorBytes: 10 * GIB,
  days: [],
  forecast: {
    state: 'unknown',
    growthBytesPerDay: null,
    lowAt: null,
    fullAt: null,
    days: 0,
    summary: '',
  },
}

it('draws what is ours by what it is for, one behind the other, and others last', () => {
  const ledger: Ledger = {
    measuredAt: '2026-11-26T11:00:00.000Z',
    disks: [disk],
    lines: [line({ volumes: 20 * GIB, logs: 1 }), line({ volumes: 5 * GIB, images: 5 * GIB })],
    othersImageBytes: 0,
    othersCacheBytes: 0,
    missing: [],
  }

  expect(
    segmentsOf(ledger, disk).map(({ name, from, bytes }) => [name, from / GIB, bytes / GIB]),
  ).toEqual([
    ['Volumes and databases', 0, 25],
    ['Images', 25, 5],
    ['Others', 30, 10],
  ])
})

it('says the largest parts of a line, and how it grows', () => {
  expect(sayParts(line({ logs: 1024, images: 2 * GIB, volumes: 3 * GIB, sources: 2 }))).toBe(
    'volumes and databases 3 GB, images 2 GB, logs 1 KB',
  )
  expect([null, 10, GIB, -GIB].map(sayGrowth)).toEqual(['', 'steady', '+1 GB a day', '−1 GB a day'])
})
