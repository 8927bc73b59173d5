import { expect, it } from 'vitest'
import { floorOf, inodeFloorOf, isBelow, isLow, sayLow } from './disk-floor.ts'

const GIB = 2 ** 30

it('keeps 5 % and 2 GiB of a disk free, of a small one a fifth', () => {
  expect(floorOf(100 * GIB)).toBe(7 * GIB)
  expect(floorOf(10 * GIB)).toBe(2 * GIB)
  expect(floorOf(GIB)).toBe(Math.floor(GIB / 5))
})

it('says what is refused, and until when', () => {
  const disk = {
    holds: 'images' as const,
    bytes: 100e9,
    availableBytes: 3e9,
    floorBytes: 7.1e9,
    inodes: 1_000_000,
    availableInodes: 900_000,
    floorInodes: inodeFloorOf(1_000_000),
  }

  expect(isLow(disk)).toBe(true)
  expect(isLow({ ...disk, availableBytes: 7.1e9 })).toBe(false)
  expect(sayLow(disk, 'builds are')).toBe(
    '3.0 GB are free on the disk of the images of the server, and 7.1 GB must stay free for what runs: builds are refused until there is more.',
  )
})

it('takes a disk that can hold no more files for full, where files are counted (section 7, disk floors)', () => {
  const disk = {
    holds: 'data' as const,
    bytes: 100e9,
    availableBytes: 50e9,
    floorBytes: 7.1e9,
    inodes: 1_000_000,
    availableInodes: 49_999,
    floorInodes: inodeFloorOf(1_000_000),
  }

  expect(isLow(disk)).toBe(true)
  expect(isBelow(disk, 0.5)).toBe(false)
  expect(isLow({ ...disk, inodes: 0, availableInodes: 0, floorInodes: 0 })).toBe(false)
  expect(sayLow(disk, 'pushes are')).toBe(
    '49999 more files can be made on the disk of the server, and room for 50000 must stay free for what runs: pushes are refused until there is more.',
  )
})
