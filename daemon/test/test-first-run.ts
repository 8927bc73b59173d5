import type { UptimeFound } from '#ports/uptime-probe.ts'
import { composeFirstRun, type FirstRunDeps } from '../src/compose-first-run.ts'

type Given = Pick<FirstRunDeps, 'db' | 'audit' | 'events' | 'clock'> & {
  access: { proofs: { waysFor: FirstRunDeps['waysFor'] } }
}

/** First steps over real rows; whether apps answer and which names are trusted is what a test says. */
export function createTestFirstRun({ access, ...given }: Given) {
  const world = {
    baseDomain: 'localhost',
    trusted: new Set<string>(),
    /** By a CA that browsers do not know. */
    issued: new Set<string>(),
    asked: [] as string[],
    answer: { isUp: false, reason: 'Nobody answers.' } as Pick<UptimeFound, 'isUp' | 'reason'>,
  }
  const load = composeFirstRun({
    ...given,
    waysFor: (actor) => access.proofs.waysFor(actor),
    probe: {
      look: async ({ target }) => {
        world.asked.push(target)
        return { ...world.answer, isSlow: false, tookMs: 1, certificateDays: null }
      },
    },
    urlsOf: (name) => [`http://${name}.${world.baseDomain}`],
    place: { baseDomain: () => world.baseDomain, dashboardHost: () => world.baseDomain },
    certificateOf: (host) =>
      world.issued.has(host)
        ? {
            state: 'valid',
            issuer: 'ca.company.internal',
            isPublic: false,
            notAfter: null,
            daysLeft: null,
            problem: null,
            nextAttemptAt: null,
          }
        : null,
    isTrusted: (host) => world.trusted.has(host),
    isIssued: (host) => world.issued.has(host),
  })
  return { load, world }
}
