import { X509Certificate } from 'node:crypto'

interface Element {
  tag: number
  content: Buffer
  /** Behind it. */
  end: number
}

const AUTHORITY_KEY_IDENTIFIER = Buffer.from([0x55, 0x1d, 0x23])

/** How RFC 9773 names a certificate: its issuer's key identifier and its serial number. */
export function renewalIdOf(certificatePem: string): string | undefined {
  const [certificate] = childrenOf(new X509Certificate(certificatePem).raw)
  const fields = childrenOf(childrenOf(certificate?.content)[0]?.content)
  const serial = fields.find(({ tag }) => tag === 0x02)?.content
  const extensions = childrenOf(
    childrenOf(fields.find(({ tag }) => tag === 0xa3)?.content)[0]?.content,
  )
  const identifier = extensions
    .map(({ content }) => childrenOf(content))
    .find(([name]) => name?.content.equals(AUTHORITY_KEY_IDENTIFIER))
    ?.at(-1)?.content
  const key = childrenOf(childrenOf(identifier)[0]?.content).find(
    ({ tag }) => tag === 0x80,
  )?.content
  if (!key || !serial) return undefined
  return `${key.toString('base64url')}.${serial.toString('base64url')}`
}

/** The elements that stand one after the other; only what a certificate that Node has read can hold. */
function childrenOf(content: Buffer = Buffer.alloc(0)): Element[] {
  const found: Element[] = []
  let at = 0
  while (at + 2 <= content.length) {
    const element = elementAt(content, at)
    found.push(element)
    at = element.end
  }
  return found
}

function elementAt(bytes: Buffer, at: number): Element {
  const first = bytes[at + 1] ?? 0
  const sizeBytes = first < 0x80 ? 0 : first & 0x7f
  const start = at + 2 + sizeBytes
  const length = sizeBytes === 0 ? first : bytes.readUIntBE(at + 2, Math.min(sizeBytes, 6))
  return {
    tag: bytes[at] ?? 0,
    content: bytes.subarray(start, start + length),
    end: start + length,
  }
}
