import type { AddonRecord } from '#store/addon-store.ts'

/** The row of a PostgreSQL that runs. */
export const addonRecord = (
  changes: Partial<AddonRecord> & Pick<AddonRecord, 'teamId'>,
): AddonRecord => ({
  id: 'addon1',
  node: 'local',
  name: 'shop-db',
  kind: 'postgresql',
  version: '17',
  serverId: 'server1',
  isThrowAway: false,
  state: 'running',
  reason: null,
  wanted: true,
  memoryBytes: 2 ** 28,
  cpuMillis: 500,
  generation: 1,
  volumeId: null,
  volumeMadeAt: null,
  rootSealed: Buffer.alloc(1),
  nextRootSealed: null,
  createdAt: '2026-11-22T12:00:00.000Z',
  destroyedAt: null,
  purgingAt: null,
  ...changes,
})
