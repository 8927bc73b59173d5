import type { CertificateState } from '@vastrox/shared/certificate.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { RoutingSnapshot, SnapshotCertificate } from '#ports/routing-snapshot.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { ServedCertificates } from '#ports/served-certificate.ts'
import type { CertificateOrderStore, StoredChallenge } from '#store/certificate-order-store.ts'
import type { CertificateRecord, CertificateStore } from '#store/certificate-store.ts'
import type { CertificateWantStore, WantRecord } from '#store/certificate-want-store.ts'
import type { Transact } from '#store/database.ts'
import type { IssuerStore } from '#store/issuer-store.ts'
import type { z } from 'zod'
import type { Attempt } from './attempt.ts'
import type { Budget } from './budget.ts'
import type { CertificateHistory } from './certificate-history.ts'
import { createOpenedCertificates, keyContext } from './certificate-keys.ts'
import { createCertificateRunner } from './certificate-runner.ts'
import { describeState, sourceOf } from './describe-state.ts'
import { knownIssuer } from './known-issuers.ts'
import type { LocalCertificates } from './local-certificates.ts'
import { covers, isAddress, namesKey, namesOf } from './names.ts'
import type { Obtained } from './obtain.ts'
import { ownRenewalAt } from './renewal.ts'
import type { CertificateNews } from '#core/outgoing-webhooks/tell.ts'
import type { RenewalRounds } from './renewal-rounds.ts'
import { chooseServed, type ServedChoice } from './served-choice.ts'

interface Deps {
  local: LocalCertificates
  certificates: CertificateStore
  wants: CertificateWantStore
  orders: CertificateOrderStore
  issuers: IssuerStore
  attempt: Attempt
  budget: Budget
  rounds: RenewalRounds
  history: CertificateHistory
  /** Names of the dashboard. */
  isOwn: (names: string) => boolean
  secretBox: SecretBox
  served: ServedCertificates
  /** Sends what is served to the proxy. */
  publish: () => Promise<void>
  /** A certificate for an address of the dashboard has come, or another one is better now. */
  onDashboard: () => void
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  teamId: () => string
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
  /** Told what became of an order, inside the transaction of its rows. */
  noteNews?: (news: CertificateNews) => void
}

type SentCertificate = z.infer<typeof SnapshotCertificate>

const DAY_MS = 86_400_000
/** Rule R3: so long a certificate outlives the route that it was for. */
const KEPT_MS = 30 * DAY_MS
/** What is valid may expire unnoticed for no longer. */
const CHOICE_MS = 60_000
const SERVED_TRIES = 10
const SERVED_PAUSE_MS = 200

/**
 * Certificates for the hosts of routes and for the dashboard. Every host that the local CA may sign for
 * has one of it from its first minute; a CA's takes its place once there is one, and an uploaded one
 * comes before both. Nothing that is valid goes because something else failed (rule R3).
 */
export function createCertificateService(deps: Deps) {
  const { local, certificates, wants, orders, issuers, clock, transact, secretBox } = deps
  const opened = createOpenedCertificates(secretBox)
  let chosen: { choice: ServedChoice; at: number } | undefined
  const runner = createCertificateRunner({ ...deps, work })

  function choice(): ServedChoice {
    const now = clock.elapsedMs()
    if (!chosen || now - chosen.at > CHOICE_MS)
      chosen = { choice: chooseServed(certificates.listForPlatform(), clock.now()), at: now }
    return chosen.choice
  }

  function changed(): void {
    chosen = undefined
    deps.events.emit({
      teamId: deps.teamId(),
      type: 'certificates.changed',
      app: null,
      subject: null,
    })
  }

  /** The newest one of a CA for exactly these names. */
  const currentOf = (key: string): CertificateRecord | undefined =>
    certificates
      .listForPlatform()
      .findLast((record) => isIssued(record) && namesKey(record.hosts) === key)

  async function work(want: WantRecord, signal: AbortSignal): Promise<void> {
    const current = currentOf(want.names)
    // Look again: it may have been renewed meanwhile.
    if (
      current?.renewAt &&
      Date.parse(current.renewAt) > clock.now().getTime() &&
      isAlive(current)
    ) {
      save(want.names, { state: 'valid', reason: null, nextAttemptAt: current.renewAt })
      return
    }
    if (want.state !== 'ordering') {
      save(want.names, { state: 'ordering' })
      changed()
    }
    const outcome = await deps.attempt(want, current, signal)
    if (outcome.kind === 'obtained') {
      await take(want, outcome.obtained, current)
      return
    }
    const { state, reason, nextAt } = outcome
    transact(() => {
      save(want.names, { state, reason, nextAttemptAt: nextAt.toISOString() })
      if (reason) deps.history.note(want.names, 'waiting', { detail: reason.message })
      if (state === 'failing' && want.state !== 'failing')
        deps.noteNews?.(newsOf(want, 'certificate.failed', reason?.message ?? problemOf(want)))
    })
    changed()
    // What was shown as proof is shown no longer.
    await deps.publish()
  }

  const newsOf = (
    { names, teamId }: WantRecord,
    event: CertificateNews['event'],
    reason: string | null,
  ): CertificateNews => ({ teamId, event, hosts: namesOf(names), reason })

  /** What the CA said last. */
  const problemOf = ({ names }: WantRecord): string | null =>
    orders.listOfForPlatform(names).find(({ problem }) => problem !== null)?.problem?.detail ?? null

  const isAlive = ({ notAfter }: CertificateRecord): boolean =>
    Date.parse(notAfter) > clock.now().getTime()

  function save(key: string, changes: Partial<WantRecord>): void {
    const want = wants.findForPlatform(key)
    if (want) wants.saveForPlatform({ ...want, ...changes })
  }

  /** Puts it to use; the one before stays until this one has been shown in a handshake (rule R2). */
  async function take(
    want: WantRecord,
    obtained: Obtained,
    before: CertificateRecord | undefined,
  ): Promise<void> {
    const { issuer, facts } = obtained
    const id = deps.newId()
    const now = clock.now()
    const names = namesOf(want.names)
    const renewAt = ownRenewalAt(facts).toISOString()
    const record: CertificateRecord = {
      id,
      teamId: want.teamId,
      issuer: issuer.id,
      hosts: names,
      certificatePem: obtained.certificatePem,
      keySealed: secretBox.seal(obtained.keyPem, keyContext(id)),
      notAfter: facts.notAfter.toISOString(),
      createdAt: now.toISOString(),
      issuedBy: facts.issuedBy,
      profile: obtained.profile,
      notBefore: facts.notBefore.toISOString(),
      fingerprint: facts.fingerprint,
      isTrusted: facts.isTrusted,
      servedAt: null,
      renewAt,
      // The CA is asked at once when it wants to see it renewed.
      askAgainAt: now.toISOString(),
      explanationUrl: null,
      alarmedMs: null,
    }
    transact(() => {
      certificates.insertForPlatform(record)
      const row = orders.findForPlatform(want.names, issuer.id, obtained.profile)
      if (row)
        orders.saveForPlatform({
          ...row,
          state: 'idle',
          orderUrl: null,
          keySealed: null,
          challenges: [],
          attempts: 0,
          problem: null,
          changedAt: now.toISOString(),
        })
      if (obtained.isCounted) deps.budget.noteIssued(issuer.id, want.names)
      const until = `until ${record.notAfter.slice(0, 10)}`
      deps.history.note(want.names, 'issued', { issuer: issuer.title, detail: until })
      save(want.names, { state: 'valid', reason: null, nextAttemptAt: renewAt })
      deps.noteNews?.(newsOf(want, 'certificate.issued', null))
    })
    deps.crashPoint('certificate.afterStored')
    changed()
    await deps.publish()
    if (names.some(isAddress) || !before) deps.onDashboard()
    await retire(record)
  }

  /** Removes what came before, once visitors get this one. */
  async function retire(record: CertificateRecord): Promise<void> {
    const before = certificates
      .listForPlatform()
      .filter(
        (other) =>
          isIssued(other) &&
          other.id !== record.id &&
          other.createdAt <= record.createdAt &&
          namesKey(other.hosts) === namesKey(record.hosts),
      )
    if (!(await untilServed(record))) {
      if (before.length > 0)
        deps.onProblem(
          `the new certificate of ${record.hosts.join(', ')} is not served yet; the one before is kept`,
          undefined,
        )
      return
    }
    transact(() => {
      certificates.noteServedForPlatform(record.id, clock.now())
      for (const { id } of before) certificates.removeForPlatform(id)
    })
    for (const { id } of before) opened.forget(id)
    if (before.length > 0) deps.onDashboard()
  }

  /** What is served, and what ought to be: one that has expired may have given way to the local CA's. */
  function watchedOnes(): CertificateRecord[] {
    const newest = new Map(
      certificates
        .listForPlatform()
        .filter(isIssued)
        .map((record) => [namesKey(record.hosts), record]),
    )
    const wanted = wants
      .listForPlatform()
      .filter(({ droppedAt }) => droppedAt === null)
      .map(({ names }) => newest.get(names))
      .filter((record) => record !== undefined)
      .filter(({ hosts }) => !hosts.every(isWellServed))
    return [
      ...new Map(
        [...choice().served.map(({ record }) => record), ...wanted].map((record) => [
          record.id,
          record,
        ]),
      ).values(),
    ]
  }

  /** By one that its owner has uploaded, say: nobody misses another one then. */
  function isWellServed(host: string): boolean {
    const served = choice().of(host)
    return served !== undefined && served.issuer !== 'local' && isAlive(served)
  }

  async function untilServed(record: CertificateRecord): Promise<boolean> {
    const host = record.hosts.find((each) => !isAddress(each))
    if (host === undefined) return true
    const asked = host.startsWith('*.') ? host.replace('*', 'vastrox-check') : host
    for (let tries = 1; tries <= SERVED_TRIES; tries += 1) {
      // Something better, or newer, is served: nothing waits for this one any more.
      if (choice().of(host)?.id !== record.id) return false
      if (await deps.served.isServed(asked, record.certificatePem)) return true
      await clock.sleep(SERVED_PAUSE_MS)
    }
    return false
  }

  return {
    start: (): void => runner.start(),
    stop: (): Promise<void> => runner.stop(),
    wake: (): void => runner.wake(),
    /** For what changes certificates from elsewhere in this folder. */
    changed,
    choice,
    opened,

    /** Certificates of the local CA for these hosts; true when one was made. */
    async ensure(hosts: readonly string[]): Promise<boolean> {
      const isNew = await local.ensure(hosts)
      if (isNew) chosen = undefined
      return isNew
    },

    /**
     * These hosts are to have certificates of a CA from now on, one each. It is ordered at once where
     * the preflight lets it; whoever calls does not wait.
     */
    want(hosts: readonly string[]): void {
      const now = clock.now().toISOString()
      let isNew = false
      transact(() => {
        for (const host of hosts.map((each) => each.toLowerCase()).filter(isWantable)) {
          const known = wants.findForPlatform(host)
          // Who asks again knows something new: of its DNS, say.
          if (known && known.droppedAt === null && known.state !== 'waiting') continue
          isNew = true
          if (!known || known.droppedAt !== null) deps.history.note(host, 'wanted')
          wants.saveForPlatform({
            names: host,
            teamId: deps.teamId(),
            state: known?.state ?? 'new',
            reason: null,
            nextAttemptAt: known?.state === 'valid' ? known.nextAttemptAt : now,
            wantedSince: known?.wantedSince ?? now,
            droppedAt: null,
          })
        }
      })
      if (isNew) runner.wake()
    },

    /** They are renewed no longer; what is valid stays for 30 days (rule R3). */
    drop(hosts: readonly string[]): void {
      for (const host of hosts) {
        const known = wants.findForPlatform(host.toLowerCase())
        if (known?.droppedAt !== null) continue
        wants.saveForPlatform({ ...known, droppedAt: clock.now().toISOString() })
        deps.history.note(known.names, 'dropped')
      }
    },

    /** Wants these hosts, and no others. */
    wantOnly(hosts: readonly string[]): void {
      const wanted = new Set(hosts.map((host) => host.toLowerCase()))
      this.drop(
        wants
          .listForPlatform()
          .filter(({ names, droppedAt }) => droppedAt === null && !wanted.has(names))
          .map(({ names }) => names),
      )
      this.want(hosts)
    },

    /** Something about the host has changed, such as its DNS: it is tried now. */
    tryNow(host: string): void {
      const known = wants.findForPlatform(host.toLowerCase())
      if (!known || known.droppedAt !== null || known.state === 'valid') return
      wants.saveForPlatform({ ...known, nextAttemptAt: clock.now().toISOString() })
      runner.wake()
    },

    /** Renewed before its time, or tried before the time that was set; what CAs asked for holds. */
    renewNow(host: string): void {
      const want = wants.findForPlatform(host)
      if (!want) return
      const now = clock.now()
      const current = currentOf(host)
      if (current)
        certificates.saveRenewalForPlatform(current.id, {
          renewAt: now,
          askAgainAt: current.askAgainAt === null ? undefined : new Date(current.askAgainAt),
          explanationUrl: current.explanationUrl ?? undefined,
        })
      wants.saveForPlatform({ ...want, nextAttemptAt: now.toISOString() })
      runner.wake()
    },

    /** There is another CA to order from. */
    tryAllNow(): void {
      const now = clock.now().toISOString()
      for (const want of wants.listForPlatform())
        if (want.droppedAt === null && want.state !== 'valid')
          wants.saveForPlatform({ ...want, nextAttemptAt: now })
      runner.wake()
    },

    /** The certificate of the host as it is served, and what is being done about a better one. */
    stateOf: (host: string): CertificateState =>
      describeState(host.toLowerCase(), {
        served: choice().of(host.toLowerCase()),
        want: wants.findForPlatform(host.toLowerCase()),
        orders: orders.listOfForPlatform(host.toLowerCase()),
        titleOf: (id) => issuers.findForPlatform(id)?.title ?? id,
        now: clock.now(),
      }),

    /** What CAA records must allow for the issuers that are asked. */
    caaDomains: (): string[] =>
      issuers
        .listForPlatform()
        .filter(({ isEnabled, stagesFor }) => isEnabled && stagesFor === null)
        .flatMap(({ directoryUrl }) => knownIssuer(directoryUrl)?.caaDomains ?? []),

    /** Whether visitors of the host get a certificate that their browsers know. */
    isTrusted(host: string): boolean {
      const record = choice().of(host)
      return record !== undefined && record.isTrusted && isAlive(record)
    },

    /** Whether visitors of the host get a certificate that an issuer of the operator's has given. */
    isIssued(host: string): boolean {
      const record = choice().of(host)
      return record !== undefined && sourceOf(record) === 'issued' && isAlive(record)
    },

    /** The best pair that covers the name; undefined where only the local CA has one. */
    pairFor(name: string): { cert: string; key: string } | undefined {
      const record = choice().of(name)
      if (!record || record.issuer === 'local' || !isAlive(record)) return undefined
      if (!covers(record.hosts, name)) return undefined
      const { certificatePem, keyPem } = opened.open(record, [name])
      return { cert: certificatePem, key: keyPem }
    },

    /** What the proxy is given. */
    source: (): SentCertificate[] =>
      choice().served.map(({ record, hosts }) => opened.open(record, hosts)),

    /** What the proxy shows to CAs (rule R9). */
    challenges: (): RoutingSnapshot['challenges'] =>
      shown('http-01').map(({ token, keyAuthorization }) => ({ token, keyAuthorization })),
    alpnChallenges: (): { name: string; keyAuthorization: string }[] =>
      shown('tls-alpn-01').map(({ name, keyAuthorization }) => ({ name, keyAuthorization })),

    /** Once an hour: alarms, what has not been served yet, and what nobody has wanted for 30 days. */
    async housekeep(): Promise<void> {
      deps.rounds.raiseAlarms(watchedOnes())
      for (const { record } of choice().served)
        if (isIssued(record) && record.servedAt === null) await retire(record)
      const before = clock.now().getTime() - KEPT_MS
      for (const want of wants.listForPlatform()) {
        if (want.droppedAt === null || Date.parse(want.droppedAt) > before) continue
        transact(() => {
          for (const record of certificates.listForPlatform())
            if (isIssued(record) && namesKey(record.hosts) === want.names)
              certificates.removeForPlatform(record.id)
          orders.removeOfForPlatform(want.names)
          wants.removeForPlatform(want.names)
          deps.history.forget(want.names)
        })
        changed()
      }
      deps.budget.forgetOld()
    },
  }

  function shown(type: StoredChallenge['type']): StoredChallenge[] {
    return orders
      .listOpenForPlatform()
      .flatMap(({ challenges }) => challenges)
      .filter((challenge) => challenge.type === type)
  }
}
export type CertificateService = ReturnType<typeof createCertificateService>

export const isIssued = ({ issuer }: CertificateRecord): boolean =>
  issuer !== 'local' && issuer !== 'uploaded'

/** Nobody but this machine looks up such a name: not even a CA of one's own can see it. */
const isWantable = (host: string): boolean => host !== 'localhost' && !host.endsWith('.localhost')
