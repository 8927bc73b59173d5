import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type {
  NewPasskeyAnswer,
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyRequest,
} from '@vastrox/shared/sign-in.ts'

interface Twist {
  origin?: string
  rpId?: string
  /** False: its owner only touched it. */
  isVerified?: boolean
  crossOrigin?: boolean
  challenge?: string
  counter?: number
}

const USER_PRESENT = 1
const USER_VERIFIED = 4
const HAS_KEY = 64

/** A passkey in software, which also does what no honest one would. */
export function createSoftwareAuthenticator(origin = 'https://example.com:8443') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const credentialId = randomBytes(32)
  let counter = 0
  let userHandle = ''

  const coseKey = map([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])

  function clientData(type: string, challenge: string, twist: Twist): string {
    const data = {
      type,
      challenge: twist.challenge ?? challenge,
      origin: twist.origin ?? origin,
      crossOrigin: twist.crossOrigin ?? false,
    }
    return Buffer.from(JSON.stringify(data)).toString('base64url')
  }

  function authenticatorData(rpId: string, twist: Twist, key?: Buffer): Buffer {
    counter = twist.counter ?? counter + 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const flags =
      USER_PRESENT | ((twist.isVerified ?? true) ? USER_VERIFIED : 0) | (key ? HAS_KEY : 0)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(credentialId.length)
    return Buffer.concat([
      createHash('sha256')
        .update(twist.rpId ?? rpId)
        .digest(),
      Buffer.of(flags),
      count,
      ...(key ? [Buffer.alloc(16), length, credentialId, key] : []),
    ])
  }

  const id = credentialId.toString('base64url')
  const credential = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} }

  return {
    id,

    create(wish: PasskeyCreation, twist: Twist = {}): NewPasskeyAnswer {
      userHandle = wish.user.id
      const data = authenticatorData(wish.rp.id, twist, coseKey)
      const attestation = map([
        ['fmt', 'none'],
        ['attStmt', map([])],
        ['authData', data],
      ])
      return {
        ...credential,
        response: {
          clientDataJSON: clientData('webauthn.create', wish.challenge, twist),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal', 'carrier-pigeon'],
        },
      }
    },

    get(wish: PasskeyRequest, twist: Twist & { userHandle?: string } = {}): PasskeyAnswer {
      const clientDataJSON = clientData('webauthn.get', wish.challenge, twist)
      const data = authenticatorData(wish.rpId, twist)
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
      return {
        ...credential,
        response: {
          clientDataJSON,
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, hash]), privateKey).toString('base64url'),
          userHandle: twist.userHandle ?? userHandle,
        },
      }
    },
  }
}

/** As much of CBOR as a passkey needs. `map` is told from bytes by being made here. */
const maps = new WeakSet<Buffer>()

function map(entries: readonly (readonly [number | string, number | string | Buffer])[]): Buffer {
  const made = Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, value]) => [encode(key), encode(value)]),
  ])
  maps.add(made)
  return made
}

function encode(value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  return maps.has(value) ? value : Buffer.concat([head(2, value.length), value])
}

function head(major: number, length: number): Buffer {
  const kind = major << 5
  if (length < 24) return Buffer.of(kind | length)
  if (length < 256) return Buffer.of(kind | 24, length)
  return Buffer.of(kind | 25, length >> 8, length & 255)
}
