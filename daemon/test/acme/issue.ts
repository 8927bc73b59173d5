import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { isIP } from 'node:net'
import { addressBytes } from '#lib/address-bytes.ts'
import {
  alternativeNames,
  bits,
  commonName,
  der,
  ECDSA_WITH_SHA256,
  octets,
  oid,
  sequence,
  TRUE,
  time,
  toPem,
} from '#lib/der.ts'

const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13)
const AUTHORITY_KEY = oid(0x55, 0x1d, 0x23)

/** A CA of the test's own: signs whatever it is told to. */
export function createTestIssuer(title = 'Test CA') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyIdentifier = randomBytes(20)
  const certificatePem = make({
    subject: title,
    publicKey,
    from: new Date('2020-01-01'),
    to: new Date('2040-01-01'),
    extensions: [sequence(BASIC_CONSTRAINTS, TRUE, octets(sequence(TRUE)))],
  })

  function make(wish: {
    subject: string
    publicKey: KeyObject
    from: Date
    to: Date
    extensions: Buffer[]
  }): string {
    const serial = randomBytes(16)
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, serial),
      ECDSA_WITH_SHA256,
      commonName(title),
      sequence(time(wish.from), time(wish.to)),
      commonName(wish.subject),
      wish.publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...wish.extensions)),
    )
    const signature = bits(sign('sha256', body, privateKey))
    return toPem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, signature))
  }

  return {
    certificatePem,
    /** Leaf and CA, for the key. */
    issue(keyPem: string, names: readonly string[], from: Date, to: Date): string {
      const leaf = make({
        subject: names[0] ?? 'none',
        publicKey: createPublicKey(keyPem),
        from,
        to,
        extensions: [
          alternativeNames(names.map((name) => (isIP(name) === 0 ? name : addressBytes(name)))),
          sequence(AUTHORITY_KEY, octets(sequence(der(0x80, keyIdentifier)))),
        ],
      })
      return leaf + certificatePem
    },
  }
}
export type TestIssuer = ReturnType<typeof createTestIssuer>
