import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fingerprintOf, keysIn, nameOf } from '#agent/cli/install/restore/host-key.ts'

const { publicKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const field = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const KEY = `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)]).toString('base64')}`

describe('the key of a server that backups come from', () => {
  it('is read from what the scan prints, without remarks and what is no key', () => {
    const text = `# nas:22 SSH-2.0-OpenSSH_9.2\nnas ${KEY}\nnas ssh-dss AAAA\nnas -oProxyCommand=x y\n`

    expect(keysIn(text)).toEqual([KEY])
    expect(fingerprintOf(KEY)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  })

  it('has the name that known_hosts has', () => {
    expect(nameOf({ host: 'nas', port: 22 })).toBe('nas')
    expect(nameOf({ host: '2001:db8::1', port: 2022 })).toBe('[2001:db8::1]:2022')
  })
})
