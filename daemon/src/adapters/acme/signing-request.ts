import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { isIP } from 'node:net'
import {
  alternativeNames,
  bits,
  der,
  ECDSA_WITH_SHA256,
  oid,
  SHA256_WITH_RSA,
  sequence,
  set,
} from '#lib/der.ts'
import { addressBytes } from '#lib/address-bytes.ts'

const EXTENSION_REQUEST = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e)

/** A PKCS #10 request for these names and addresses, DER. The subject stays empty: CAs go by the names. */
export function signingRequest(keyPem: string, names: readonly string[]): Buffer {
  const key = createPrivateKey(keyPem)
  const extensions = sequence(
    alternativeNames(names.map((name) => (isIP(name) === 0 ? name : addressBytes(name)))),
  )
  const body = sequence(
    der(0x02, Buffer.from([0])),
    sequence(),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa0, sequence(EXTENSION_REQUEST, set(extensions))),
  )
  const algorithm = key.asymmetricKeyType === 'rsa' ? SHA256_WITH_RSA : ECDSA_WITH_SHA256
  return sequence(body, algorithm, bits(sign('sha256', body, key)))
}
