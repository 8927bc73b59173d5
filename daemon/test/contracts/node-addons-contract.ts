import type { StartAddon } from '@vastrox/shared/agent-api-addons.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NodeAddons } from '#ports/node-addons.ts'

export interface OpenAddons {
  addons: NodeAddons
  close: () => Promise<void>
}

const coded = (code: string) => expect.objectContaining({ code })
const PREPARING_MS = 600_000

export const CACHE: StartAddon = {
  addonId: 'addon0contract',
  addonName: 'cache',
  generation: 1,
  image: { prepared: { stack: 'redis', version: '8.0' } },
  command: ['redis-server', '--maxmemory', '32mb'],
  env: { REDIS_PASSWORD: 'secret' },
  volume: { volumeId: 'volume0contract', mountPath: '/data', isNew: true },
  limits: { memoryBytes: 64 * 2 ** 20, cpuMillis: 0 },
  stopGraceMs: 10_000,
}

/** Everybody who runs add-ons, for real or not, passes these. */
export function describeNodeAddons(name: string, open: () => Promise<OpenAddons>): void {
  describe(`${name} as who runs add-ons`, () => {
    let opened: OpenAddons
    let addons: NodeAddons
    beforeAll(async () => {
      opened = await open()
      addons = opened.addons
      await addons.prepare(CACHE.image, () => {}, AbortSignal.timeout(PREPARING_MS))
    }, PREPARING_MS)
    afterAll(() => opened.close())

    it('starts one once, at an address that it keeps, and tells of it', async () => {
      const host = await addons.start(CACHE)
      const again = await addons.start({
        ...CACHE,
        volume: CACHE.volume && { ...CACHE.volume, isNew: false },
      })

      expect(again).toBe(host)
      expect(await addons.list()).toMatchObject([
        { addonId: CACHE.addonId, generation: 1, status: 'running', host },
      ])
    })

    it('runs a command in what runs, and in nothing else', async () => {
      const argv = ['true']

      const { exitCode } = await addons.exec({ addonId: CACHE.addonId, argv, timeoutMs: 20_000 })
      const nobody = addons.exec({ addonId: 'addon0nobody', argv, timeoutMs: 20_000 })

      expect(exitCode).toBe(0)
      await expect(nobody).rejects.toEqual(coded('ADDON_NOT_RUNNING'))
      const console = {
        argv,
        env: {},
        terminal: null,
        stdin: true,
        timeoutMs: 5_000,
        idleMs: 5_000,
      }
      await expect(
        addons.openExec({ addonId: 'addon0nobody', ...console }, AbortSignal.timeout(5_000)),
      ).rejects.toEqual(coded('ADDON_NOT_RUNNING'))
    })

    it('starts nothing of an image that is not there', async () => {
      const spec = { ...CACHE, addonId: 'addon0other', image: { reference: 'mongo:8' } }

      await expect(addons.start(spec)).rejects.toEqual(coded('IMAGE_NOT_FOUND'))
      expect(await addons.list()).toHaveLength(1)
    })

    it('stops all but the generation that stays, and removes what is there or not', async () => {
      await addons.stop(CACHE.addonId, 1, 1_000)
      expect(await addons.list()).toHaveLength(1)
      await addons.stop(CACHE.addonId, null, 10_000)
      expect(await addons.list()).toEqual([])
      await addons.remove(CACHE.addonId)
      await addons.remove(CACHE.addonId)
    })
  })
}
