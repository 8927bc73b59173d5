import type { AlertCondition } from '@vastrox/shared/alert.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import { sayFinding } from '#core/alerts/alert-words.ts'
import type { Latest } from '#core/alerts/metric-source.ts'
import type { Reader } from '#core/alerts/readers.ts'
import type { Rule } from '#core/alerts/rule-book.ts'
import type { Watched } from '#core/alerts/watched.ts'

/** What is pending for less is not worth a row. */
const PEND_AFTER_MS = 60_000
/** A sample that is missing says nothing yet. */
const MISSING_AFTER_MS = 120_000
/** Of an app: without visitors, or without the instance, there is nothing more to say. */
const GONE_AFTER_MS = 10 * 60_000
/** What was pending when the daemon ended goes on, unless it was away for long. */
const AWAY_MS = 10 * 60_000
const REFRESH_MS = 60_000

interface Given {
  rule: Rule
  condition: AlertCondition
  key: string
  who: Watched
  /** What it reads of, as text. */
  parts: string
  read: Reader
  /** Where it is measured and does not hold, nothing is wrong. */
  also: ((latest: Latest, at: number) => boolean) | undefined
}

type State = 'well' | 'pending' | 'firing'

/** One rule over one subject: from its value at each tick to what the book is told. */
export function createWatch(
  { rule, condition, key, who, parts: firstParts, read: firstRead, also }: Given,
  book: AlertBook,
  nowMs: number,
) {
  const { is, limit, forMs } = condition
  const clearLimit = condition.clearLimit ?? limit
  const isAbove = is === 'above'
  const kept = book.find(who.teamId, key)
  let parts = firstParts
  let read = firstRead
  let state: State = 'well'
  let since = 0
  let missingSince = 0
  let isSettled = false
  let refreshedAt = 0

  if (kept?.state === 'firing') {
    state = 'firing'
    isSettled = kept.wellSince !== null
  } else if (kept?.state === 'pending') {
    since = Date.parse(kept.since)
    if (nowMs - since <= forMs + AWAY_MS) state = 'pending'
    else book.drop(who.teamId, key)
  }

  const finding = (value: number) => ({
    teamId: who.teamId,
    key,
    rule: rule.id,
    severity: rule.severity,
    subject: who.subject,
    appId: who.appId,
    ...sayFinding(rule, condition, who.name, value),
    link: who.link,
    value,
    limit,
    since: new Date(since),
  })

  function toWell(): void {
    state = 'well'
    since = 0
    isSettled = false
    book.drop(who.teamId, key)
  }

  function stepPending(at: number, value: number): void {
    if (at - since >= forMs) {
      state = 'firing'
      refreshedAt = at
      book.note(finding(value))
    } else if (at - since >= PEND_AFTER_MS) book.pend(finding(value))
  }

  function stepFiring(at: number, value: number, isClear: boolean): void {
    const record = book.find(who.teamId, key)
    // It has stayed well for long enough, or somebody has ended it.
    if (record === undefined) return toWell()
    since = Date.parse(record.since)
    if (isClear) {
      if (!isSettled) book.settle(key)
      isSettled = true
    } else if (isSettled || at - refreshedAt >= REFRESH_MS) {
      isSettled = false
      refreshedAt = at
      book.note(finding(value))
    }
  }

  /** Missing is a state of its own: it makes nothing fire, and nothing well. */
  function stepMissing(at: number): void {
    if (missingSince === 0) missingSince = at
    const missingMs = at - missingSince
    if (missingMs < MISSING_AFTER_MS || state === 'well') return
    if (state === 'pending') return toWell()
    if (book.find(who.teamId, key) === undefined) return toWell()
    if (who.appId !== null && missingMs >= GONE_AFTER_MS) {
      if (!isSettled) book.settle(key)
      isSettled = true
    } else {
      // What was well until then is not known to be so any more: it is settled anew.
      isSettled = false
      book.noteMissing(who.teamId, key)
    }
  }

  return {
    key,
    rule,
    teamId: who.teamId,
    /** Nothing was measured for so long. */
    missingMs: (at: number): number => (missingSince === 0 ? 0 : at - missingSince),

    /** Instances come and go: it reads of those that there are. */
    readFrom(others: string, make: () => Reader): void {
      if (others === parts) return
      parts = others
      read = make()
    },

    step(latest: Latest, at: number): void {
      const value = read(latest, at)
      const holds = also === undefined || also(latest, at)
      if (value === undefined) return stepMissing(at)
      if (missingSince !== 0) {
        missingSince = 0
        // So that it is told that it is measured again.
        refreshedAt = 0
      }
      const isBeyond = (isAbove ? value > limit : value < limit) && holds
      if (state === 'firing')
        return stepFiring(
          at,
          value,
          !isBeyond && (isAbove ? value <= clearLimit : value >= clearLimit),
        )
      if (!isBeyond) {
        if (state === 'pending') toWell()
        return
      }
      if (state === 'well') {
        state = 'pending'
        since = at
      }
      stepPending(at, value)
    },
  }
}
export type Watch = ReturnType<typeof createWatch>
