import { createHash } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { addressBytes } from '#lib/address-bytes.ts'
import { alternativeNames, octets, oid, sequence, TRUE } from '#lib/der.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { selfSigned } from './default-certificate.ts'

type Challenges = NonNullable<RoutingSnapshot['alpnChallenges']>

/** The protocol that only a CA speaks (RFC 8737). */
export const ALPN_CHALLENGE = 'acme-tls/1'
const PROTOCOLS = ['h2', 'http/1.1']
const ACME_IDENTIFIER = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1f)
const DAYS = 7

/** TLS-ALPN-01 answers: a certificate of its own for each name that is proven just now. */
export function createAlpnChallenges(challenges: Challenges) {
  const answers = new Map(challenges.map((each) => [serverNameOf(each.name), each]))
  const contexts = new Map<string, SecureContext>()

  return {
    /** Made at the first handshake that asks for it. */
    contextFor(servername: string): SecureContext | undefined {
      const name = servername.toLowerCase()
      const answer = answers.get(name)
      if (!answer) return undefined
      const context = contexts.get(name) ?? contextOf(answer)
      contexts.set(name, context)
      return context
    },
  }
}
export type AlpnChallenges = ReturnType<typeof createAlpnChallenges>

/** What is spoken on the connection; undefined ends the handshake. */
export function chooseProtocol(
  socket: TLSSocket,
  offer: { servername: string; protocols: string[] },
  challenges: AlpnChallenges,
): string | undefined {
  if (!offer.protocols.includes(ALPN_CHALLENGE))
    return PROTOCOLS.find((protocol) => offer.protocols.includes(protocol))
  // Whoever offers anything besides is no CA (RFC 8737, section 3).
  const context = offer.protocols.length === 1 ? challenges.contextFor(offer.servername) : undefined
  if (!context) return undefined
  // In TLS 1.2 the name has been looked at already, in 1.3 that comes next: see `proofOn`.
  socket.setKeyCert(context)
  proofs.set(socket, context)
  return ALPN_CHALLENGE
}

const proofs = new WeakMap<object, SecureContext>()

/** What the connection is shown, whatever its host has otherwise: asked where a name is looked up. */
export const proofOn = (socket: unknown): SecureContext | undefined =>
  typeof socket === 'object' && socket !== null ? proofs.get(socket) : undefined

function contextOf({ name, keyAuthorization }: Challenges[number]): SecureContext {
  const digest = createHash('sha256').update(keyAuthorization).digest()
  const { certificatePem: cert, keyPem: key } = selfSigned({
    subject: 'acme-tls-alpn-01',
    now: new Date(),
    days: DAYS,
    extensions: [
      alternativeNames([isIP(name) === 0 ? name : addressBytes(name)]),
      sequence(ACME_IDENTIFIER, TRUE, octets(octets(digest))),
    ],
  })
  return createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
}

/** An address is asked for by its name in the reverse tree (RFC 8738). */
function serverNameOf(name: string): string {
  if (isIP(name) === 0) return name.toLowerCase()
  if (isIPv4(name)) return `${name.split('.').toReversed().join('.')}.in-addr.arpa`
  const digits = addressBytes(name).toString('hex')
  return `${digits.split('').toReversed().join('.')}.ip6.arpa`
}
