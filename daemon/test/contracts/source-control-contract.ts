import { describe, expect, it } from 'vitest'
import type { SourceControl } from '#ports/source-control.ts'

interface Opened {
  control: SourceControl
  appId: string
  /** Three commits that the repository has. */
  shas: [string, string, string]
}

/** Every source control, real or fake, keeps refs like this. */
export function describeSourceControl(name: string, open: () => Promise<Opened>): void {
  const MAIN = 'refs/heads/main'

  describe(`${name} as source control`, () => {
    it('moves a ref by compare-and-swap, and says when it was another', async () => {
      const { control, appId, shas } = await open()
      const [one, two, three] = shas

      expect(await control.readRef(appId, MAIN)).toBeUndefined()
      expect(await control.moveRef(appId, MAIN, one, two)).toBe(false)
      expect(await control.moveRef(appId, MAIN, one, undefined)).toBe(true)
      expect(await control.moveRef(appId, MAIN, two, undefined)).toBe(false)
      expect(await control.moveRef(appId, MAIN, two, three)).toBe(false)
      expect(await control.readRef(appId, MAIN)).toBe(one)
      expect(await control.moveRef(appId, MAIN, two, one)).toBe(true)
      expect(await control.readRef(appId, MAIN)).toBe(two)
    })

    it('deletes a ref by compare-and-swap', async () => {
      const { control, appId, shas } = await open()
      const [one, two] = shas
      await control.moveRef(appId, MAIN, one, undefined)

      expect(await control.moveRef(appId, MAIN, undefined, two)).toBe(false)
      expect(await control.moveRef(appId, MAIN, undefined, one)).toBe(true)
      expect(await control.readRef(appId, MAIN)).toBeUndefined()
    })

    it('lists what is under a prefix, and takes no name for another', async () => {
      const { control, appId, shas } = await open()
      const [one, two] = shas
      await control.moveRef(appId, 'refs/vastrox/deployments/a', one, undefined)
      await control.moveRef(appId, 'refs/vastrox/deployments/b', two, undefined)
      await control.moveRef(appId, 'refs/vastrox/deployments-old/c', two, undefined)

      expect(await control.listRefs(appId, 'refs/vastrox/deployments/')).toEqual([
        { ref: 'refs/vastrox/deployments/a', sha: one },
        { ref: 'refs/vastrox/deployments/b', sha: two },
      ])
      expect(await control.readRef(appId, 'refs/vastrox/deployments')).toBeUndefined()
    })
  })
}
