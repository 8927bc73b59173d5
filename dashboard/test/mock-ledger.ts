import type { CleanUpPlan } from '@vastrox/shared/clean-up.ts'
import type { Ledger } from '@vastrox/shared/ledger.ts'
import type { TrashItem } from '@vastrox/shared/trash.ts'

const AT = '2026-11-26T11:00:00.000Z'
const GIB = 2 ** 30

const LEDGER: Ledger = {
  measuredAt: AT,
  disks: [
    {
      holds: 'data',
      bytes: 80 * GIB,
      availableBytes: 31 * GIB,
      oursBytes: 38 * GIB,
      othersBytes: 11 * GIB,
      deploymentFloorBytes: 8 * GIB,
      days: [],
      forecast: {
        state: 'filling',
        growthBytesPerDay: GIB / 2,
        lowAt: '2027-01-11T11:00:00.000Z',
        fullAt: '2027-01-27T11:00:00.000Z',
        days: 30,
        summary:
          'If it goes on as over the last 30 days, the disk is full in 2 months, on 2027-01-27.',
      },
    },
  ],
  lines: [
    {
      kind: 'app',
      name: 'shop',
      isInTrash: false,
      bytes: 19 * GIB,
      parts: { volumes: 14 * GIB, images: 4 * GIB, logs: GIB / 2, sources: GIB / 2 },
      sharedImageBytes: Math.round(GIB / 3),
      growthBytesPerDay: Math.round(GIB / 3),
    },
    {
      kind: 'platform',
      name: 'Vastrox',
      isInTrash: false,
      bytes: 15 * GIB,
      parts: { images: 4 * GIB, cache: 9 * GIB, other: 2 * GIB },
      sharedImageBytes: 0,
      growthBytesPerDay: null,
    },
    {
      kind: 'app',
      name: 'old-blog',
      isInTrash: true,
      bytes: 4 * GIB,
      parts: { uploads: 3 * GIB, images: GIB },
      sharedImageBytes: Math.round(GIB / 3),
      growthBytesPerDay: 0,
    },
  ],
  othersImageBytes: 2 * GIB,
  othersCacheBytes: 0,
  missing: [],
}

const PLAN: CleanUpPlan = {
  id: 'd1f0c0ffee5a1ad5d1f0c0ff',
  removals: [
    {
      kind: 'image',
      id: 'sha256:1',
      app: 'shop',
      what: 'release v3',
      why: '10 newer releases can be rolled back to',
      sizeBytes: 320_000_000,
      at: '2026-11-02T11:00:00.000Z',
    },
    {
      kind: 'build-cache',
      id: 'abcdefgh',
      app: null,
      what: 'mount / from exec /bin/sh -c npm ci',
      why: 'no build has used it for a day; the next one that needs it does it again',
      sizeBytes: 1_400_000_000,
      at: '2026-11-20T11:00:00.000Z',
    },
  ],
  freedBytes: 1_720_000_000,
  more: 0,
  kept: ['the images of the newest 10 releases of every app', 'volumes, databases and backups'],
}

const TRASH: readonly TrashItem[] = [
  {
    kind: 'volume',
    id: '01hvolume00000000000000001',
    name: 'uploads',
    app: 'shop',
    sizeBytes: 2 * GIB,
    destroyedAt: '2026-11-24T11:00:00.000Z',
    purgeableAt: '2026-12-01T11:00:00.000Z',
    isPurging: false,
  },
  {
    kind: 'app',
    id: '01happ00000000000000000001',
    name: 'old-blog',
    app: null,
    sizeBytes: 4 * GIB,
    destroyedAt: '2026-11-01T11:00:00.000Z',
    purgeableAt: '2026-11-08T11:00:00.000Z',
    isPurging: false,
  },
]

export const mockLedger = {
  'GET /disk': () => LEDGER,
  'GET /disk/clean-up': () => PLAN,
  'POST /disk/clean-up': () => ({ removed: 2, left: 0, freedBytes: 1_720_000_000 }),
  'GET /trash': () => ({ items: TRASH, nextCursor: null }),
}
