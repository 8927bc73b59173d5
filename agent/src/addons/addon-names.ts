import { namePrefix } from '#agent/containers/names.ts'

/** The name that the daemon has written into its row before it asked (rules K2, K3). */
export const addonContainer = (instance: string, addonId: string, generation: number): string =>
  `${addonPlace(instance, addonId)}-${generation}`

/** Who has its addresses, in the address book: every generation has the same. */
export const addonPlace = (instance: string, addonId: string): string =>
  `${namePrefix(instance)}addon-${addonId}`

export const isAddonPlace = (instance: string, name: string): boolean =>
  name.startsWith(addonPlace(instance, ''))

/** What apps call it, each on its own bridge. */
export const addonHost = (addonName: string): string => `${addonName}.addons.internal`
