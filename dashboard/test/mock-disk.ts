import type { AppDisk } from '@vastrox/shared/disk-use.ts'

const AT = '2026-11-26T11:00:00.000Z'
const GIGABYTE = 2 ** 30

const DISKS: readonly AppDisk[] = [
  {
    app: 'shop',
    allowanceBytes: 2 * GIGABYTE,
    use: {
      bytes: Math.round(2.2 * GIGABYTE),
      allowanceBytes: 2 * GIGABYTE,
      isOwn: true,
      hold: {
        since: AT,
        reason:
          'Its volumes hold 2.2 GB, and 2 GB are allowed: they can be read, and not written until there is less in them or more is allowed.',
      },
      measuredAt: AT,
    },
  },
  {
    app: 'blog',
    allowanceBytes: null,
    use: {
      bytes: 40_000_000,
      allowanceBytes: 18 * GIGABYTE,
      isOwn: false,
      hold: null,
      measuredAt: AT,
    },
  },
]

const ofApp = (name: string | undefined): AppDisk =>
  DISKS.find(({ app }) => app === name) ?? { app: name ?? '', allowanceBytes: null, use: null }

export const mockDisk = {
  'GET /disk-use': () => ({ items: DISKS, nextCursor: null }),
  'GET /apps/:/disk': ({ params }: { params: readonly string[] }) => ofApp(params[0]),
  'PATCH /apps/:/disk': ({ params }: { params: readonly string[] }) => ofApp(params[0]),
}
