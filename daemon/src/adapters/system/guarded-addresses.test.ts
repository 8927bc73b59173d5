import { describe, expect, it } from 'vitest'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'

const guard = (allowed: string[] = []) => createGuardedAddresses({ allowed: () => allowed })
const refused = expect.objectContaining({ code: 'ADDRESS_REFUSED' })

describe('the guard of addresses (rule C11)', () => {
  it.each(['8.8.8.8', '1.1.1.1', '223.255.255.1', '2606:4700::1111', '2a01:4f8::1'])(
    'lets %s pass: it is out in the world',
    async (address) => {
      expect(await guard().resolve(address, 443)).toEqual([address])
    },
  )

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::ffff:10.0.0.1',
    '::8.8.8.8',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    '2002:0a00:0001::1',
    '64:ff9b::a00:1',
  ])('refuses %s', async (address) => {
    await expect(guard().resolve(address, 443)).rejects.toEqual(refused)
  })

  it('lets pass what the operator has allowed, of the family that was named', async () => {
    expect(await guard(['10.0.0.0/8']).resolve('10.1.2.3', 443)).toEqual(['10.1.2.3'])
    await expect(guard(['::/0']).resolve('10.1.2.3', 443)).rejects.toEqual(refused)
    await expect(guard(['0.0.0.0/0']).resolve('::1', 443)).rejects.toEqual(refused)
  })

  it('takes the ports that it was given, and no other low ones', async () => {
    const web = createGuardedAddresses({ allowed: () => [], lowPorts: [80] })

    expect(await web.resolve('8.8.8.8', 80)).toEqual(['8.8.8.8'])
    await expect(web.resolve('8.8.8.8', 25)).rejects.toEqual(refused)
    await expect(guard().resolve('8.8.8.8', 80)).rejects.toEqual(refused)
  })
})
