import { generateKeyPairSync } from 'node:crypto'

/** The line of a .pub file of an Ed25519 key that nobody has the private half of. */
export function sshKeyLine(comment = 'anna@laptop'): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex')
  const blob = Buffer.concat([head, Buffer.from(x, 'base64url')])
  return `ssh-ed25519 ${blob.toString('base64')} ${comment}`
}
