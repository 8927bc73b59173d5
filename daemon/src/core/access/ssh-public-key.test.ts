import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseAuthorizedKeys, parsePublicKey } from '#core/access/ssh-public-key.ts'

/** Made by ssh-keygen; the private halves are gone. */
export const KEYS = {
  ed25519:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIYkmqvNE3qs9ayjOEf7ky2lfHu4hP6EFpcDyqt6/kiu anna@laptop',
}

function field(bytes: Uint8Array | string): Buffer {
  const payload = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

function rsa(bits: number): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const modulus = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')])
  const blob = Buffer.concat([field('ssh-rsa'), field(Buffer.from(e, 'base64url')), field(modulus)])
  return `ssh-rsa ${blob.toString('base64')} rsa ${bits}`
}

function ecdsa(change: (point: Buffer) => void = () => {}): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ])
  change(point)
  const blob = Buffer.concat([field('ecdsa-sha2-nistp256'), field('nistp256'), field(point)])
  return `ecdsa-sha2-nistp256 ${blob.toString('base64')}`
}

const refused = (reason: RegExp) =>
  expect.objectContaining({
    code: 'SSH_KEY_INVALID',
    details: { reason: expect.stringMatching(reason) },
  })

describe('a public key', () => {
  it('is taken as ssh-keygen writes it, with its fingerprint', () => {
    expect(parsePublicKey(`${KEYS.ed25519}\n`)).toEqual({
      type: 'ssh-ed25519',
      blob: 'AAAAC3NzaC1lZDI1NTE5AAAAIIYkmqvNE3qs9ayjOEf7ky2lfHu4hP6EFpcDyqt6/kiu',
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      comment: 'anna@laptop',
    })
    expect(parsePublicKey(rsa(2_048))).toMatchObject({ type: 'ssh-rsa', comment: 'rsa 2048' })
    expect(parsePublicKey(ecdsa())).toMatchObject({ type: 'ecdsa-sha2-nistp256', comment: '' })
  })

  it('keeps nothing in its comment that steers a terminal', () => {
    expect(parsePublicKey(`${KEYS.ed25519}\u001b[2J\u202e`).comment).toBe('anna@laptop[2J')
  })

  const [, base64 = ''] = KEYS.ed25519.split(' ')
  it.each<[string, string, RegExp]>([
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc', /stays with you/],
    ['a key of PuTTY', '---- BEGIN SSH2 PUBLIC KEY ----\nabc', /ssh-keygen -i/],
    ['two keys', `${KEYS.ed25519}\n${KEYS.ed25519}`, /one key at a time/],
    ['options', `command="id" ${KEYS.ed25519}`, /Leave the options/],
    ['something else', 'hello there', /not a line of a \.pub file/],
    ['nothing', '', /not a line of a \.pub file/],
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3M= old', /too weak/],
    ['a hardware token', 'sk-ssh-ed25519@openssh.com AAAA x', /hardware tokens/],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA x', /Certificates/],
    ['a key that says it is another', `ssh-rsa ${base64}`, /damaged/],
    ['one that is cut off', `ssh-ed25519 ${base64.slice(0, -8)}`, /damaged/],
    ['a short RSA key', rsa(1_024), /2048 to 8192 bits here, and this one has 1024/],
    ['a point that is on no curve', ecdsa((point) => point.fill(1, 1)), /damaged/],
    ['a compressed point', ecdsa((point) => point.fill(2, 0, 1)), /damaged/],
  ])('is refused in words: %s', (_what, line, reason) => {
    expect(() => parsePublicKey(line)).toThrow(refused(reason))
  })
})

describe('an authorized_keys file', () => {
  it('gives its keys but for those that it limits, each with the reason', () => {
    const other = rsa(2_048)
    const text = [
      '# my keys',
      '',
      KEYS.ed25519,
      `no-port-forwarding,no-X11-forwarding ${other}`,
      `from="10.0.0.0/8",command="echo \\"hi, there\\"" ${other}`,
      `restrict ${other}`,
      `command="backup" ssh-dss AAAA`,
      'not a key',
      `cert-authority ${KEYS.ed25519}`,
    ].join('\r\n')

    const { keys, skipped } = parseAuthorizedKeys(text)

    expect(keys.map(({ line, type }) => [line, type])).toEqual([
      [3, 'ssh-ed25519'],
      [4, 'ssh-rsa'],
    ])
    expect(skipped.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '5 It is limited by from="10.0.0.0/8".',
      '6 It is limited by restrict.',
      '7 It is limited by command="backup".',
      '8 It is not a line of a .pub file: ssh-ed25519 AAAA… name',
      '9 It is limited by cert-authority.',
    ])
  })

  it('is not read beyond 500 keys', () => {
    const { keys, skipped } = parseAuthorizedKeys(`${KEYS.ed25519}\n`.repeat(600))

    expect(keys).toHaveLength(500)
    expect(skipped).toHaveLength(1)
  })
})
