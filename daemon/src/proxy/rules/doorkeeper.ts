import { createHmac, randomBytes } from 'node:crypto'
import { networkOf } from '#lib/network-of.ts'
import { NOBODY, verifyWithScrypt } from '#lib/scrypt-hash.ts'
import type { RouteRules } from '#ports/route-rules.ts'
import { type Answering, answerPage } from '#proxy/answer-page.ts'
import { noteRefusal, type Refusing, WRONG_PASSWORD } from '#proxy/refusals.ts'
import type { Visit } from '#proxy/visit.ts'

type BasicAuth = NonNullable<RouteRules['basicAuth']>

interface Guess {
  hash: string
  password: string
  /** Called with the answer, for every request that came with the same. */
  waiting: ((isRight: boolean) => void)[]
}

/** One at a time costs at most one core of the pool; the rest of the worker never waits for it. */
const AT_ONCE = 1
const MAX_WAITING = 32
/** After a wrong one, before the next is looked at: guesses take a quarter of a core, not all of it. */
const PAUSE_MS = 100
const MAX_KNOWN = 2_000
const KNOWN_MS = 5 * 60_000
const MAX_CREDENTIALS = 1_024
/** Passwords that one network may have looked at within a minute; browsers remember the right one. */
const GUESSES = 10
const GUESSES_MS = 60_000
const MAX_NETWORKS = 5_000

/**
 * Asks for a name and a password. What was once looked at is remembered as a keyed digest, so that a
 * visitor costs one scrypt in five minutes, and a flood of guesses no more than one thread.
 */
export function createDoorkeeper(now: () => number = () => performance.now()) {
  const key = randomBytes(32)
  const known = new Map<string, { isRight: boolean; until: number }>()
  const underWay = new Map<string, Guess>()
  const guessed = new Map<string, { count: number; until: number }>()
  const waiting: (() => void)[] = []
  let running = 0
  let looked = 0

  const digestOf = (hash: string, name: string, password: string): string =>
    createHmac('sha256', key).update(`${hash}\n${name}\n${password}`).digest('base64')

  function recall(digest: string): boolean | undefined {
    const found = known.get(digest)
    if (!found || found.until < now()) return undefined
    return found.isRight
  }

  function remember(digest: string, isRight: boolean): void {
    known.delete(digest)
    known.set(digest, { isRight, until: now() + KNOWN_MS })
    forgetOldest(known, MAX_KNOWN)
  }

  /** True where the network has had its share of guesses. */
  function isTooMany(network: string): boolean {
    const found = guessed.get(network)
    return found !== undefined && found.until > now() && found.count >= GUESSES
  }

  function countGuess(network: string, by: number): void {
    const found = guessed.get(network)
    const entry = found && found.until > now() ? found : { count: 0, until: now() + GUESSES_MS }
    entry.count += by
    guessed.delete(network)
    guessed.set(network, entry)
    forgetOldest(guessed, MAX_NETWORKS)
  }

  function lookAtNext(): void {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  async function look(digest: string, guess: Guess): Promise<void> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    looked += 1
    const isRight = await verifyWithScrypt(guess.hash, guess.password)
    if (isRight) lookAtNext()
    else setTimeout(lookAtNext, PAUSE_MS)
    remember(digest, isRight)
    underWay.delete(digest)
    for (const tell of guess.waiting) tell(isRight)
  }

  return {
    /** True: the password is right. False: it is answered, or looked at and `again` called if it is. */
    letsIn(
      plane: Answering & Refusing,
      visit: Visit,
      { realm, users }: BasicAuth,
      again: () => void,
    ): boolean {
      const challenge = ['WWW-Authenticate', `Basic realm="${realm}", charset="UTF-8"`]
      const ask = (): void => answerPage(plane, visit, 'unauthorized', challenge)
      const given = readCredentials(visit)
      if (!given) {
        ask()
        return false
      }
      const { address } = visit.visitor
      const network = networkOf(address)
      const hash = users.find(({ name }) => name === given.name)?.hash ?? NOBODY
      const digest = digestOf(hash, given.name, given.password)
      const refuse = (): void => {
        noteRefusal(plane, address, WRONG_PASSWORD)
        ask()
      }
      const isRight = recall(digest)
      if (isRight === true) {
        authorize(visit, hash)
        return true
      }
      if (isRight === false) {
        refuse()
        return false
      }
      if (isTooMany(network)) {
        noteRefusal(plane, address, WRONG_PASSWORD)
        answerPage(plane, visit, 'tooMany', ['Retry-After', String(GUESSES_MS / 1_000)])
        return false
      }
      const tell = (right: boolean): void => {
        if (visit.res.destroyed) return
        if (right) again()
        else refuse()
      }
      const same = underWay.get(digest)
      if (same) {
        same.waiting.push(tell)
        return false
      }
      if (waiting.length >= MAX_WAITING) {
        answerPage(plane, visit, 'crowded')
        return false
      }
      countGuess(network, 1)
      const guess: Guess = { hash, password: given.password, waiting: [] }
      guess.waiting.push((right) => {
        if (right) countGuess(network, -1)
        tell(right)
      })
      underWay.set(digest, guess)
      void look(digest, guess)
      return false
    },
    /** How many passwords were looked at since the start. */
    get looked(): number {
      return looked
    },
  }
}
export type Doorkeeper = ReturnType<typeof createDoorkeeper>

/** The password is ours to know: the app does not get it. */
function authorize(visit: Visit, hash: string): void {
  const { head, marks } = visit
  if (marks) marks.authorized = hash
  head.headers = withoutAuthorization(head.headers)
}

function withoutAuthorization(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2)
    if (!isAuthorization(headers[index])) kept.push(headers[index] ?? '', headers[index + 1] ?? '')
  return kept
}

const isAuthorization = (name: string | undefined): boolean =>
  name?.length === 13 && name.toLowerCase() === 'authorization'

function readCredentials({ head }: Visit): { name: string; password: string } | undefined {
  const { headers } = head
  const at = headers.findIndex((name, index) => index % 2 === 0 && isAuthorization(name))
  const value = at === -1 ? '' : (headers[at + 1] ?? '')
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(value) ?? []
  if (encoded === undefined || encoded.length > MAX_CREDENTIALS) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const oldest = map.size > most ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}
