import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAddressBook } from '#agent/networks/address-book.ts'
import { parseSubnet } from '#agent/networks/ipv4.ts'

let directory: string
let now: Date

const open = () =>
  createAddressBook({ directory, range: '10.128.0.0/12', start: 0, now: () => now })
const nothing = async () => []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'address-book-'))
  now = new Date('2026-11-22T12:00:00Z')
})
afterEach(() => rm(directory, { recursive: true }))

describe('the address book', () => {
  it('knows after a restart what it gave before, to the byte', async () => {
    const book = await open()
    await book.claim('app00001', nothing)
    const given = await book.take('app00001', ['one', 'two'])

    const again = await open()

    expect(again.find('app00001')).toEqual(book.find('app00001'))
    expect(await again.take('app00001', ['one', 'two'])).toEqual(given)
  })

  it('gives two apps subnets apart from each other and from what is in use', async () => {
    const book = await open()
    const inUse = async () => [parseSubnet('10.128.0.0/22')]

    const networks = await Promise.all(
      ['app00001', 'app00002'].map((appId) => book.claim(appId, inUse)),
    )

    expect(networks.map((network) => network.subnet)).toEqual(['10.128.4.0/22', '10.128.8.0/22'])
  })

  it('gives different addresses to calls at the same time', async () => {
    const book = await open()
    await book.claim('app00001', nothing)

    const taken = await Promise.all(
      ['one', 'two', 'three', 'four'].map((name) => book.take('app00001', [name])),
    )

    expect(new Set(taken.flatMap((each) => Object.values(each))).size).toBe(4)
  })

  it('lets a removed app’s subnet rest for 24 hours, then gives it again', async () => {
    const book = await open()
    await book.claim('app00001', nothing)
    await book.retire('app00001')

    expect((await book.claim('app00002', nothing)).subnet).toBe('10.128.4.0/22')
    now = new Date('2026-11-23T12:00:01Z')
    expect((await book.claim('app00003', nothing)).subnet).toBe('10.128.0.0/22')
    expect(await readdir(directory)).not.toContain('app00001.json')
  })

  it('releases what an earlier process gave to instances that are gone, not what is asked for now', async () => {
    const before = await open()
    await before.claim('app00001', nothing)
    await before.take('app00001', ['gone', 'living', 'resumed'])
    const book = await open()
    const resumed = await book.take('app00001', ['resumed', 'fresh'])

    await book.keepOnly(new Set(['living']))

    expect(Object.values(book.find('app00001')?.taken ?? {})).toEqual([
      'living',
      'resumed',
      'fresh',
    ])
    expect(Object.keys(book.find('app00001')?.released ?? {})).toEqual(['10.128.0.2'])
    expect(await book.take('app00001', ['resumed', 'fresh'])).toEqual(resumed)
  })

  it('takes over a bridge that stands, and goes on behind what is taken on it', async () => {
    const book = await open()

    await book.adopt('app00001', parseSubnet('10.140.0.0/22'), { '10.140.0.9': 'living' })

    expect(await book.take('app00001', ['living', 'new'])).toEqual({
      living: '10.140.0.9',
      new: '10.140.0.10',
    })
  })

  it('says that no address is left for an app it does not know', async () => {
    const book = await open()

    await expect(book.take('app00009', ['one'])).rejects.toMatchObject({
      code: 'ADDRESSES_EXHAUSTED',
    })
  })
})
