import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

/** By name, among those of the actor's team. Throws ADDON_NOT_FOUND. */
export const createAddonFinder = (addons: AddonStore) => ({
  find(actor: Actor, name: string): AddonRecord {
    mustBeAble(actor, 'addon.read')
    const addon = addons.findByName(actor, name)
    if (!addon) throw new CodedError('ADDON_NOT_FOUND', { name })
    return addon
  },
})
export type AddonFinder = ReturnType<typeof createAddonFinder>
