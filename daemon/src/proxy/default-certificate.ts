import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bits, commonName, der, ECDSA_WITH_SHA256, sequence, time, toPem } from '#lib/der.ts'

const DAY_MS = 86_400_000

/**
 * A self-signed certificate for handshakes that name no host of ours (rule R8): it says nothing about
 * who lives here, and lets a person read the page that says that no app does.
 */
export const createDefaultCertificate = (now: Date): SelfSigned =>
  selfSigned({ subject: 'no app here', now, days: 3_650, extensions: [] })

export interface SelfSigned {
  certificatePem: string
  keyPem: string
}

/** A P-256 certificate that signs itself. */
export function selfSigned(wish: {
  subject: string
  now: Date
  days: number
  extensions: readonly Buffer[]
}): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = commonName(wish.subject)
  const serial = randomBytes(16)
  // Positive, and without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(
      time(new Date(wish.now.getTime() - DAY_MS)),
      time(new Date(wish.now.getTime() + wish.days * DAY_MS)),
    ),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(wish.extensions.length === 0 ? [] : [der(0xa3, sequence(...wish.extensions))]),
  )
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, privateKey)))
  return {
    certificatePem: toPem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}
