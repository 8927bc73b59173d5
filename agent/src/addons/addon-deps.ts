import type { Notices } from '#agent/containers/notices.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { Firewall } from '#agent/firewall/firewall.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import type { VolumeLocks } from '#agent/volumes/volume-locks.ts'

export interface AddonDeps {
  engine: Engine
  instance: string
  names: ImageNames
  book: AddressBook
  networks: AppNetworks
  addonNetworks: AppNetworks
  nofile: number
  profiles: () => Promise<readonly string[]>
  volumesDir: string
  volumeLocks: VolumeLocks
  notices: Pick<Notices, 'tell'>
  /** `<data>/agent/addons` */
  addonsDir: string
  firewall: Pick<Firewall, 'exceptions' | 'keepExceptions'>
}
