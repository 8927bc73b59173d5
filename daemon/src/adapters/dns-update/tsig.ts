import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TsigKey } from '#ports/dns-update.ts'
import {
  type Answer,
  CLASS,
  nameBytes,
  number16,
  number32,
  record,
  skipName,
  TYPE,
} from './message.ts'

const FUDGE_SECONDS = 300

/** What is signed besides the message (RFC 8945, section 4.3.3). */
function variables(key: TsigKey, time: Buffer, error: number, other: Buffer): Buffer {
  return Buffer.concat([
    nameBytes(key.name),
    number16(CLASS.ANY),
    number32(0),
    nameBytes(key.algorithm),
    time,
    number16(FUDGE_SECONDS),
    number16(error),
    number16(other.length),
    other,
  ])
}

const hmac = ({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer =>
  createHmac(algorithm.replace('hmac-', ''), Buffer.from(secret, 'base64'))
    .update(Buffer.concat(parts))
    .digest()

function timeBytes(now: Date): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(Math.floor(now.getTime() / 1_000), 0, 6)
  return bytes
}

/** The message with its signature behind it, and the signature, which the answer's is bound to. */
export function signMessage(
  message: Buffer,
  key: TsigKey,
  now: Date,
): { signed: Buffer; mac: Buffer } {
  const time = timeBytes(now)
  const mac = hmac(key, [message, variables(key, time, 0, Buffer.alloc(0))])
  const data = Buffer.concat([
    nameBytes(key.algorithm),
    time,
    number16(FUDGE_SECONDS),
    number16(mac.length),
    mac,
    message.subarray(0, 2),
    number16(0),
    number16(0),
  ])
  const signed = Buffer.concat([message, record(key.name, TYPE.TSIG, CLASS.ANY, 0, data)])
  signed.writeUInt16BE(message.readUInt16BE(10) + 1, 10)
  return { signed, mac }
}

const ERRORS: Readonly<Record<number, string>> = {
  16: 'it does not accept the signature (BADSIG): is the secret right?',
  17: 'it does not know the key (BADKEY): is its name right?',
  18: 'its clock and ours differ (BADTIME)',
}

/** Undefined when the answer is from who has the key; else what is wrong with it. */
export function problemOfAnswer(
  message: Buffer,
  { signature }: Answer,
  key: TsigKey,
  requestMac: Buffer,
): string | undefined {
  if (!signature) return 'the answer is not signed'
  const { data, at } = signature
  const behind = skipName(data, 0)
  const time = data.subarray(behind, behind + 6)
  const macLength = data.readUInt16BE(behind + 8)
  const mac = data.subarray(behind + 10, behind + 10 + macLength)
  const rest = behind + 10 + macLength
  const error = data.readUInt16BE(rest + 2)
  const other = data.subarray(rest + 6, rest + 6 + data.readUInt16BE(rest + 4))
  if (error !== 0) return ERRORS[error] ?? `its signature says error ${error}`
  const unsigned = Buffer.from(message.subarray(0, at))
  unsigned.writeUInt16BE(message.readUInt16BE(10) - 1, 10)
  data.copy(unsigned, 0, rest, rest + 2)
  const fudge = data.readUInt16BE(behind + 6)
  const expected = hmac(key, [
    number16(requestMac.length),
    requestMac,
    unsigned,
    variablesWith(key, time, fudge, error, other),
  ])
  return mac.length === expected.length && timingSafeEqual(mac, expected)
    ? undefined
    : 'the signature of the answer is wrong'
}

function variablesWith(
  key: TsigKey,
  time: Buffer,
  fudge: number,
  error: number,
  other: Buffer,
): Buffer {
  const all = variables(key, time, error, other)
  const at = nameBytes(key.name).length + 6 + nameBytes(key.algorithm).length + 6
  all.writeUInt16BE(fudge, at)
  return all
}
