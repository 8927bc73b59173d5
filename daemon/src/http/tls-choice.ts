import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'

/** PEM texts of a certificate (with its chain) and its key. */
export interface TlsPair {
  cert: string
  key: string
}

/** Which certificate of the dashboard's is shown to whom. */
export interface TlsChoice {
  /** Of the installation's own CA: for the machine itself, and for names that nothing else covers. */
  local: TlsPair
  /** Of a CA, for those who come by the public address. */
  address?: TlsPair | undefined
  /** Of a CA, for the host name of the dashboard. */
  named?: { host: string; pair: TlsPair } | undefined
  /** For host names that the dashboard had before, as long as they answer. */
  former?: readonly { host: string; pair: TlsPair }[] | undefined
}

const ALPN = 'http/1.1'

/**
 * Whoever comes by an address names none in the handshake: on the loopback it is the machine itself,
 * which trusts the local CA, and elsewhere it is somebody who came by the public address.
 */
export function createTlsChoice(first: TlsChoice) {
  let contexts = contextsOf(first)

  return {
    /** For who names nothing and says nothing else of itself. */
    get pair(): TlsPair {
      return contexts.choice.address ?? contexts.choice.local
    },
    replace(choice: TlsChoice): void {
      contexts = contextsOf(choice)
    },
    sniCallback(
      servername: string,
      done: (error: Error | null, context?: SecureContext) => void,
    ): void {
      const { choice, named, former, local } = contexts
      const name = servername.toLowerCase()
      done(null, name === choice.named?.host ? (named ?? local) : (former.get(name) ?? local))
    },
    alpnCallback(
      socket: TLSSocket,
      { servername, protocols }: { servername: string; protocols: string[] },
    ): string | undefined {
      if (!servername && isLoopback(socket.localAddress)) socket.setKeyCert(contexts.local)
      return protocols.includes(ALPN) ? ALPN : undefined
    },
  }
}

function contextsOf(choice: TlsChoice) {
  return {
    choice,
    local: contextOf(choice.local),
    named: choice.named && contextOf(choice.named.pair),
    former: new Map((choice.former ?? []).map(({ host, pair }) => [host, contextOf(pair)])),
  }
}

/** No client shows a certificate: the authorities of this server are not read, 1 MB where it has its own. */
export const TLS_FLOOR: { minVersion: 'TLSv1.2'; ca: string[] } = { minVersion: 'TLSv1.2', ca: [] }

const contextOf = ({ cert, key }: TlsPair): SecureContext =>
  createSecureContext({ cert, key, ...TLS_FLOOR })

const isLoopback = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
