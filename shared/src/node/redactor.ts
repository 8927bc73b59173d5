import { Buffer } from 'node:buffer'
import { buildMatcher, type Matcher } from './secret-matcher.ts'

/** Takes text as it comes and gives it on without the secrets. */
export interface Redactor {
  /** What can be given on already; a beginning of a secret is held until more has come. */
  push(chunk: string): string
  /** The rest. Afterwards it begins anew. */
  end(): string
}

export const REDACTED = '[redacted]'

/** Shorter ones would blot out ordinary words. */
const MIN_SECRET_LENGTH = 6
/** Lines of a longer secret (a PEM key) count by themselves from this length on. */
const MIN_LINE_LENGTH = 12

/**
 * What may be looked for in every form, and after that as it is: some 20 bytes of memory and a tenth of
 * a microsecond each, so that a large env neither stops the daemon nor fills a small server.
 */
const MAX_FORMS_BYTES = 256 * 1_024
const MAX_PLAIN_BYTES = 512 * 1_024
/** Of those beyond that the beginning is hidden: a kilobyte of few, less of many. */
const MAX_BEGINNINGS_BYTES = 512 * 1_024
const MOST_OF_BEGINNING = 1_024
/** Of so many that not even this is to be had of each, the shortest. */
const LEAST_OF_BEGINNING = 16

/**
 * Redacts the secrets as they are, as base64 (wherever they begin in what was encoded, padded or
 * not, both alphabets), in hexadecimal, URL-encoded (wholly or in part) and as JSON writes them,
 * across chunk borders. Secrets shorter than 6 characters are left. Takes linear time. Of more than
 * a quarter of a megabyte of forms, the longest secrets are redacted as they are only.
 */
export const createRedactor = (secrets: readonly string[]): Redactor => prepareRedactor(secrets)()

/** A whole text. */
export const redact = (redactor: Redactor, text: string): string =>
  redactor.push(text) + redactor.end()

/** For many streams with the same secrets: the patterns are worked out once. */
export function prepareRedactor(secrets: readonly string[]): () => Redactor {
  const patterns = new Map<string, Buffer>()
  let bytesOfForms = 0
  let bytesOfPlain = 0
  const add = (form: string): number => {
    const bytes = Buffer.from(form).map(foldByte)
    patterns.set(Buffer.from(bytes).toString('latin1'), Buffer.from(bytes))
    return bytes.length
  }
  const beyond: string[] = []
  const texts = [...new Set(secrets.flatMap(textsOf))]
  for (const text of texts.toSorted((one, other) => one.length - other.length)) {
    if (bytesOfForms + text.length * FORMS_FACTOR <= MAX_FORMS_BYTES)
      for (const form of formsOf(text)) bytesOfForms += add(form)
    else if (bytesOfPlain + text.length <= MAX_PLAIN_BYTES) bytesOfPlain += add(text)
    else beyond.push(text)
  }
  const share = Math.floor(MAX_BEGINNINGS_BYTES / Math.max(1, beyond.length))
  const length = Math.min(MOST_OF_BEGINNING, Math.max(LEAST_OF_BEGINNING, share))
  for (const text of beyond.slice(0, MAX_BEGINNINGS_BYTES / LEAST_OF_BEGINNING))
    add(text.slice(0, length))
  if (patterns.size === 0) return () => ({ push: (chunk) => chunk, end: () => '' })
  const matcher = buildMatcher([...patterns.values()])
  return () => redactorWith(matcher)
}

/** What a text takes in every form, about. */
const FORMS_FACTOR = 12

/** The secret, and those of its lines that are secrets by themselves. */
function textsOf(secret: string): string[] {
  const whole = secret.trim()
  if (whole.length < MIN_SECRET_LENGTH) return []
  const lines = whole.includes('\n')
    ? whole.split('\n').flatMap((line) => {
        const text = line.trim()
        return text.length < MIN_LINE_LENGTH ? [] : [text]
      })
    : []
  return [whole, ...lines]
}

/** Every text that would give it away; URL-encoded ones are found by decoding the stream. */
function formsOf(text: string): string[] {
  const hex = Buffer.from(text).toString('hex')
  return [text, JSON.stringify(text).slice(1, -1), ...base64Forms(text), hex, hex.toUpperCase()]
}

/** The characters that the secret alone decides, for each place it can begin at in a group of 3 bytes. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text)
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)),
  )
  const padded = bytes.toString('base64')
  return [...inside, padded.replaceAll('=', ''), padded]
}

/** Alphabets that differ in one character only are made one: base64url, and `+` for a space. */
function foldByte(byte: number): number {
  if (byte === 0x2b || byte === 0x2d) return 0x20
  return byte === 0x5f ? 0x2f : byte
}

/** One reading of the text: with or without URL escapes decoded. */
interface Reading {
  state: number
  /** Where in the text each byte that was read begins; at least as many as the state is deep. */
  starts: number[]
}

/**
 * Two readings go through the same matcher: the text as it is and, from a `%` on until both agree
 * again, the text with `%41` decoded. What either finds is redacted.
 */
function redactorWith(matcher: Matcher): Redactor {
  let text = ''
  /** Place of text[0] in the whole stream; all places below count in the whole stream. */
  let base = 0
  let plain: Reading = { state: 0, starts: [] }
  let decoded: Reading | undefined
  let plainAt = 0
  let decodedAt = 0
  /** Found secrets that are not given on yet, in order, apart from each other. */
  let found: { from: number; to: number }[] = []
  let endsRedacted = false

  const mark = (from: number, to: number): void => {
    let start = from
    let end = to
    for (let last = found.at(-1); last && last.to >= start; last = found.at(-1)) {
      start = Math.min(start, last.from)
      end = Math.max(end, last.to)
      found.pop()
    }
    found.push({ from: start, to: end })
  }

  const feed = (reading: Reading, byte: number, from: number, to: number): void => {
    reading.starts.push(from)
    reading.state = matcher.next(reading.state, foldByte(byte))
    const length = matcher.longest(reading.state)
    if (length > 0) mark(reading.starts[reading.starts.length - length] ?? from, to)
  }

  /** Keeps the two readings abreast: a secret is longer than what one may lag behind the other. */
  const read = (): void => {
    while (plainAt < base + text.length) {
      const at = plainAt - base
      const width = characterWidth(text, at)
      if (width === 0) return
      if (decoded === undefined && text.charCodeAt(at) === 0x25) {
        decoded = { state: plain.state, starts: lastStarts(plain) }
        decodedAt = plainAt
      }
      feedCharacter(plain, at, width)
      plainAt += width
      if (decoded !== undefined) catchUp(decoded, false)
    }
  }

  const catchUp = (reading: Reading, isEnd: boolean): void => {
    while (decodedAt < plainAt) {
      const at = decodedAt - base
      const escape = text.charCodeAt(at) === 0x25 ? readEscape(text, at, isEnd) : undefined
      if (escape === 'unfinished') return
      if (escape !== undefined && decodedAt + 3 > plainAt) return
      if (escape === undefined) feedCharacter(reading, at, characterWidth(text, at))
      else feed(reading, escape, decodedAt, decodedAt + 3)
      decodedAt += escape === undefined ? characterWidth(text, at) : 3
    }
  }

  const feedCharacter = (reading: Reading, at: number, width: number): void => {
    const code = text.charCodeAt(at)
    if (code < 0x80) {
      feed(reading, code, base + at, base + at + 1)
      return
    }
    for (const byte of Buffer.from(text.slice(at, at + width)))
      feed(reading, byte, base + at, base + at + width)
  }

  /** The place from which on a secret may still be under way. */
  const undecidedFrom = (reading: Reading, readTo: number): number => {
    const depth = matcher.depth(reading.state)
    return depth === 0 ? readTo : (reading.starts[reading.starts.length - depth] ?? readTo)
  }

  const giveUpTo = (place: number): string => {
    let out = ''
    let at = base
    while (at < place) {
      const next = found[0]
      if (next === undefined || next.from >= place) {
        out += text.slice(at - base, place - base)
        endsRedacted = false
        at = place
        break
      }
      if (next.from > at) {
        out += text.slice(at - base, next.from - base)
        endsRedacted = false
      }
      if (!endsRedacted) out += REDACTED
      endsRedacted = true
      at = Math.min(next.to, place)
      if (next.to <= place) found.shift()
      else found[0] = { from: place, to: next.to }
    }
    text = text.slice(place - base)
    base = place
    return out
  }

  const lastStarts = ({ state, starts }: Reading): number[] => {
    const depth = matcher.depth(state)
    return depth === 0 ? [] : starts.slice(-depth)
  }

  return {
    push(chunk) {
      text += chunk
      read()
      let place = undecidedFrom(plain, plainAt)
      if (decoded !== undefined) {
        place = Math.min(place, undecidedFrom(decoded, decodedAt))
        decoded.starts = lastStarts(decoded)
        if (decodedAt === plainAt && decoded.state === 0 && plain.state === 0) decoded = undefined
      }
      plain.starts = lastStarts(plain)
      return giveUpTo(place)
    },
    end() {
      if (decoded !== undefined) catchUp(decoded, true)
      const rest = giveUpTo(base + text.length)
      plain = { state: 0, starts: [] }
      decoded = undefined
      plainAt = base
      found = []
      endsRedacted = false
      return rest
    },
  }
}

/** Code units of the character; 0 for the first half of one whose second half has not come yet. */
function characterWidth(text: string, at: number): 0 | 1 | 2 {
  const code = text.charCodeAt(at)
  if (code < 0xd800 || code > 0xdbff) return 1
  if (at + 1 === text.length) return 0
  const low = text.charCodeAt(at + 1)
  return low >= 0xdc00 && low <= 0xdfff ? 2 : 1
}

/** The byte that `%41` stands for; undefined where the `%` is only a percent sign. */
function readEscape(text: string, at: number, isEnd: boolean): number | 'unfinished' | undefined {
  const digits = text.slice(at + 1, at + 3)
  if (/^[0-9a-fA-F]{2}$/.test(digits)) return Number.parseInt(digits, 16)
  if (!isEnd && digits.length < 2 && /^[0-9a-fA-F]?$/.test(digits)) return 'unfinished'
  return undefined
}
