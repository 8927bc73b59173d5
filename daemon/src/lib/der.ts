/** One element of DER (X.690): tag, length, content. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...sizeOf(body.length)]), body])
}

function sizeOf(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff]
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
}

export const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
export const set = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts)
export const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes))
export const octets = (content: Buffer): Buffer => der(0x04, content)
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))
export const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content)
export const TRUE: Buffer = der(0x01, Buffer.from([0xff]))

/** UTCTime holds until 2049, GeneralizedTime after that. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d{3}/g, '')
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits))
}

export const ECDSA_WITH_SHA256: Buffer = sequence(
  oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
)
export const SHA256_WITH_RSA: Buffer = sequence(
  oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
  der(0x05),
)
const COMMON_NAME = oid(0x55, 0x04, 0x03)
const SUBJECT_ALTERNATIVE_NAME = oid(0x55, 0x1d, 0x11)

export const commonName = (text: string): Buffer => sequence(set(sequence(COMMON_NAME, utf8(text))))

/** Extension of a certificate or of a request for one: DNS names, and addresses as their bytes. */
export const alternativeNames = (names: readonly (string | Buffer)[]): Buffer =>
  sequence(
    SUBJECT_ALTERNATIVE_NAME,
    octets(
      sequence(
        ...names.map((name) =>
          typeof name === 'string' ? der(0x82, Buffer.from(name)) : der(0x87, name),
        ),
      ),
    ),
  )

export const toPem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replaceAll(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`
