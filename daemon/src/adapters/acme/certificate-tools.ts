import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { CertificateTools } from '#ports/certificate-authority.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const MOST_CERTIFICATES = 10
const generate = promisify(generateKeyPair)

/** By node:crypto alone. */
export const certificateTools: CertificateTools = {
  async newKey() {
    const { privateKey } = await generate('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    return privateKey
  },

  read(certificatePem) {
    const chain = readChain(certificatePem)
    const [leaf] = chain
    if (!leaf) throw new CodedError('CERTIFICATE_UNREADABLE')
    return {
      names: namesOf(leaf),
      notBefore: leaf.validFromDate,
      notAfter: leaf.validToDate,
      issuedBy: commonNameOf(leaf.issuer),
      fingerprint: leaf.fingerprint256,
      chainProblem: chainProblemOf(chain),
      isTrusted: isTrusted(chain),
    }
  },

  keyMatches(certificatePem, keyPem) {
    const [leaf] = readChain(certificatePem)
    if (!leaf) return false
    try {
      const key = createPrivateKey(keyPem)
      return createPublicKey(key).equals(leaf.publicKey)
    } catch (cause) {
      throw new CodedError(
        'CERTIFICATE_KEY_UNREADABLE',
        { reason: 'The private key cannot be read: it must be PEM, without a pass phrase.' },
        { cause },
      )
    }
  },

  unusableFor(certificatePem, keyPem) {
    try {
      createSecureContext({ cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' })
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  },
}

function readChain(pem: string): X509Certificate[] {
  const parts = pem.match(CERTIFICATE) ?? []
  if (parts.length > MOST_CERTIFICATES)
    throw new CodedError('CERTIFICATE_UNREADABLE', { reason: 'The chain is too long.' })
  try {
    return parts.map((part) => new X509Certificate(part))
  } catch (cause) {
    throw new CodedError('CERTIFICATE_UNREADABLE', {}, { cause })
  }
}

/** `DNS:a.example, IP Address:192.0.2.1`, as Node prints it; names that need quoting are none of ours. */
const namesOf = ({ subjectAltName }: X509Certificate): string[] =>
  (subjectAltName ?? '').split(', ').flatMap((entry) => {
    const [, kind, name] = /^(DNS|IP Address):([^"]+)$/.exec(entry) ?? []
    if (kind === undefined || name === undefined) return []
    return [kind === 'DNS' ? name.toLowerCase() : plainAddress(name)]
  })

/** `2001:DB8:0:0:0:0:0:1` → `2001:db8::1`. */
const plainAddress = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address

const commonNameOf = (subject: string): string =>
  /(?:^|\n)CN=(.*)/.exec(subject)?.[1] ?? /(?:^|\n)O=(.*)/.exec(subject)?.[1] ?? 'unknown'

function chainProblemOf(chain: readonly X509Certificate[]): string | undefined {
  for (const [at, certificate] of chain.entries()) {
    const issuer = chain[at + 1]
    if (issuer && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)))
      return `Certificate ${at + 1} of the chain was not issued by the one after it: the leaf comes first, each issuer behind what it signed.`
  }
  return undefined
}

/** Its last certificate is, or was issued by, one that browsers know. Asked once per certificate. */
function isTrusted(chain: readonly X509Certificate[]): boolean {
  const top = chain.at(-1)
  if (!top) return false
  return getCACertificates('bundled').some((pem) => {
    const root = new X509Certificate(pem)
    return (
      root.fingerprint256 === top.fingerprint256 ||
      (top.checkIssued(root) && top.verify(root.publicKey))
    )
  })
}
