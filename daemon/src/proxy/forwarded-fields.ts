import type { RequestHead } from './head-rules.ts'
import type { TrustedPeers } from './trusted-peers.ts'

export interface Visitor {
  /** The address at the other end of the socket. */
  peer: string
  /** The address of the person, where the peer is a trusted proxy. */
  address: string
  proto: 'http' | 'https'
  requestId: string
}

/** Who is asking. What the request itself says about that counts only from a trusted proxy (rule P3). */
export function readVisitor(
  head: RequestHead,
  peer: string,
  secure: boolean,
  trusted: TrustedPeers,
  newRequestId: () => string,
): Visitor {
  const proto = secure ? 'https' : 'http'
  if (!trusted.trusts(peer)) return { peer, address: peer, proto, requestId: newRequestId() }
  const { forwarded } = head
  return {
    peer,
    address: trusted.visitorOf(peer, forwarded.for),
    proto: forwarded.proto === 'https' || forwarded.proto === 'http' ? forwarded.proto : proto,
    requestId: forwarded.requestId ?? newRequestId(),
  }
}

/** The forwarding fields an app gets: single values of our own, each once. */
export function forwardedLines(head: RequestHead, visitor: Visitor, trusted: TrustedPeers): string {
  const believed = trusted.trusts(visitor.peer) ? head.forwarded : undefined
  const chain = believed?.for === undefined ? visitor.peer : `${believed.for}, ${visitor.peer}`
  const host = believed?.host ?? head.authority
  const port = believed?.port ?? portOf(host, visitor.proto)
  return (
    `X-Forwarded-For: ${chain}\r\n` +
    `X-Forwarded-Proto: ${visitor.proto}\r\n` +
    (host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`) +
    `X-Forwarded-Port: ${port}\r\n` +
    `X-Real-IP: ${visitor.address}\r\n` +
    `X-Request-Id: ${visitor.requestId}\r\n`
  )
}

function portOf(authority: string, proto: Visitor['proto']): string {
  const colon = authority.lastIndexOf(':')
  if (colon > authority.lastIndexOf(']')) return authority.slice(colon + 1)
  return proto === 'https' ? '443' : '80'
}
