import type { AlertBook } from '#core/alerts/alert-book.ts'
import type { Looks } from '#core/alerts/looks.ts'
import type { TellAlerts } from '#core/alerts/tell-alerts.ts'
import type { Clock } from '#ports/clock.ts'
import type { AlertStore } from '#store/alert-store.ts'

interface Deps {
  book: AlertBook
  store: Pick<AlertStore, 'isAnyToTellForPlatform'>
  looks: Pick<Looks, 'look'>
  /** Loaded when there is something to tell. */
  loadTell: () => Promise<TellAlerts>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

const EVERY_MS = 15_000

/** Four times a minute: what is over ends, what nobody tells is looked at, and people are told. */
export function createAlertRounds({ book, store, looks, loadTell, clock, onProblem }: Deps) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  async function attempt(what: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      // What is kept in memory may be ahead of what was rolled back.
      book.reload()
      if (!stopping.signal.aborted) onProblem(what, error)
    }
  }

  async function tell(): Promise<void> {
    const isHeld = book.listOpen().some(({ becauseOf }) => becauseOf !== null)
    if (!isHeld && !store.isAnyToTellForPlatform(clock.now().toISOString())) return
    const told = await loadTell()
    told.run()
  }

  async function round(): Promise<void> {
    await attempt('alerts could not be looked at', () => looks.look())
    if (book.isAnyOpen())
      await attempt('alerts could not be ended', () => {
        book.settleDue()
      })
    await attempt('nobody could be told of alerts', tell)
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(EVERY_MS, stopping.signal).catch(() => {
        // Stopping.
      })
      if (!stopping.signal.aborted) await round()
    }
  }

  return {
    round,
    start(): void {
      running ??= loop()
    },
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
  }
}
export type AlertRounds = ReturnType<typeof createAlertRounds>
