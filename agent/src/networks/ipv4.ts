export interface Subnet {
  /** The first address as a number. */
  base: number
  bits: number
}

export const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

export const toText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

export const sizeOf = (subnet: Subnet): number => 2 ** (32 - subnet.bits)

export function parseSubnet(text: string): Subnet {
  const [address = '', bits = '32'] = text.split('/')
  const subnet = { base: toNumber(address), bits: Number(bits) }
  return { ...subnet, base: subnet.base - (subnet.base % sizeOf(subnet)) }
}

export const saySubnet = (subnet: Subnet): string => `${toText(subnet.base)}/${subnet.bits}`

export const overlaps = (one: Subnet, other: Subnet): boolean =>
  one.base < other.base + sizeOf(other) && other.base < one.base + sizeOf(one)
