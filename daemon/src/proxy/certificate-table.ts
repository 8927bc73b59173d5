import { createHash } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'

type Certificate = RoutingSnapshot['certificates'][number]

interface Entry {
  digest: string
  certificate: Certificate
  context: SecureContext | undefined
}

/** TLS 1.2 with forward secrecy and AEAD only; 1.3 has its own suites (rule P10). */
export const TLS_SETTINGS = {
  minVersion: 'TLSv1.2',
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
} as const

/** Certificates by host name: exact first, then a wildcard of one level (rules R8, P10). */
export function createCertificateTable(onProblem: (line: string) => void) {
  let byHost = new Map<string, Entry>()

  return {
    /** A certificate that did not change keeps its context, and with it its sessions. */
    replace(certificates: readonly Certificate[]): void {
      const before = new Map([...byHost.values()].map((entry) => [entry.digest, entry]))
      const next = new Map<string, Entry>()
      for (const certificate of certificates) {
        const digest = digestOf(certificate)
        const entry = before.get(digest) ?? { digest, certificate, context: undefined }
        for (const host of certificate.hosts) next.set(host.toLowerCase(), entry)
      }
      byHost = next
    },

    /** Whether a client that was shown the certificate of the one name may trust it for the other. */
    speaksFor(servername: string, host: string): boolean {
      const shown = entryOf(servername)
      return shown !== undefined && shown === entryOf(host)
    },

    /** The context is made at the first handshake that needs it. */
    find(servername: string): SecureContext | undefined {
      const entry = entryOf(servername)
      return entry && contextOf(entry, onProblem)
    },
  }

  function entryOf(servername: string): Entry | undefined {
    const name = servername.toLowerCase()
    return byHost.get(name) ?? byHost.get(`*${name.slice(name.indexOf('.'))}`)
  }
}
export type CertificateTable = ReturnType<typeof createCertificateTable>

/** One broken certificate must not take down the others. */
function contextOf(entry: Entry, onProblem: (line: string) => void): SecureContext | undefined {
  const { certificatePem: cert, keyPem: key, id } = entry.certificate
  try {
    entry.context ??= createSecureContext({ ...TLS_SETTINGS, cert, key })
  } catch (error) {
    onProblem(`certificate ${id}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return entry.context
}

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
