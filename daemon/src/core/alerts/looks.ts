import type { HostCare } from '@vastrox/shared/host-care.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import { MAX_KEY } from '#core/alerts/hear.ts'
import type { Clock } from '#ports/clock.ts'
import type { AlertRecord } from '#store/alert-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'

export interface LookDeps {
  book: AlertBook
  apps: Pick<AppStore, 'findByIdForPlatform'>
  instances: Pick<InstanceStore, 'listForAppForPlatform'>
  /** By its hosts, joined by blanks: whether it is renewed or was uploaded, and not given up. */
  isCertificateWanted: (hosts: string) => boolean
  /** Of the machine's own: they see what is of it. */
  operators: () => string
  nodeName: string
  /** Rejects, or says false, where the agent does not answer. */
  isNodeReachable: () => Promise<boolean>
  /** How the machine is kept. */
  care: () => Promise<HostCare>
  proxyWorkers: () => number
  expectedWorkers: number
  clock: Clock
}

/** Ticks of the metric book tell that the agent is there; without them it is asked. */
const TRUSTED_TICK_MS = 40_000
/** With what the last samples vouch for, two minutes. */
const SILENT_MS = 75_000
const WORKERS_MS = 60_000
const CARE_EVERY_MS = 3_600_000
/** A machine that has just started settles first. */
const FIRST_CARE_MS = 5 * 60_000
const MOST_FINDINGS = 100

/** What nobody tells by itself is looked at: whether the node answers, and whether what was wrong still is. */
export function createLooks(deps: LookDeps) {
  const { book, clock } = deps
  const startedAt = clock.elapsedMs()
  let heardAt = startedAt
  let lackingSince: number | undefined
  let careAt: number | undefined
  let isAsking = false

  const ofNode = () => ({
    teamId: deps.operators(),
    subject: { kind: 'node', id: deps.nodeName, name: deps.nodeName } as const,
    appId: null,
    link: '/node',
  })

  async function lookAtNode(): Promise<void> {
    const key = `node-silent:${deps.nodeName}`
    if (isAsking) return
    isAsking = true
    try {
      const isThere =
        clock.elapsedMs() - heardAt < TRUSTED_TICK_MS ||
        (await deps.isNodeReachable().catch(() => false))
      if (isThere) {
        heardAt = Math.max(heardAt, clock.elapsedMs() - TRUSTED_TICK_MS)
        if (book.find(deps.operators(), key)) book.settle(key)
        return
      }
      const silentMs = clock.elapsedMs() - heardAt
      if (silentMs < SILENT_MS) return
      book.note({
        ...ofNode(),
        key,
        rule: 'node-silent',
        title: `The agent of ${deps.nodeName} does not answer`,
        detail: `Apps that run go on serving; nothing is deployed, started again or measured. On the server: vastrox status, then vastrox doctor.`,
        since: new Date(clock.now().getTime() - silentMs),
      })
    } finally {
      isAsking = false
    }
  }

  function lookAtWorkers(): void {
    const key = 'proxy-workers'
    const there = deps.proxyWorkers()
    if (there >= deps.expectedWorkers) {
      lackingSince = undefined
      if (book.find(deps.operators(), key)) book.settle(key)
      return
    }
    lackingSince ??= clock.elapsedMs()
    if (clock.elapsedMs() - lackingSince < WORKERS_MS) return
    book.note({
      ...ofNode(),
      key,
      rule: 'proxy-workers',
      subject: { kind: 'platform', id: '', name: 'the proxy' },
      title:
        there === 0
          ? 'No proxy worker is connected'
          : `Only ${there} of ${deps.expectedWorkers} proxy workers are connected`,
      detail:
        'Visitors are served by those that run; changes of routes wait for all. On the server: vastrox status.',
      value: there,
      limit: deps.expectedWorkers,
    })
  }

  async function lookAtCare(): Promise<void> {
    const dueAt = careAt === undefined ? startedAt + FIRST_CARE_MS : careAt + CARE_EVERY_MS
    if (clock.elapsedMs() < dueAt) return
    careAt = clock.elapsedMs()
    const { findings } = await deps.care()
    const bad = findings.filter(({ level }) => level !== 'ok').slice(0, MOST_FINDINGS)
    const keys = new Set(bad.map(({ check }) => careKey(check)))
    for (const { check, level, message, hint } of bad)
      book.note({
        ...ofNode(),
        key: careKey(check),
        rule: 'node-care',
        severity: level === 'bad' ? 'warning' : 'info',
        title: message,
        detail: hint ?? 'vastrox host-care says more.',
      })
    for (const { rule, key } of book.listOpen())
      if (rule === 'node-care' && !keys.has(key)) book.settle(key)
  }

  const careKey = (check: string): string => `node-care:${deps.nodeName}:${check}`

  /** Who takes a domain away, or its app, is told no more of the certificate that it did not get. */
  function isGivenUp({ rule, key }: AlertRecord): boolean {
    const hosts = key.startsWith(`${rule}:`) ? key.slice(rule.length + 1) : ''
    return (
      rule.startsWith('certificate-') &&
      hosts !== '' &&
      key.length < MAX_KEY &&
      !deps.isCertificateWanted(hosts)
    )
  }

  function lookAtSubjects(): void {
    for (const record of book.listOpen()) {
      const { appId, rule, key } = record
      if (isGivenUp(record)) book.end(record)
      if (appId === null) continue
      const app = deps.apps.findByIdForPlatform(appId)
      if (!app || app.destroyedAt !== null) book.end(record)
      else if (rule === 'crash-loop' && !isCrashed(appId)) book.settle(key)
    }
  }

  const isCrashed = (appId: string): boolean =>
    deps.instances.listForAppForPlatform(appId).some(({ state }) => state === 'crashed')

  return {
    /** The agent has given samples. */
    heard(): void {
      heardAt = clock.elapsedMs()
    },

    async look(): Promise<void> {
      lookAtWorkers()
      if (book.isAnyOpen()) lookAtSubjects()
      await lookAtNode()
      await lookAtCare()
    },
  }
}
export type Looks = ReturnType<typeof createLooks>
