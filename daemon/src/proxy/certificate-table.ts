import { createHash, createPrivateKey } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'

type Certificate = RoutingSnapshot['certificates'][number]

/**
 * What is shown to those who ask for a host: one certificate, or one of each kind of key (rule R12).
 * Hosts that are in the same certificates share it.
 */
interface Showing {
  readonly certificates: readonly Certificate[]
}

/**
 * Mozilla's intermediate recommendation: TLS 1.2 with forward secrecy and AEAD only, 1.3 with its own
 * suites (rule P10). Of a new client the key exchange is safe from those who record today and have a
 * quantum computer later.
 */
export const TLS_SETTINGS = {
  minVersion: 'TLSv1.2',
  // No visitor shows a certificate: the authorities of this server are not read, 1 MB a worker.
  ca: new Array<string>(),
  honorCipherOrder: true,
  ecdhCurve: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  // The same in all workers: a session of one is resumed by another.
  sessionIdContext: 'vastrox',
  /** Tickets are good for as long as their key, at most (`ticket-keys.ts`). */
  sessionTimeout: 86_400,
} as const

/** Of certificates that somebody has asked for, 27 KB each (decision 127). */
const MAX_CONTEXTS = 10_000

/** Certificates by host name: exact first, then a wildcard of one level (rules R8, P10). */
export function createCertificateTable(
  onProblem: (line: string) => void,
  maxContexts = MAX_CONTEXTS,
) {
  let byHost = new Map<string, Showing>()
  /** Those that were used last, in that order. */
  const contexts = new Map<Showing, SecureContext>()
  /** Of which no context can be made: told once, not tried at each handshake. */
  const broken = new WeakSet<Showing>()

  return {
    /** A certificate that did not change keeps its context. */
    replace(certificates: readonly Certificate[]): void {
      const known = knownOf(byHost)
      const next = new Map<string, Showing>()
      const together = new Map<Showing, Map<Showing, Showing>>()
      for (const certificate of certificates) {
        const alone = known.alone(certificate)
        for (const host of certificate.hosts.map((each) => each.toLowerCase())) {
          const before = next.get(host)
          next.set(host, before ? join(before, alone) : alone)
        }
      }
      byHost = next
      const shown = new Set(next.values())
      for (const showing of contexts.keys()) if (!shown.has(showing)) contexts.delete(showing)

      function join(before: Showing, alone: Showing): Showing {
        const others = together.get(before) ?? new Map<Showing, Showing>()
        together.set(before, others)
        const joined =
          others.get(alone) ?? known.joined([...before.certificates, ...alone.certificates])
        others.set(alone, joined)
        return joined
      }
    },

    /** Whether a client that was shown the certificate of the one name may trust it for the other. */
    speaksFor(servername: string, host: string): boolean {
      const shown = showingOf(servername)
      return shown !== undefined && shown === showingOf(host)
    },

    /** The context is made at a handshake that needs it. */
    find(servername: string): SecureContext | undefined {
      for (const showing of showingsOf(servername)) {
        const context = contextOf(showing)
        if (context) return context
      }
      return undefined
    },

    get contexts(): number {
      return contexts.size
    },
  }

  function contextOf(showing: Showing): SecureContext | undefined {
    if (broken.has(showing)) return undefined
    const context = contexts.get(showing) ?? openContext(showing.certificates, onProblem)
    if (!context) {
      broken.add(showing)
      return undefined
    }
    contexts.delete(showing)
    contexts.set(showing, context)
    const [oldest] = contexts.size > maxContexts ? contexts.keys() : []
    if (oldest) contexts.delete(oldest)
    return context
  }

  /** Of the host itself, and where that is broken, the wildcard's. */
  function showingsOf(servername: string): Showing[] {
    const name = servername.toLowerCase()
    return [byHost.get(name), byHost.get(`*${name.slice(name.indexOf('.'))}`)].filter(
      (showing) => showing !== undefined,
    )
  }

  function showingOf(servername: string): Showing | undefined {
    const showings = showingsOf(servername)
    return showings.find((showing) => !broken.has(showing))
  }
}
export type CertificateTable = ReturnType<typeof createCertificateTable>

/** What was shown until now, to be shown again as the same object where nothing has changed. */
function knownOf(before: ReadonlyMap<string, Showing>) {
  let byDigests: Map<string, Showing> | undefined
  /** Only where something is new, or several certificates are of one host. */
  function gather(): Map<string, Showing> {
    const found = new Map<string, Showing>()
    for (const showing of before.values()) found.set(digestsOf(showing.certificates), showing)
    return found
  }
  function joined(certificates: readonly Certificate[]): Showing {
    byDigests ??= gather()
    const digests = digestsOf(certificates)
    const showing = byDigests.get(digests) ?? { certificates }
    byDigests.set(digests, showing)
    return showing
  }
  function alone(certificate: Certificate): Showing {
    // A certificate that did not change is the same object in every snapshot.
    const [host = ''] = certificate.hosts
    const shown = before.get(host.toLowerCase())
    if (shown?.certificates.length === 1 && shown.certificates[0] === certificate) return shown
    return joined([certificate])
  }
  return { joined, alone }
}

const digestsOf = (certificates: readonly Certificate[]): string =>
  certificates.map(digestOf).join(' ')

/** One broken certificate must not take down the others: then the newest that works is shown alone. */
function openContext(
  certificates: readonly Certificate[],
  onProblem: (line: string) => void,
): SecureContext | undefined {
  const byKind = new Map<string | undefined, Certificate>()
  for (const certificate of certificates) {
    try {
      const kind = certificates.length > 1 ? createPrivateKey(certificate.keyPem) : undefined
      // Of two with the same kind of key the later one is newer.
      byKind.set(kind?.asymmetricKeyType, certificate)
    } catch (error) {
      onProblem(`certificate ${certificate.id}: ${messageOf(error)}`)
    }
  }
  const chosen = [...byKind.values()]
  const together = chosen.length > 1 ? [chosen] : []
  for (const shown of [...together, ...certificates.toReversed().map((each) => [each])]) {
    try {
      return createSecureContext({
        ...TLS_SETTINGS,
        cert: shown.map(({ certificatePem }) => certificatePem),
        key: shown.map(({ keyPem }) => keyPem),
      })
    } catch (error) {
      onProblem(`certificate ${shown.map(({ id }) => id).join(', ')}: ${messageOf(error)}`)
    }
  }
  return undefined
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const digests = new WeakMap<Certificate, string>()

/** SHA-256 of both texts, in hex; of one object it is worked out once. */
export function digestOf(certificate: Certificate): string {
  const known = digests.get(certificate)
  if (known !== undefined) return known
  const { certificatePem, keyPem } = certificate
  const digest = createHash('sha256')
    .update(certificatePem)
    .update('\0')
    .update(keyPem)
    .digest('hex')
  digests.set(certificate, digest)
  return digest
}
