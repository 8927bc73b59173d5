import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
} from 'node:crypto'

export interface JwsKey {
  key: KeyObject
  /** In the order that RFC 7638 wants for the thumbprint. */
  jwk: { crv: string; kty: string; x: string; y: string }
}

/** Of a P-256 key in PEM. */
export function readJwsKey(keyPem: string): JwsKey {
  const key = createPrivateKey(keyPem)
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' })
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined)
    throw new Error('an account has a P-256 key')
  return { key, jwk: { crv, kty, x, y } }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** RFC 8555, section 6.2. An undefined payload is POST-as-GET. */
export function signJws(
  { key, jwk }: JwsKey,
  header: { url: string; nonce: string; kid: string | undefined },
  payload: unknown,
): string {
  const { kid, ...rest } = header
  const head = encode({ alg: 'ES256', ...rest, ...(kid === undefined ? { jwk } : { kid }) })
  const body = payload === undefined ? '' : encode(payload)
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), {
    key,
    dsaEncoding: 'ieee-p1363',
  })
  return JSON.stringify({
    protected: head,
    payload: body,
    signature: signature.toString('base64url'),
  })
}

/** RFC 8555, section 7.3.4: the CA's own key says that the account is a customer's. */
export function signBinding(
  { jwk }: JwsKey,
  binding: { keyId: string; hmacKey: string },
  url: string,
): unknown {
  const head = encode({ alg: 'HS256', kid: binding.keyId, url })
  const body = encode(jwk)
  const signature = createHmac('sha256', Buffer.from(binding.hmacKey, 'base64url'))
    .update(`${head}.${body}`)
    .digest('base64url')
  return { protected: head, payload: body, signature }
}

export const thumbprintOf = ({ jwk }: JwsKey): string =>
  createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')
