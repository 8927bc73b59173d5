import { expect, it } from 'vitest'
import { PlatformManifest } from './platform-backup.ts'

const manifest = (volumeId: string, addonId: string) => ({
  format: 1,
  backupId: 'backup0001',
  takenAt: '2026-11-26T12:00:00.000Z',
  version: '1.0.0',
  instance: 'a1b2c3',
  incarnation: 'a1b2c3d4e5f6',
  publicAddress: '203.0.113.7',
  baseDomain: 'example.com',
  apps: [],
  volumes: [{ id: volumeId, ownerId: 'app00001', name: 'shop/uploads' }],
  addons: [{ id: addonId, name: 'db', kind: 'redis', version: '8.0', volumeId: null }],
})

it('has no id that would lead root out of the data directory', () => {
  expect(PlatformManifest.safeParse(manifest('volume01', 'addon001')).success).toBe(true)
  for (const id of ['../../etc', '..', 'a/b', '', '.restore'])
    for (const bad of [manifest(id, 'addon001'), manifest('volume01', id)])
      expect(PlatformManifest.safeParse(bad).success).toBe(false)
})
