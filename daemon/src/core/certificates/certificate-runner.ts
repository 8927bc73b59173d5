import type { Clock } from '#ports/clock.ts'
import type { CertificateStore } from '#store/certificate-store.ts'
import type { CertificateWantStore, WantOwner, WantRecord } from '#store/certificate-want-store.ts'
import { nextTurn } from './fair-turns.ts'
import { namesKey } from './names.ts'
import type { RenewalRounds } from './renewal-rounds.ts'
import { LONGEST_WAIT_MS } from './retry.ts'

interface Deps {
  wants: Pick<
    CertificateWantStore,
    'findForPlatform' | 'listDueForPlatform' | 'nextTurnForPlatform' | 'saveForPlatform'
  >
  certificates: Pick<
    CertificateStore,
    'listAskableForPlatform' | 'listForPlatform' | 'nextAskForPlatform'
  >
  rounds: Pick<RenewalRounds, 'ask'>
  /** Names of the dashboard. */
  isOwn: (names: string) => boolean
  /** One attempt, with everything that comes of it. */
  work: (want: WantRecord, signal: AbortSignal) => Promise<void>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** Attempts under way together; the rest wait for their turn. */
const TOGETHER = 4
/** Rows are looked at again at least so often, whatever the machine's clock does (rule R11). */
const MOST_SLEEP_MS = 600_000
const AFTER_TROUBLE_MS = 60_000
const LEAST_AFTER_TROUBLE_MS = 1_000
const MOST_DUE = 100

/** Gives every wanted set of names its turn: now, when it is due, and never twice at once. */
export function createCertificateRunner(deps: Deps) {
  const { wants, certificates, rounds, work, clock, onProblem } = deps
  const stopping = new AbortController()
  const underWay = new Map<string, { owner: WantOwner; attempt: Promise<void> }>()
  let waking = new AbortController()
  let running: Promise<void> | undefined
  let asking: Promise<void> | undefined

  function wake(): void {
    waking.abort()
  }

  function startDue(now: Date): void {
    const never = new Date(now.getTime() + LONGEST_WAIT_MS)
    if (underWay.size >= TOGETHER) return
    let due = wants
      .listDueForPlatform(now, never, MOST_DUE)
      .filter(({ names }) => !underWay.has(names))
    while (underWay.size < TOGETHER) {
      const owners = [...underWay.values()].map(({ owner }) => owner)
      const want = nextTurn({ due, underWay: owners, isOwn: deps.isOwn })
      if (!want) return
      due = due.filter((each) => each !== want)
      const attempt = work(want, stopping.signal)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) putOff(want, error)
        })
        .finally(() => {
          underWay.delete(want.names)
          wake()
        })
      underWay.set(want.names, { owner: want.owner, attempt })
    }
  }

  /** Something of ours went wrong: not again at once. */
  function putOff(want: WantRecord, error: unknown): void {
    onProblem(`the certificate of ${want.names} was not seen to`, error)
    try {
      const nextAttemptAt = new Date(clock.now().getTime() + putOffMs(want.names)).toISOString()
      // As it stands now: the attempt may have got as far as a certificate.
      const found = wants.findForPlatform(want.names)
      if (found && found.nextAttemptAt < nextAttemptAt && !isSettled(found))
        wants.saveForPlatform({ ...found, nextAttemptAt })
    } catch (cause) {
      onProblem('the rows of certificates cannot be written', cause)
    }
  }

  /** A certificate that lives for seconds must not expire while we wait (rule R3). */
  function putOffMs(names: string): number {
    const ends = certificates
      .listForPlatform()
      .filter(({ issuer, hosts }) => issuer !== 'local' && namesKey(hosts) === names)
      .map(({ notAfter }) => Date.parse(notAfter))
    if (ends.length === 0) return AFTER_TROUBLE_MS
    const leftMs = Math.max(...ends) - clock.now().getTime()
    return Math.min(AFTER_TROUBLE_MS, Math.max(LEAST_AFTER_TROUBLE_MS, leftMs / 10))
  }

  const isSettled = ({ state, nextAttemptAt }: WantRecord): boolean =>
    state === 'valid' && Date.parse(nextAttemptAt) > clock.now().getTime()

  /** A CA that hangs while it is asked when to renew holds up no order. */
  function askInBackground(now: Date): void {
    if (asking || certificates.listAskableForPlatform(now).length === 0) return
    asking = rounds
      .ask(stopping.signal)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) onProblem('a CA could not be asked when to renew', error)
      })
      .finally(() => {
        asking = undefined
        wake()
      })
  }

  function sleepMs(now: Date): number {
    const times = [wants.nextTurnForPlatform(now), certificates.nextAskForPlatform(now)]
    const waits = times.map((at) => (at ? at.getTime() - now.getTime() : MOST_SLEEP_MS))
    return Math.max(1, Math.min(MOST_SLEEP_MS, ...waits))
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      let restMs = AFTER_TROUBLE_MS
      try {
        // One moment for all three: a turn between two of them would be seen by none.
        const now = clock.now()
        startDue(now)
        askInBackground(now)
        restMs = sleepMs(now)
      } catch (error) {
        if (stopping.signal.aborted) return
        onProblem('the rows of certificates cannot be read', error)
      }
      await clock
        .sleep(restMs, AbortSignal.any([stopping.signal, waking.signal]))
        .catch(() => undefined)
    }
  }

  return {
    start(): void {
      running ??= run()
    },
    /** There is something new in the rows. */
    wake,
    isUnderWay: (names: string): boolean => underWay.has(names),
    /** What is under way is taken up by the next daemon from its rows. */
    async stop(): Promise<void> {
      stopping.abort(new Error('the daemon stops'))
      const attempts = [...underWay.values()].map(({ attempt }) => attempt)
      await Promise.allSettled([running, asking, ...attempts])
    },
  }
}
export type CertificateRunner = ReturnType<typeof createCertificateRunner>
